import { hash } from 'node:crypto';

/**
 * A hash that nobody can try out who does not know the secret: a number has so few digits that all of them can be
 * tried against a plain one. SHA-3, since a key in front of what is hashed makes it a sound authentication code
 * (docs/decisions/0016-keyed-ids.md).
 *
 * @param purpose keeps hashes of different kinds apart
 * @returns 43 characters of base64url
 */
export function keyedHash(secret: string, purpose: string, facts: readonly unknown[]): string {
  return hash('sha3-256', secret + JSON.stringify([purpose, ...facts]), 'base64url');
}

/** The same of bytes, hexadecimal. */
export function keyedHashOfBytes(secret: string, purpose: string, bytes: Uint8Array): string {
  return hash('sha3-256', Buffer.concat([Buffer.from(`${secret}${purpose}\0`), bytes]), 'hex');
}
