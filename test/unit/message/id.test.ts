import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contentOf,
  deduplicationIdOf,
  keyedMessageId,
  messageIdBytes,
  newMessageId,
  sameContent,
  sameKey,
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
  const message = { to: '905321234567', title: 'FIRMA', text: 'Kodunuz 123456' };
  const keyed = { account: 'main', idempotencyKey: 'order-17', content: contentOf(message) };
  const id = keyedMessageId(keyed);

  it('is the same for the same key and content', () => {
    expect(id).toMatch(/^k[0-9a-f]{24}-[0-9a-f]{16}$/);
    expect(sameContent(id, keyedMessageId({ ...keyed }))).toBe(true);
    expect(sameKey(id, id)).toBe(true);
  });

  it('differs behind the dash only for other content', () => {
    const other = keyedMessageId({ ...keyed, content: contentOf({ ...message, text: 'Kodunuz 123457' }) });
    expect(sameContent(id, other)).toBe(false);
    expect(sameKey(id, other)).toBe(true);
    expect(other.split('-')[0]).toBe(deduplicationIdOf('main', 'order-17'));
  });

  it.each([
    { ...keyed, idempotencyKey: 'order-18' },
    { ...keyed, account: 'other' },
  ])('differs altogether for another key or account', (other) => {
    expect(sameKey(id, keyedMessageId(other))).toBe(false);
  });

  it('hashes the content differently under each key, so that it cannot be looked up', () => {
    const suffix = (idempotencyKey: string): string | undefined =>
      keyedMessageId({ ...keyed, idempotencyKey }).split('-')[1];
    expect(suffix('a')).not.toBe(suffix('b'));
  });

  it('contains neither key, number nor text', () => {
    const secret = keyedMessageId({
      account: 'main',
      idempotencyKey: '905321234567',
      content: '905321234567',
    });
    expect(secret).not.toContain('905321234567');
  });

  it('does not take ids of other kinds for keyed ones', () => {
    expect(sameKey('m00000000000000000000', 'm00000000000000000000')).toBe(false);
  });
});

describe('contentOf', () => {
  it('keeps fields apart', () => {
    expect(contentOf({ to: '1', title: '2","3', text: '4' })).not.toBe(
      contentOf({ to: '1', title: '2', text: '3","4' }),
    );
  });
});
