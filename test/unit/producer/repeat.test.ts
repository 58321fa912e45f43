import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentHash } from '../../../src/producer/names-of-claims.ts';
import { differences, type Wish, wishOf } from '../../../src/producer/repeat.ts';
import type { Claimed } from '../../../src/queue/claims.ts';

const minute = 60_000;
const firstAt = Date.UTC(2030, 0, 1);
const secret = 'a'.repeat(64);
const message = ['905321234567', 'ACME', 'Merhaba'] as const;
const stored: Claimed = {
  id: 'm1',
  content: contentHash(message, secret),
  lane: 'transactional',
  whenUncertain: 'park',
  enqueuedAt: firstAt,
  sendAt: firstAt,
  deadlineAt: firstAt + 60 * minute,
};

/** Fields in which a call differs that comes so much later. */
const differ = (wish: Wish, laterMs = 0, first: Claimed = stored): readonly string[] =>
  differences({ content: first.content, wish, askedAt: first.enqueuedAt + laterMs }, first);

describe('a call that comes again', () => {
  it('differs in nothing where it says nothing of time and lane, however late it comes', () => {
    expect(differ({})).toEqual([]);
    expect(differ({}, 3_000 * minute)).toEqual([]);
  });

  it.each<[string, readonly unknown[]]>([
    ['to', ['905321234568', 'ACME', 'Merhaba']],
    ['title', ['905321234567', 'OTHER', 'Merhaba']],
    ['text', ['905321234567', 'ACME', 'Selam']],
    ['media', [...message, ['subject', 'image/png', 'a']]],
  ])('differs in %s', (field, content) => {
    const call = { content: contentHash(content, secret), wish: {}, askedAt: firstAt };
    expect(differences(call, stored)).toEqual([field]);
  });

  it('differs in lane, or in what becomes of an uncertain end, only where it names another', () => {
    expect(differ({ lane: 'transactional', whenUncertain: 'park' })).toEqual([]);
    expect(differ({ lane: 'otp', whenUncertain: 'resend' })).toEqual(['lane', 'whenUncertain']);
  });

  it('differs in what becomes of it after asking, only where it names another than its lane does by itself', () => {
    const asked: Claimed = { ...stored, whenUncertain: 'ask' };
    expect(differ({ whenUncertain: 'ask' }, 0, asked)).toEqual([]);
    expect(differ({ whenNotFound: 'park' }, 0, asked)).toEqual([]);
    expect(differ({ whenNotFound: 'resend' }, 0, asked)).toEqual(['whenNotFound']);
    expect(differ({ whenNotFound: 'park' }, 0, { ...asked, whenNotFound: 'resend' })).toEqual([
      'whenNotFound',
    ]);
    expect(differ({ whenUncertain: 'park' }, 0, asked)).toEqual(['whenUncertain']);
  });

  it.each([
    ['the same time', 60],
    ['the same distance from the call', 60 + 3_000],
  ])('means the same by %s', (_, wishedMinutes) => {
    const deadlineAtMs = firstAt + wishedMinutes * minute;
    expect(differ({ deadlineAtMs }, 3_000 * minute)).toEqual([]);
  });

  it('differs in a time that is neither', () => {
    expect(differ({ deadlineAtMs: firstAt + 61 * minute }, 3_000 * minute)).toEqual(['deadline']);
    expect(differ({ deadlineAtMs: firstAt + 59 * minute })).toEqual(['deadline']);
  });

  it('means by a time of sending the one that is stored, or the time of the first call where none is', () => {
    const scheduled = { ...stored, sendAt: firstAt + 10 * minute };
    expect(differ({ sendAtMs: firstAt + 10 * minute }, 5 * minute, scheduled)).toEqual([]);
    expect(differ({ sendAtMs: firstAt + 20 * minute }, 5 * minute, scheduled)).toEqual(['sendAt']);
    expect(differ({ sendAtMs: firstAt + 5 * minute }, 5 * minute)).toEqual([]);
    expect(differ({ sendAtMs: firstAt + 10 * minute }, 5 * minute)).toEqual(['sendAt']);
  });

  it('differs in no time that is no more than 30 seconds off', () => {
    const off = fc.integer({ min: -30_000, max: 30_000 });
    fc.assert(
      fc.property(off, fc.nat(1_000_000_000), (offMs, laterMs) => {
        expect(differ({ deadlineAtMs: stored.deadlineAt + offMs }, laterMs)).toEqual([]);
        expect(differ({ deadlineAtMs: stored.deadlineAt + laterMs + offMs }, laterMs)).toEqual([]);
      }),
    );
  });
});

describe('what a call says of how it is to be sent', () => {
  it('is read in any form, and what it leaves out is left out', () => {
    expect(wishOf({}, firstAt)).toEqual({ lane: undefined, whenUncertain: undefined });
    const sendAt = new Date(firstAt);
    expect(wishOf({ lane: 'otp', sendAt, deadline: sendAt.toISOString() }, firstAt)).toMatchObject({
      lane: 'otp',
      sendAtMs: firstAt,
      deadlineAtMs: firstAt,
    });
  });
});
