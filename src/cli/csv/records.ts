import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import type { CsvLine } from './lines.ts';

/** The separators that spreadsheets and exports write; the semicolon is usual in Turkey. */
export const separators = [';', ',', '\t', '|'] as const;
export type Separator = (typeof separators)[number];

/** One record, or a line that gives none and why; the number is that of its first line, counted from 1. */
export type CsvRecord =
  | { readonly line: number; readonly cells: readonly string[] }
  | { readonly line: number; readonly fault: RecordFault };

/**
 * `quotes`: its quotes do not match. `swallows`: a quote that it opens is closed behind lines that look like
 * records. `swallowed`: it is one of these lines.
 */
export type RecordFault = 'unreadable' | 'too-long' | 'quotes' | 'swallows' | 'swallowed';

/** A quoted cell may hold line breaks, but a forgotten quote must not swallow the file. Our choice. */
const maxLinesOfRecord = 20;

/** The separator that Excel was told in a first line of its own (`sep=;`); undefined for any other line. */
export function namedSeparator(line: string): Separator | undefined {
  const [, named] = /^"?sep=(\\t|[;,|\t])"?[;,|\t]*$/i.exec(line.trimStart()) ?? [];
  return named === '\\t' ? '\t' : separators.find((separator) => separator === named);
}

/** The separator that a header line uses most outside of quotes; a comma where it uses none. */
export function detectSeparator(header: string): Separator {
  const bare = header.replace(/"[^"]*"/g, '');
  const count = (separator: string) => bare.split(separator).length - 1;
  const [most] = [...separators].sort((a, b) => count(b) - count(a));
  return most === undefined || count(most) === 0 ? ',' : most;
}

/**
 * A line's trimmed cells; undefined where a quote is open at its end, null where quotes stand wrong. What Excel writes
 * to keep a cell a text (`="0532…"`) is taken off.
 */
export function splitLine(line: string, separator: Separator): readonly string[] | undefined | null {
  if (!line.includes('"')) return line.split(separator).map((cell) => cell.trim());
  let isStray = false;
  const cast = (cell: string, { quoting }: { readonly quoting: boolean }): string => {
    isStray ||= !quoting && lacksOpeningQuote(cell);
    return cell.replace(/^="(.*)"$/s, '$1');
  };
  try {
    const [cells = []] = parse(line, { delimiter: separator, relax_quotes: true, trim: true, cast });
    return isStray ? null : cells;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return error.code === 'CSV_QUOTE_NOT_CLOSED' ? undefined : null;
  }
}

/** A quote at the end of a cell that none before it opens: `Ece"`. Within a cell (`12" ekran`) it is a character. */
const lacksOpeningQuote = (cell: string): boolean => cell.endsWith('"') && cell.split('"').length % 2 === 0;

export interface RecordsOptions {
  readonly separator: Separator;
  /** The number of the first line. */
  readonly firstLine: number;
  /** Whether text within a cell looks like records of the file; `column` is where it begins. */
  readonly looksLikeRecord: (text: string, column: number) => boolean;
}

/**
 * Lines as records. A quoted cell may span lines. Lines without any content are left out.
 *
 * A record whose quotes do not match costs its first line only: reading goes on at the next one. Where a quote that
 * was forgotten is closed by another one further down, nobody can tell which of the lines between are meant, so
 * all of them are refused: one person must not be texted the names and numbers of others.
 */
export async function* csvRecords(
  lines: AsyncIterator<CsvLine>,
  { separator, firstLine, looksLikeRecord }: RecordsOptions,
): AsyncGenerator<CsvRecord, void> {
  const ahead = createLookahead(lines);
  let line = firstLine;
  for (let first = await ahead.peek(0); first !== undefined; first = await ahead.peek(0)) {
    const { height, ...read } = await readRecord(first, ahead, separator);
    ahead.drop(height);
    if ('fault' in read) yield { line, fault: read.fault };
    else if (swallowsRecords(read.cells, looksLikeRecord)) {
      yield { line, fault: 'swallows' };
      for (let next = 1; next < height; next += 1) yield { line: line + next, fault: 'swallowed' };
    } else if (read.cells.some((cell) => cell !== '')) yield { line, cells: read.cells };
    line += height;
  }
}

/** Only the first piece of a cell begins in the cell's own column; each other one begins a line. */
function swallowsRecords(
  cells: readonly string[],
  looksLikeRecord: RecordsOptions['looksLikeRecord'],
): boolean {
  return cells.some((cell, column) => {
    const pieces = cell.split('\n');
    return (
      pieces.length > 1 && pieces.some((piece, index) => looksLikeRecord(piece, index === 0 ? column : 0))
    );
  });
}

type ReadRecord = {
  /** Lines that it took. */
  readonly height: number;
} & ({ readonly cells: readonly string[] } | { readonly fault: RecordFault });

async function readRecord(first: CsvLine, ahead: Lookahead, separator: Separator): Promise<ReadRecord> {
  if ('fault' in first) return { fault: first.fault, height: 1 };
  let { text } = first;
  for (let height = 1; ; height += 1) {
    const cells = splitLine(text, separator);
    if (cells) return { cells, height };
    // Where quotes stand wrong, no further line mends them.
    const next = cells === null || height === maxLinesOfRecord ? undefined : await ahead.peek(height);
    if (next === undefined || 'fault' in next) return { fault: 'quotes', height: 1 };
    text += `\n${next.text}`;
  }
}

/** Lines that can be looked at before they are taken. */
interface Lookahead {
  peek(index: number): Promise<CsvLine | undefined>;
  drop(count: number): void;
}

function createLookahead(lines: AsyncIterator<CsvLine>): Lookahead {
  const held: CsvLine[] = [];
  return {
    async peek(index) {
      while (held.length <= index) {
        const next = await lines.next();
        if (next.done) return undefined;
        held.push(next.value);
      }
      return held[index];
    },
    drop: (count) => void held.splice(0, count),
  };
}
