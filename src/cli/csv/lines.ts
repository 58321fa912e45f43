import { byteLines } from '../byte-lines.ts';
import { CliError } from '../errors.ts';
import type { OpenBytes } from './bytes.ts';
import { decodeLine, type EncodingEvidence, traceOf } from './encoding.ts';

/** A line of a CSV file, or why it is none. */
export type CsvLine = { readonly text: string } | { readonly fault: 'unreadable' | 'too-long' };

/** A line is a recipient with some values; more than this is no CSV file. Our choice. */
const maxLineBytes = 100_000;

/**
 * The lines of a CSV file as text, without their ends (CRLF, LF or CR) and without a byte-order mark. The file is
 * read twice: which encoding its lines are in shows when all have been seen.
 *
 * @throws CliError CSV_ENCODING for UTF-16
 */
export async function* textLines(open: OpenBytes): AsyncGenerator<CsvLine, void> {
  const evidence = await gatherEvidence(open);
  let isFirst = true;
  for await (const line of linesOf(open)) {
    const bytes = isFirst && evidence.hasByteOrderMark ? line.subarray(utf8Mark.length) : line;
    isFirst = false;
    if (line.length > maxLineBytes) yield { fault: 'too-long' };
    else yield toLine(decodeLine(bytes, evidence));
  }
}

const linesOf = (open: OpenBytes) => byteLines(open(), { maxBytes: maxLineBytes, breaks: 'any' });

const toLine = (text: string | undefined): CsvLine =>
  text === undefined ? { fault: 'unreadable' } : { text };

const utf8Mark = [0xef, 0xbb, 0xbf];
/** Of UTF-16 in either order; UTF-32 begins with one of them too. */
const otherMarks = [
  [0xff, 0xfe],
  [0xfe, 0xff],
];

async function gatherEvidence(open: OpenBytes): Promise<EncodingEvidence> {
  const evidence = { hasByteOrderMark: false, hasUtf8: false, hasWindows1254: false };
  let isFirst = true;
  for await (const line of linesOf(open)) {
    if (isFirst) {
      if (otherMarks.some((mark) => beginsWith(line, mark))) throw new CliError('CSV_ENCODING');
      evidence.hasByteOrderMark = beginsWith(line, utf8Mark);
    }
    isFirst = false;
    if (line.length > maxLineBytes) continue;
    const trace = traceOf(line);
    evidence.hasUtf8 ||= trace === 'utf-8';
    evidence.hasWindows1254 ||= trace === 'windows-1254' || trace === 'perhaps-windows-1254';
  }
  return evidence;
}

const beginsWith = (line: Uint8Array, mark: readonly number[]): boolean =>
  mark.every((byte, index) => line[index] === byte);
