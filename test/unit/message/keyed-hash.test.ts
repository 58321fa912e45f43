import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyedHash, keyedHashOfBytes } from '../../../src/message/keyed-hash.ts';

const secret = '0123456789abcdef'.repeat(4);

describe('a keyed hash', () => {
  it('is SHA3-256 with the secret in front of what is hashed', () => {
    const expected = createHash('sha3-256').update(`${secret}["key","main","order-17"]`).digest('base64url');
    expect(keyedHash(secret, 'key', ['main', 'order-17'])).toBe(expected);
  });

  it('is another for any other purpose or fact', () => {
    const anything = fc.tuple(fc.string(), fc.array(fc.string(), { maxLength: 3 }));
    fc.assert(
      fc.property(anything, anything, (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        expect(keyedHash(secret, ...one)).not.toBe(keyedHash(secret, ...other));
      }),
    );
  });

  it('is another for another secret', () => {
    expect(keyedHash('f'.repeat(64), 'key', ['a'])).not.toBe(keyedHash(secret, 'key', ['a']));
  });

  it('of bytes is another for other bytes, another purpose and another secret', () => {
    const bytes = Buffer.from('media');
    const hashes = [
      keyedHashOfBytes(secret, 'media', bytes),
      keyedHashOfBytes(secret, 'media', Buffer.from('medium')),
      keyedHashOfBytes(secret, 'other', bytes),
      keyedHashOfBytes('f'.repeat(64), 'media', bytes),
    ];
    expect(new Set(hashes).size).toBe(4);
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(hashes[0]).not.toBe(createHash('sha3-256').update(bytes).digest('hex'));
  });
});
