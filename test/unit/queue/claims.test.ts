import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lanes, notFoundChoices, uncertainChoices } from '../../../src/message/lane.ts';
import { type Claimed, claimText, parseClaim } from '../../../src/queue/claims.ts';

const anyTime = fc.integer({ min: 1_700_000_000_000, max: 2_500_000_000_000 });
const anyDuration = fc.nat(31_536_000_000);
const anyClaimed = fc
  .record({
    id: fc.stringMatching(/^m[0-9a-z]{20}(\.\d{1,2})?$/),
    content: fc.stringMatching(/^[A-Za-z0-9_-]{24}$/),
    lane: fc.constantFrom(...lanes),
    whenUncertain: fc.constantFrom(...uncertainChoices),
    notFound: fc.constantFrom(undefined, ...notFoundChoices),
    enqueuedAt: anyTime,
    delayMs: anyDuration,
    lastsMs: anyDuration,
  })
  .map(({ delayMs, lastsMs, notFound, ...claimed }): Claimed => {
    const sendAt = claimed.enqueuedAt + delayMs;
    return {
      ...claimed,
      ...(notFound ? { whenNotFound: notFound } : {}),
      sendAt,
      deadlineAt: sendAt + lastsMs,
    };
  });

describe('what a claim holds', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(anyClaimed, (claimed) => {
        expect(parseClaim(claimText(claimed))).toEqual(claimed);
      }),
    );
  });

  it('is short: there is one for each message with a key', () => {
    fc.assert(
      fc.property(anyClaimed, (claimed) => {
        expect(claimText(claimed).length).toBeLessThan(85);
      }),
    );
  });

  it('of an earlier version is read', () => {
    expect(parseClaim('m1 hash tp 1 1 1')).toMatchObject({ lane: 'transactional', whenUncertain: 'park' });
    expect(parseClaim('m1 hash or 1 1 1')).toMatchObject({ lane: 'otp', whenUncertain: 'resend' });
  });

  it('has letters that tell all wishes apart', () => {
    for (const words of [lanes, uncertainChoices, notFoundChoices])
      expect(new Set(words.map((word) => word[0])).size).toBe(words.length);
  });

  it('is unknown where nobody of ours wrote it, whatever lies there', () => {
    for (const text of [
      '',
      ' ',
      'm1',
      'm1 hash tp',
      'm1 hash xx 1 1 1',
      'm1 hash tax 1 1 1',
      'm1 hash tapp 1 1 1',
      'm1 hash tp 1 -1 1',
      'constructor',
    ])
      expect(parseClaim(text)).toBeUndefined();
    fc.assert(
      fc.property(fc.string(), (text) => {
        const claimed = parseClaim(text);
        if (claimed) expect(Number.isSafeInteger(claimed.deadlineAt)).toBe(true);
      }),
    );
  });
});
