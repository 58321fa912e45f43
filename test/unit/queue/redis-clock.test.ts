import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { betterSample, type ClockSample, sampleOf } from '../../../src/queue/redis-clock.ts';

const redisMs = 1_800_000_000_000;

/** A sample of a Redis that is `aheadMs` further, asked at `sentAt`, whose answer took `tookMs` both ways alike. */
const sampled = (sentAt: number, tookMs: number, aheadMs = 0): ClockSample =>
  sampleOf(redisMs + aheadMs + sentAt + tookMs / 2, sentAt, sentAt + tookMs);

describe('one answer of Redis', () => {
  it('is taken to be from the middle of its round trip, and can be wrong by half of it', () => {
    expect(sampleOf(redisMs, 100, 120)).toEqual({ offsetMs: redisMs - 110, errorMs: 10, at: 120 });
  });

  it('is wrong by no more than it says, whenever Redis looked at its clock', () => {
    fc.assert(
      fc.property(fc.nat(60_000), fc.double({ min: 0, max: 1, noNaN: true }), (tookMs, share) => {
        const { offsetMs, errorMs } = sampleOf(redisMs + share * tookMs, 0, tookMs);
        expect(Math.abs(offsetMs - redisMs)).toBeLessThanOrEqual(errorMs + 0.001);
      }),
    );
  });
});

describe('of two answers', () => {
  it('the first counts where there was none', () => {
    const slow = sampled(0, 60_000);
    expect(betterSample(undefined, slow)).toBe(slow);
  });

  it('the one with the shorter way counts', () => {
    const [slow, quick] = [sampled(0, 400), sampled(1_000, 2)];
    expect(betterSample(slow, quick)).toBe(quick);
    expect(betterSample(quick, sampled(2_000, 400))).toBe(quick);
  });

  it('the fresh one counts once the kept one has grown old, since clocks drift', () => {
    const quick = sampled(0, 2);
    const later = sampled(1_000_000, 400);
    expect(betterSample(quick, later)).toBe(later);
  });

  it.each([3_600_000, -3_600_000, 500])(
    "the fresh one counts where Redis' clock was moved by %d ms",
    (byMs) => {
      const quick = sampled(0, 2);
      const moved = sampled(1_000, 100, byMs);
      expect(betterSample(quick, moved)).toBe(moved);
    },
  );
});
