import { detectEncoding, type OpenBytes, textLines } from './csv/bytes.ts';
import { type ColumnWishes, type CsvHeader, readHeader } from './csv/header.ts';
import { type CsvRecord, csvRecords, detectSeparator, splitLine } from './csv/records.ts';
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
  readonly code: 'LINE_QUOTES' | 'LINE_RAGGED' | 'LINE_NUMBER_EMPTY';
  readonly message: string;
}

/**
 * Reads recipients from CSV, in bounded memory. UTF-8 with or without a byte-order mark, else Windows-1254;
 * separated by comma, semicolon or tab, as the header line says. Line breaks may be CRLF, LF or CR.
 *
 * What is wrong with the file as a whole is thrown before the first line is handed out; what is wrong with one
 * line is handed out as a problem in its place.
 *
 * @throws CliError CSV_… for the file, FILE_UNREADABLE
 */
export async function* readRecipients(
  open: OpenBytes,
  wishes: ColumnWishes = {},
): AsyncGenerator<RecipientLine | ProblemLine, void> {
  const lines = textLines(open, await detectEncoding(open));
  const top = await firstContent(lines);
  const separator = detectSeparator(top.text);
  const cells = splitLine(top.text, separator);
  if (!cells) throw new CliError('CSV_HEADER_UNREADABLE');
  const header = readHeader(cells, wishes);

  let isEmpty = true;
  for await (const record of csvRecords(lines, { separator, firstLine: top.line + 1 })) {
    isEmpty = false;
    yield readLine(record, header);
  }
  if (isEmpty) throw new CliError('CSV_NO_RECIPIENTS');
}

async function firstContent(lines: AsyncGenerator<string, void>): Promise<{ text: string; line: number }> {
  for (let line = 1; ; line += 1) {
    const { value: text, done } = await lines.next();
    if (done) throw new CliError('CSV_EMPTY');
    if (text.trim() !== '') return { text, line };
  }
}

function readLine({ line, cells }: CsvRecord, { keys, toIndex }: CsvHeader): RecipientLine | ProblemLine {
  if (cells === undefined) return problem(line, 'LINE_QUOTES', 'Its quotes do not match.');
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

function problem(line: number, code: LineProblem['code'], message: string): ProblemLine {
  return { kind: 'problem', line, problem: { code, message } };
}
