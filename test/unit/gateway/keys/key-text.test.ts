import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf, makeKey, readKey } from '../../../../src/gateway/keys/key-text.ts';

/** One that a scanner could have. */
const scanner = /\bjetsms_[a-p]{12}_[0-9a-f]{56}\b/;

/** A character of a key that is replaced by another. */
const changed = (key: string, at: number, by: string): string => key.slice(0, at) + by + key.slice(at + 1);

describe('a key', () => {
  it('has a form that secret scanners find, and at least 192 random bits beside its id', () => {
    const asked: number[] = [];
    const { id, text } = makeKey((bytes) => {
      asked.push(bytes);
      return randomBytes(bytes);
    });
    expect(`password = "${text}"`).toMatch(scanner);
    expect(text).toContain(`_${id}_`);
    expect(asked).toEqual([6, 24]);
  });

  it('is another each time', () => {
    const keys = Array.from({ length: 1_000 }, () => makeKey());
    expect(new Set(keys.map(({ id }) => id)).size).toBe(1_000);
    expect(new Set(keys.map(({ text }) => text)).size).toBe(1_000);
  });

  it('has an id without digits, which nothing takes for a phone number', () => {
    for (let time = 0; time < 1_000; time += 1) expect(makeKey().id).toMatch(/^[a-p]{12}$/);
  });

  it('ends in the CRC-32 of what stands before it, so that others can check it', () => {
    const { text } = makeKey();
    expect(crc32(text.slice(0, -8))).toBe(Number.parseInt(text.slice(-8), 16));
  });

  it('keeps the zeros in front of its checksum', () => {
    const texts = Array.from({ length: 300 }, () => makeKey().text);
    expect(texts.some((text) => text.at(-8) === '0')).toBe(true);
    for (const text of texts) expect(readKey(text)?.digest).toEqual(digestOf(text));
  });

  it('is read as its id and the hash of all of it', () => {
    const { id, text } = makeKey();
    expect(readKey(text)).toEqual({ id, digest: digestOf(text) });
    expect(readKey(text)?.digest).toHaveLength(32);
  });

  it('is not read where one character of it is another', () => {
    const digits = fc.constantFrom(...'0123456789abcdefghijklmnopqrstuvwxyz_-. \n');
    const { text } = makeKey();
    fc.assert(
      fc.property(fc.nat(text.length - 1), digits, (at, by) => {
        fc.pre(text[at] !== by);
        expect(readKey(changed(text, at, by))).toBeUndefined();
      }),
    );
  });

  it.each([
    ['in capitals', (text: string) => text.toUpperCase()],
    ['with a line break behind it', (text: string) => `${text}\n`],
    ['with a space before it', (text: string) => ` ${text}`],
    ['twice', (text: string) => text + text],
    ['cut', (text: string) => text.slice(0, -1)],
    ['without its checksum', (text: string) => text.slice(0, -8)],
  ])('is not read %s', (_, spoil) => {
    expect(readKey(spoil(makeKey().text))).toBeUndefined();
  });

  it('is nothing else than a key, whatever is presented', () => {
    const anything = fc.oneof(fc.anything(), fc.string({ unit: 'binary' }));
    fc.assert(fc.property(anything, (value) => readKey(value) === undefined));
  });

  it('takes no longer to refuse where millions of characters are presented', () => {
    expect(readKey(`jetsms_${'a'.repeat(5_000_000)}`)).toBeUndefined();
  });
});
