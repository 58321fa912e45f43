import { createReadStream } from 'node:fs';
import { CliError } from '../errors.ts';
import { fileUnreadable, regularFileSize } from '../regular-file.ts';

/** Opens the same bytes anew each time: once to find out the encoding, once to read. */
export type OpenBytes = () => AsyncIterable<Uint8Array>;

/**
 * A file as bytes, as far as it goes when it is opened.
 * Reading throws CliError FILE_UNREADABLE, FILE_NOT_REGULAR and CSV_TOO_LARGE, before the first byte.
 */
export function fileBytes(path: string, maxBytes: number): OpenBytes {
  return async function* () {
    const bytes = await regularFileSize(path);
    if (bytes > maxBytes) {
      throw new CliError('CSV_TOO_LARGE', {
        detail: `It has ${bytes} bytes; csvMaxBytes allows ${maxBytes}.`,
      });
    }
    if (bytes === 0) return;
    try {
      yield* createReadStream(path, { end: bytes - 1 });
    } catch (cause) {
      throw fileUnreadable(path, cause);
    }
  };
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
