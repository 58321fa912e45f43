import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** 192 bits that nobody can guess: why a fast hash keeps them safe (docs/decisions/0026-api-keys-are-read-at-every-request.md). */
const secretBytes = 24;
const idBytes = 6;

/**
 * `jetsms_<id>_<secret><checksum>`: a form that a secret scanner finds, and a checksum by which it, and we, tell a key from what
 * only looks like one. The id has no digits, so that it is never taken for a phone number.
 */
const form = /^(jetsms_([a-p]{12})_[0-9a-f]{48})([0-9a-f]{8})$/;

/** A key as it is handed to its holder, once. */
export interface NewKey {
  readonly id: string;
  readonly text: string;
}

/** What is looked at of a key that somebody presents. */
export interface PresentedKey {
  readonly id: string;
  readonly digest: Buffer;
}

/** Makes a key. @param random as many random bytes as asked for */
export function makeKey(random: (bytes: number) => Buffer = randomBytes): NewKey {
  const id = random(idBytes).toString('hex').replace(/./g, letterOf);
  const body = `jetsms_${id}_${random(secretBytes).toString('hex')}`;
  return { id, text: body + checksumOf(body) };
}

/** Reads what somebody presents as a key; undefined for what cannot be one. Total. */
export function readKey(presented: unknown): PresentedKey | undefined {
  if (typeof presented !== 'string') return undefined;
  const [, body = '', id = '', checksum] = form.exec(presented) ?? [];
  if (checksum === undefined || checksum !== checksumOf(body)) return undefined;
  return { id, digest: digestOf(presented) };
}

/** What is kept of a key: SHA-256 of all of it. */
export const digestOf = (key: string): Buffer => hash('sha256', key, 'buffer');

/** The letters a to p for the hexadecimal digits. */
const letterOf = (digit: string): string =>
  String.fromCharCode('a'.charCodeAt(0) + Number.parseInt(digit, 16));

/** CRC-32: it finds what was copied wrong, and keeps no secret. */
const checksumOf = (body: string): string => crc32(body).toString(16).padStart(8, '0');
