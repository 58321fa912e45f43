import { keyedHash } from './keyed-hash.ts';

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
  readonly content: readonly unknown[];
}

/**
 * The id of a message with an idempotency key: `k`, a hash of account and key, `-`, a hash of the content.
 * The same key and content give the same id; another content gives an id that differs behind the dash only.
 * Both hashes are keyed with the installation's secret, so that nobody can find out number, text or key by trying.
 */
export function keyedMessageId({ account, idempotencyKey, content }: KeyedContent, secret: string): string {
  const hash = keyedHash(secret, 'content', [account, idempotencyKey, content]).slice(0, 16);
  return `${deduplicationIdOf(account, idempotencyKey, secret)}-${hash}`;
}

/** What a message's key is known by in Redis: a hash, since the key itself may hold private data. */
export function deduplicationIdOf(account: string, idempotencyKey: string, secret: string): string {
  return `k${keyedHash(secret, 'key', [account, idempotencyKey]).slice(0, 24)}`;
}

/** What the recipient gets: number, title and text. Times, lane and settings are not content. */
export function contentOf(message: { to: string; title: string; text: string }): readonly unknown[] {
  return [message.to, message.title, message.text];
}
