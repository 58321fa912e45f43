import { GatewayError } from './errors.ts';

/** A recipient takes far less: a text, a few notes. Our choice. */
const longestLineBytes = 16_384;

const lineFeed = 0x0a;

/**
 * The lines of a body as bytes, without their LF; in bounded memory.
 * @throws GatewayError LINES_UNREADABLE where one is far too long
 */
export async function* bodyLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let rest: Uint8Array = new Uint8Array();
  for await (const chunk of body) {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      yield joined(rest, chunk.subarray(start, end));
      rest = new Uint8Array();
      start = end + 1;
    }
    rest = joined(rest, chunk.subarray(start));
  }
  if (rest.length > 0) yield rest;
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  if (one.length + other.length > longestLineBytes) throw new GatewayError('LINES_UNREADABLE');
  return one.length === 0 ? other : Buffer.concat([one, other]);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Bytes as text; undefined where they are no UTF-8. A byte-order mark is dropped. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    // What it says is only that.
    return undefined;
  }
}
