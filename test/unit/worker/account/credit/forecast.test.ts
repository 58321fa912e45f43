import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CreditReading,
  forecastCredit,
  isCreditLow,
  rateWindowMs,
  usedPerHour,
} from '../../../../../src/worker/account/credit/forecast.ts';

const hour = 3_600_000;
const minute = 60_000;
const now = 100 * hour;
const window = { now, windowMs: hour };

/** Readings in minutes before now. */
const readings = (...pairs: readonly (readonly [minutesAgo: number, credit: number])[]): CreditReading[] =>
  pairs.map(([minutesAgo, credit]) => ({ at: now - minutesAgo * minute, credit }));

describe('the rate at which credit is used', () => {
  it.each<[string, CreditReading[], number | undefined]>([
    ['is not known from nothing', [], undefined],
    ['is not known from one reading', readings([0, 100]), undefined],
    ['is not known from readings of the same minute', readings([0.5, 100], [0, 90]), undefined],
    ['is what was used, counted for an hour', readings([30, 100], [0, 90]), 20],
    ['is 0 where nothing was used', readings([30, 100], [0, 100]), 0],
    ['does not see what lies before the window', readings([120, 1_000], [30, 100], [0, 90]), 20],
    ['takes a rise for a top-up', readings([30, 100], [20, 80], [10, 1_080], [0, 1_070]), 60],
    ['does not mind the order', readings([0, 90], [30, 100]), 20],
  ])('%s', (_, given, expected) => {
    expect(usedPerHour(given, window)).toBe(expected);
  });

  it('is never negative, whatever the readings', () => {
    const reading = fc.record({ at: fc.integer({ min: 0, max: now }), credit: fc.nat() });
    fc.assert(
      fc.property(fc.array(reading), (given) => {
        const used = usedPerHour(given, { now, windowMs: 50 * hour });
        expect(used ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('is that of the last hour, or of three readings where they lie further apart', () => {
    expect(rateWindowMs(5 * minute)).toBe(hour);
    expect(rateWindowMs(2 * hour)).toBe(6 * hour);
  });
});

describe('the forecast', () => {
  it('says when the credit ends, counted from its reading', () => {
    expect(forecastCredit({ at: now, credit: 300 }, 50, 200)).toEqual({
      usedPerHour: 50,
      hoursLeft: 6,
      endsAt: now + 6 * hour,
      coversWaiting: true,
    });
  });

  it('says that the credit does not cover what waits, at whatever rate', () => {
    expect(forecastCredit({ at: now, credit: 199 }, undefined, 200)).toEqual({ coversWaiting: false });
  });

  it('knows no end where nothing is used', () => {
    expect(forecastCredit({ at: now, credit: 10 }, 0, 0)).toEqual({ usedPerHour: 0, coversWaiting: true });
  });

  it('says 0 hours where there is none left', () => {
    expect(forecastCredit({ at: now, credit: 0 }, 5, 0)).toMatchObject({ hoursLeft: 0, endsAt: now });
  });
});

describe('a low credit', () => {
  it.each<[string, Parameters<typeof isCreditLow>[0], boolean, boolean]>([
    ['does not cover what waits', { coversWaiting: false }, false, true],
    ['ends within six hours', { coversWaiting: true, hoursLeft: 5.9 }, false, true],
    ['does not end within six hours', { coversWaiting: true, hoursLeft: 6 }, false, false],
    ['stays low until it lasts twice as long', { coversWaiting: true, hoursLeft: 11.9 }, true, true],
    ['is over when it lasts twice as long', { coversWaiting: true, hoursLeft: 12 }, true, false],
    ['is over where nothing is used', { coversWaiting: true }, true, false],
  ])('%s', (_, forecast, wasLow, isLow) => {
    expect(isCreditLow(forecast, wasLow)).toBe(isLow);
  });
});
