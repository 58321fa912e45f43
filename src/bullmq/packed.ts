import { Unpackr } from 'msgpackr';
import type { BullValue } from './scripts.ts';

const listHead = 0xdd;
const textHead = 0xdb;
/** The bytes before a list or a text: what it is, and its length. */
const headBytes = 5;
/** No character takes more in UTF-8, counted by `length`. */
const mostBytesOfOne = 3;

/**
 * Many values of a command as one: MessagePack of a list of texts, which a script reads by `cmsgpack.unpack`.
 * The client's work for each value of a command is many times that of writing it here. (Packers write a buffer
 * as binary data, which Redis' reader does not know; as a text, it comes out byte by byte the same.)
 */
export function packed(values: readonly BullValue[]): Buffer {
  const texts = values.map((value) => (Buffer.isBuffer(value) ? value : String(value ?? '')));
  const most = texts.reduce((sum, text) => sum + headBytes + text.length * mostBytesOfOne, headBytes);
  if (most > desk.length) desk = Buffer.allocUnsafe(2 * most);
  desk[0] = listHead;
  desk.writeUInt32BE(texts.length, 1);
  let at = headBytes;
  for (const text of texts) {
    const start = at + headBytes;
    const bytes = typeof text === 'string' ? desk.write(text, start) : text.copy(desk, start);
    desk[at] = textHead;
    desk.writeUInt32BE(bytes, at + 1);
    at = start + bytes;
  }
  return Buffer.from(desk.subarray(0, at));
}

/** Where lists are written before their size is known. */
let desk = Buffer.allocUnsafe(64 * 1024);

const unpackr = new Unpackr({ useRecords: false, int64AsType: 'number' });

/** A list that a script answers by `cmsgpack.pack`. */
export const unpacked = (answer: Buffer): readonly unknown[] => unpackr.unpack(answer);
