import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contentOf,
  deduplicationIdOf,
  keyedMessageId,
  messageIdBytes,
  newMessageId,
} from '../../../src/message/id.ts';

describe('newMessageId', () => {
  it('is m and twenty characters that are hard to misread', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: messageIdBytes, maxLength: 40 }), (bytes) => {
        expect(newMessageId(bytes)).toMatch(/^m[0-9a-hjkmnp-tv-z]{20}$/);
      }),
    );
  });

  it('follows from the bytes alone', () => {
    const bytes = Uint8Array.from({ length: messageIdBytes }, (_, index) => index * 13);
    expect(newMessageId(bytes)).toBe(newMessageId(bytes));
    expect(newMessageId(new Uint8Array(messageIdBytes))).toBe('m00000000000000000000');
  });

  it('refuses too little randomness', () => {
    expect(() => newMessageId(new Uint8Array(messageIdBytes - 1))).toThrow(RangeError);
  });
});

describe('keyedMessageId', () => {
  const secret = 'a'.repeat(64);
  const message = { to: '905321234567', title: 'FIRMA', text: 'Kodunuz 123456' };
  const keyed = { account: 'main', idempotencyKey: 'order-17', content: contentOf(message) };
  const id = keyedMessageId(keyed, secret);
  const [key, hash] = id.split('-');

  it('is the same for the same key and content', () => {
    expect(id).toMatch(/^k[0-9a-f]{24}-[0-9a-f]{16}$/);
    expect(keyedMessageId({ ...keyed, content: contentOf({ ...message }) }, secret)).toBe(id);
  });

  it.each(['to', 'title', 'text'])('differs behind the dash only for another %s', (field) => {
    const content = contentOf({ ...message, [field]: 'other' });
    const [otherKey, otherHash] = keyedMessageId({ ...keyed, content }, secret).split('-');
    expect(otherKey).toBe(deduplicationIdOf('main', 'order-17', secret));
    expect(otherKey).toBe(key);
    expect(otherHash).not.toBe(hash);
  });

  it.each([
    ['key', { ...keyed, idempotencyKey: 'order-18' }, secret],
    ['account', { ...keyed, account: 'other' }, secret],
    ['secret', keyed, 'b'.repeat(64)],
  ])('differs on both sides of the dash for another %s', (_, other, itsSecret) => {
    const [otherKey, otherHash] = keyedMessageId(other, itsSecret).split('-');
    expect(otherKey).not.toBe(key);
    expect(otherHash).not.toBe(hash);
  });

  it('is not what a plain hash of the same facts gives, so that numbers cannot be tried', () => {
    const plain = ['sha256', 'sha3-256'].flatMap((algorithm) =>
      [JSON.stringify(keyed.content), `order-17\0${JSON.stringify(keyed.content)}`, 'main\0order-17'].map(
        (text) => createHash(algorithm).update(text).digest('hex'),
      ),
    );
    expect(plain.filter((one) => one.startsWith(hash ?? '') || one.startsWith(key?.slice(1) ?? ''))).toEqual(
      [],
    );
  });

  it('contains neither key, number nor text', () => {
    const number = '905321234567';
    expect(
      keyedMessageId({ account: 'main', idempotencyKey: number, content: [number] }, secret),
    ).not.toContain(number);
  });

  it('keeps account and key apart, whatever characters they have', () => {
    expect(deduplicationIdOf('a', 'b\0c', secret)).not.toBe(deduplicationIdOf('a\0b', 'c', secret));
    expect(deduplicationIdOf('a","b', 'c', secret)).not.toBe(deduplicationIdOf('a', 'b","c', secret));
  });
});
