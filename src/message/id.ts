import { createHash } from 'node:crypto';

/** Crockford's base 32 in lower case: no i, l, o, u, which are misread. */
const base32 = '0123456789abcdefghjkmnpqrstvwxyz';
const idLength = 20;

/** Random bytes that `newMessageId` takes. */
export const messageIdBytes: number = idLength;

/**
 * The id of a message without an idempotency key: `m` and 20 characters, 100 bits of the given randomness.
 * Never an integer and without a colon, as BullMQ asks of job ids.
 * @throws RangeError for fewer than `messageIdBytes` bytes
 */
export function newMessageId(randomBytes: Uint8Array): string {
  if (randomBytes.length < idLength) throw new RangeError(`an id takes ${idLength} random bytes`);
  let id = 'm';
  for (const byte of randomBytes.subarray(0, idLength)) id += base32.charAt(byte & 31);
  return id;
}

export interface KeyedContent {
  readonly account: string;
  readonly idempotencyKey: string;
  /** What must be the same for a repeated key; see `contentOf`. */
  readonly content: string;
}

/**
 * The id of a message with an idempotency key: `k`, a hash of account and key, `-`, a hash of the content.
 * The same key and content give the same id; another content gives an id that differs behind the dash only.
 * The content's hash is salted with the key, so that a code of six digits cannot be guessed from the id.
 */
export function keyedMessageId({ account, idempotencyKey, content }: KeyedContent): string {
  return `${deduplicationIdOf(account, idempotencyKey)}-${hash(idempotencyKey, content, 16)}`;
}

/** What a message's key is known by in Redis: a hash, since the key itself may hold private data. */
export function deduplicationIdOf(account: string, idempotencyKey: string): string {
  return `k${hash(account, idempotencyKey, 24)}`;
}

/** Whether two keyed ids stand for the same content under the same key. */
export function sameContent(idA: string, idB: string): boolean {
  return idA === idB;
}

/** Whether two keyed ids stand for the same key of the same account. */
export function sameKey(idA: string, idB: string): boolean {
  const keyA = /^(k[0-9a-f]{24})-/.exec(idA)?.[1];
  return keyA !== undefined && idB.startsWith(`${keyA}-`);
}

/** What the recipient gets, in one form: number, title and text. Times, lane and settings are not content. */
export function contentOf(message: { to: string; title: string; text: string }): string {
  return JSON.stringify([message.to, message.title, message.text]);
}

function hash(first: string, second: string, hexDigits: number): string {
  return createHash('sha256').update(`${first}\0${second}`).digest('hex').slice(0, hexDigits);
}
