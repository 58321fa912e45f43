import type { OpenBytes } from './csv/bytes.ts';
import { type ColumnWishes, type CsvHeader, readHeader } from './csv/header.ts';
import { type CsvLine, textLines } from './csv/lines.ts';
import { looksLikeNumber } from './csv/number-cell.ts';
import {
  type CsvRecord,
  csvRecords,
  detectSeparator,
  namedSeparator,
  type RecordFault,
  type Separator,
  splitLine,
} from './csv/records.ts';
import { CliError } from './errors.ts';
import type { ColumnValues } from './template.ts';

export { countRecipients, fileBytes, type OpenBytes } from './csv/bytes.ts';
export type { ColumnWishes } from './csv/header.ts';

/** A line of a CSV file with a recipient. The number is as it was written; nothing has judged it yet. */
export interface RecipientLine {
  readonly kind: 'recipient';
  /** Counted from 1, the header line included. */
  readonly line: number;
  readonly to: string;
  readonly values: ColumnValues;
}

/** A line that cannot be used; the others can. Never holds anything of the line. */
export interface ProblemLine {
  readonly kind: 'problem';
  readonly line: number;
  readonly problem: LineProblem;
}

export interface LineProblem {
  readonly code: 'LINE_UNREADABLE' | 'LINE_TOO_LONG' | 'LINE_QUOTES' | 'LINE_RAGGED' | 'LINE_NUMBER_EMPTY';
  readonly message: string;
}

/**
 * Reads recipients from CSV, in bounded memory. Encoding: see `LineEncoding`. Separated by semicolon, comma, tab or
 * bar, as a line `sep=;` or else the header line says. Line breaks may be CRLF, LF or CR.
 *
 * What is wrong with the file as a whole is thrown before the first line is handed out; what is wrong with one
 * line is handed out as a problem in its place.
 *
 * @throws CliError CSV_… for the file, FILE_UNREADABLE, FILE_NOT_REGULAR
 */
export async function* readRecipients(
  open: OpenBytes,
  wishes: ColumnWishes = {},
): AsyncGenerator<RecipientLine | ProblemLine, void> {
  const lines = textLines(open);
  const { separator, line, cells } = await readTop(lines);
  const header = readHeader(cells, wishes);
  const looksLikeRecord = recordDetector(header, separator);

  let isEmpty = true;
  for await (const record of csvRecords(lines, { separator, firstLine: line + 1, looksLikeRecord })) {
    isEmpty = false;
    yield readLine(record, header);
  }
  if (isEmpty) throw new CliError('CSV_NO_RECIPIENTS');
}

interface Top {
  readonly separator: Separator;
  /** The number of the header line. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** The header line, and the one above it that may name the separator. */
async function readTop(lines: AsyncIterator<CsvLine>): Promise<Top> {
  const first = await firstContent(lines, 1);
  const named = namedSeparator(first.text);
  const top = named === undefined ? first : await firstContent(lines, first.line + 1);
  const separator = named ?? detectSeparator(top.text);
  const cells = splitLine(top.text, separator);
  if (!cells) throw new CliError('CSV_HEADER_UNREADABLE');
  return { separator, line: top.line, cells };
}

async function firstContent(
  lines: AsyncIterator<CsvLine>,
  from: number,
): Promise<{ readonly text: string; readonly line: number }> {
  for (let line = from; ; line += 1) {
    const { value, done } = await lines.next();
    if (done) throw new CliError('CSV_EMPTY');
    if ('fault' in value) {
      throw new CliError(value.fault === 'too-long' ? 'CSV_LINE_TOO_LONG' : 'CSV_ENCODING');
    }
    if (value.text.trim() !== '') return { text: value.text, line };
  }
}

/** Tells text that has a number where the file has its numbers, and other fields beside it if the file has them. */
function recordDetector({ keys, toIndex }: CsvHeader, separator: Separator) {
  return (text: string, column: number): boolean => {
    const cells = text.split(separator);
    const number = cells[toIndex - column];
    return number !== undefined && (cells.length > 1 || keys.length === 1) && looksLikeNumber(number);
  };
}

function readLine(record: CsvRecord, { keys, toIndex }: CsvHeader): RecipientLine | ProblemLine {
  const { line } = record;
  if ('fault' in record) return { kind: 'problem', line, problem: faults[record.fault] };
  const { cells } = record;
  const count = Math.max(keys.length, cells.findLastIndex((cell) => cell !== '') + 1);
  if (count > keys.length || cells.length < keys.length) {
    const found = Math.min(cells.length, count);
    return problem(line, 'LINE_RAGGED', `It has ${found} fields; the header has ${keys.length}.`);
  }
  const to = cells[toIndex] ?? '';
  if (to === '') return problem(line, 'LINE_NUMBER_EMPTY', 'It has no number.');
  const named = keys.flatMap((key, index) => (key === '' ? [] : [[key, cells[index] ?? ''] as const]));
  return { kind: 'recipient', line, to, values: new Map(named) };
}

const faults: Readonly<Record<RecordFault, LineProblem>> = {
  unreadable: {
    code: 'LINE_UNREADABLE',
    message:
      'Its letters are broken, or in another encoding than the file. Correct it, and save the file as "CSV UTF-8".',
  },
  'too-long': { code: 'LINE_TOO_LONG', message: 'It is far too long for a recipient.' },
  quotes: { code: 'LINE_QUOTES', message: 'Its quotes do not match.' },
  swallows: {
    code: 'LINE_QUOTES',
    message: 'A quote that it opens is closed only behind lines that look like recipients.',
  },
  swallowed: {
    code: 'LINE_QUOTES',
    message: 'It stands within a quote that a line above opens and perhaps forgot to close.',
  },
};

function problem(line: number, code: LineProblem['code'], message: string): ProblemLine {
  return { kind: 'problem', line, problem: { code, message } };
}
