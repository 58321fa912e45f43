import { MessageError } from '../message/errors.ts';
import { checkIdempotencyKey, maxIdempotencyKeyLength } from '../message/message.ts';
import type { Refusal } from './problem.ts';
import { messageRefusal, refusal } from './refusals.ts';

/** The header that names a key. */
export const keyHeader = 'Idempotency-Key';

/** A key that a request names in its header; undefined where it names none. */
export type HeaderKey = { readonly key: string | undefined } | { readonly refusal: Refusal };

/**
 * The header `Idempotency-Key`, as the IETF draft has it (a string in quotes, RFC 8941) or without the quotes, as most send it.
 * A key of other characters than ASCII has no sure form in a header: it goes into the body. Total.
 */
export function keyInHeader(values: readonly string[] | undefined): HeaderKey {
  const [value, ...others] = values ?? [];
  if (value === undefined) return { key: undefined };
  if (others.length > 0 || !/^[\x20-\x7e]*$/.test(value))
    return { refusal: refusal('HEADER_INVALID', { at: { header: keyHeader } }) };
  const [, quoted] = /^"((?:[^"\\]|\\["\\])*)"$/.exec(value.trim()) ?? [];
  const key = quoted === undefined ? value.trim() : quoted.replace(/\\(["\\])/g, '$1');
  try {
    return { key: checkIdempotencyKey(key) };
  } catch (error) {
    if (error instanceof MessageError)
      return { refusal: messageRefusal([error], () => ({ header: keyHeader })) };
    throw error;
  }
}

/** So much of a key's length is needed for the places of a batch's messages. */
const placeLength = '/999'.length;

/** Why a batch cannot have this key: with a place behind it, some of its messages would have one that is too long. */
export function batchKeyRefusal(key: string | undefined): Refusal | undefined {
  const maximum = maxIdempotencyKeyLength - placeLength;
  if (key === undefined || key.length <= maximum) return undefined;
  const error = new MessageError('IDEMPOTENCY_KEY_INVALID', 'idempotencyKey', { maximum });
  return messageRefusal([error], () => ({ header: keyHeader }));
}

/** The key of the nth message of a batch that has none of its own. */
export const keyOfItem = (batchKey: string | undefined, index: number): string | undefined =>
  batchKey === undefined ? undefined : `${batchKey}/${index}`;

type Fields = Readonly<Record<string, unknown>>;

/** A message with the key that its request names, or why it cannot have it. */
export function withKey(
  fields: Fields,
  key: string | undefined,
): { readonly fields: Fields } | { readonly refusal: Refusal } {
  if (key === undefined) return { fields };
  const own = fields['idempotencyKey'];
  if (own === undefined) return { fields: { ...fields, idempotencyKey: key } };
  if (own === key) return { fields };
  return { refusal: refusal('IDEMPOTENCY_KEYS_DIFFER', { at: { header: keyHeader } }) };
}
