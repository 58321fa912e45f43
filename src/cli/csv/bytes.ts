import { createReadStream } from 'node:fs';
import { CliError } from '../errors.ts';

/** Opens the same bytes anew each time: once to find out the encoding, once to read. */
export type OpenBytes = () => AsyncIterable<Uint8Array>;

/** A file as bytes. Reading throws CliError FILE_UNREADABLE where there is none. */
export function fileBytes(path: string): OpenBytes {
  return async function* () {
    try {
      yield* createReadStream(path);
    } catch (cause) {
      const reason = cause instanceof Error && 'code' in cause ? `(${cause.code})` : '';
      throw new CliError('FILE_UNREADABLE', { detail: `${path} ${reason}`.trim(), cause });
    }
  };
}

/** What a CSV file in Turkey is written in: UTF-8, or what Excel calls "CSV". */
export type CsvEncoding = 'utf-8' | 'windows-1254';

/**
 * UTF-8 where every byte is valid UTF-8, else Windows-1254.
 *
 * @throws CliError CSV_ENCODING for bytes that are neither: UTF-16, or no text at all
 */
export async function detectEncoding(open: OpenBytes): Promise<CsvEncoding> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let isUtf8 = true;
  for await (const chunk of open()) {
    // No text has a zero byte; UTF-16 has one beside every ASCII letter.
    if (chunk.includes(0)) throw new CliError('CSV_ENCODING');
    isUtf8 &&= decodes(decoder, chunk);
  }
  return isUtf8 && decodes(decoder) ? 'utf-8' : 'windows-1254';
}

/** Without a chunk: whether the text may end here. */
function decodes(decoder: InstanceType<typeof TextDecoder>, chunk?: Uint8Array): boolean {
  try {
    decoder.decode(chunk, { stream: chunk !== undefined });
    return true;
  } catch {
    // Invalid UTF-8 is an answer here, not an error.
    return false;
  }
}

const lineFeed = 0x0a;

/** About how many recipients a file has: lines without the header, for a bar that shows how far a run has come. */
export async function countRecipients(open: OpenBytes): Promise<number> {
  let lines = 0;
  let last: number | undefined;
  for await (const chunk of open()) {
    for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, at + 1)) lines += 1;
    last = chunk.at(-1) ?? last;
  }
  return Math.max(last === lineFeed ? lines - 1 : lines, 0);
}

/** A line is a recipient with some values; more than this is no CSV file. Our choice. */
const maxLineLength = 100_000;

/**
 * The text's lines, without their ends (CRLF, LF or CR) and without a byte-order mark.
 *
 * @throws CliError CSV_LINE_TOO_LONG
 */
export async function* textLines(open: OpenBytes, encoding: CsvEncoding): AsyncGenerator<string, void> {
  const decoder = new TextDecoder(encoding);
  let rest = '';
  for await (const chunk of open()) {
    const text = rest + decoder.decode(chunk, { stream: true });
    // A CR at the very end may be half of a CRLF whose LF comes with the next chunk.
    const held = text.endsWith('\r') ? '\r' : '';
    const lines = text.slice(0, text.length - held.length).split(/\r\n|\n|\r/);
    rest = (lines.pop() ?? '') + held;
    if (rest.length > maxLineLength) throw new CliError('CSV_LINE_TOO_LONG');
    yield* lines;
  }
  rest += decoder.decode();
  if (rest !== '') yield* rest.replace(/\r$/, '').split('\r');
}
