import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextTryMs, tryForMs } from '../../../src/webhooks/schedule.ts';

const since = 1_800_000_000_000;
const hour = 3_600_000;

describe('the next try of a delivery', () => {
  it('comes after about five seconds at first, later each time, and at the last every three hours', () => {
    const waits = Array.from({ length: 10 }, (_, at) =>
      nextTryMs({ failures: at + 1, since, now: since, random: 0.5 }),
    );
    expect(waits.slice(0, 2)).toEqual([5_000, 30_000]);
    expect(waits.toSorted((one, other) => (one ?? 0) - (other ?? 0))).toEqual(waits);
    expect(waits.at(-1)).toBe(3 * hour);
  });

  it('comes not before the time that the endpoint asks for, but for more than six hours', () => {
    const failure = { failures: 1, since, now: since, random: 0 };
    expect(nextTryMs({ ...failure, retryAfterMs: 90_000 })).toBe(90_000);
    expect(nextTryMs({ ...failure, retryAfterMs: 20 * hour })).toBe(6 * hour);
    expect(nextTryMs({ ...failure, retryAfterMs: 1 })).toBe(4_000);
  });

  it('comes for the last time at the end of 24 hours, whatever chance and endpoint say', () => {
    fc.assert(
      fc.property(
        fc.infiniteStream(
          fc.record({ random: fc.double({ min: 0, max: 0.999, noNaN: true }), asked: fc.nat(10 * hour) }),
        ),
        (chances) => {
          let now = since;
          for (let failures = 1; ; failures += 1) {
            const { random, asked } = chances.next().value;
            const waitMs = nextTryMs({ failures, since, now, random, retryAfterMs: asked });
            if (waitMs === undefined) break;
            expect(waitMs).toBeGreaterThan(0);
            now += waitMs;
          }
          expect(now).toBe(since + tryForMs);
        },
      ),
    );
  });
});
