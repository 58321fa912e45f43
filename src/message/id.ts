/** Crockford's base 32 in lower case: no i, l, o, u, which are misread. */
const base32 = '0123456789abcdefghjkmnpqrstvwxyz';
const idLength = 20;

/** Random bytes that `newJobId` takes. */
export const jobIdBytes: number = idLength;

/**
 * The id of a send job: `m` and 20 characters, 100 bits of the given randomness. Never an integer and without a colon, as
 * BullMQ asks of job ids, and never made of an idempotency key: JetSMS sees it.
 * @throws RangeError for fewer than `jobIdBytes` bytes
 */
export function newJobId(randomBytes: Uint8Array): string {
  if (randomBytes.length < idLength) throw new RangeError(`an id takes ${idLength} random bytes`);
  let id = 'm';
  for (const byte of randomBytes.subarray(0, idLength)) id += base32.charAt(byte & 31);
  return id;
}
