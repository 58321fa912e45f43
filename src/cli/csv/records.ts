import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';

/** The separators that spreadsheets write; the semicolon is usual in Turkey. */
export const separators = [';', ',', '\t'] as const;
export type Separator = (typeof separators)[number];

/** One record and the number of its first line, counted from 1; no cells where its quotes do not match. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[] | undefined;
}

/** A quoted cell may hold line breaks, but a forgotten quote must not swallow the file. Our choice. */
const maxLinesOfRecord = 20;

/** The separator that a header line uses most outside of quotes; a comma where it uses none. */
export function detectSeparator(header: string): Separator {
  const bare = header.replace(/"[^"]*"/g, '');
  const count = (separator: string) => bare.split(separator).length - 1;
  const [most] = [...separators].sort((a, b) => count(b) - count(a));
  return most === undefined || count(most) === 0 ? ',' : most;
}

/** A line's trimmed cells; undefined where a quote is open at its end, null where quotes stand wrong. */
export function splitLine(line: string, separator: Separator): readonly string[] | undefined | null {
  if (!line.includes('"')) return line.split(separator).map((cell) => cell.trim());
  try {
    const [cells = []] = parse(line, { delimiter: separator, relax_quotes: true, trim: true });
    return cells;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return error.code === 'CSV_QUOTE_NOT_CLOSED' ? undefined : null;
  }
}

/**
 * Lines as records. A quoted cell may span lines. A record whose quotes do not match costs its first line only:
 * reading goes on at the next one. Lines without any content are left out.
 */
export async function* csvRecords(
  lines: AsyncIterator<string>,
  { separator, firstLine }: { readonly separator: Separator; readonly firstLine: number },
): AsyncGenerator<CsvRecord, void> {
  const ahead = createLookahead(lines);
  let line = firstLine;
  for (let first = await ahead.peek(0); first !== undefined; first = await ahead.peek(0)) {
    const { cells, height } = await readRecord(ahead, separator);
    ahead.drop(height);
    if (cells?.some((cell) => cell !== '') ?? true) yield { line, cells };
    line += height;
  }
}

interface ReadRecord {
  readonly cells: readonly string[] | undefined;
  /** Lines that it took. */
  readonly height: number;
}

async function readRecord(ahead: Lookahead, separator: Separator): Promise<ReadRecord> {
  let text = '';
  for (let height = 1; height <= maxLinesOfRecord; height += 1) {
    const next = await ahead.peek(height - 1);
    if (next === undefined) break;
    text = height === 1 ? next : `${text}\n${next}`;
    const cells = splitLine(text, separator);
    if (cells === null) break;
    if (cells !== undefined) return { cells, height };
  }
  return { cells: undefined, height: 1 };
}

/** Lines that can be looked at before they are taken. */
interface Lookahead {
  peek(index: number): Promise<string | undefined>;
  drop(count: number): void;
}

function createLookahead(lines: AsyncIterator<string>): Lookahead {
  const held: string[] = [];
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
