import { describe, expect, it } from 'vitest';
import { type FateFacts, rollFates, statusAt } from '../../../src/simulator/fate.ts';
import { changeReports, type ReportChange, reportDefaults } from '../../../src/simulator/report-settings.ts';

const facts: FateFacts = { seed: 1, to: '905321234567', earlier: 0, startAt: 1_000, records: 1 };

function roll(settings: ReportChange, change: Partial<FateFacts> = {}) {
  return rollFates({ ...facts, ...change }, changeReports(reportDefaults, settings));
}

function share(settings: ReportChange, status: string): number {
  const numbers = Array.from({ length: 2_000 }, (_, i) => `90${5_320_000_000 + i}`);
  return numbers.filter((to) => roll(settings, { to })[0]?.status === status).length / numbers.length;
}

describe('what becomes of a message', () => {
  it('is delivered after the delay where nothing else is said', () => {
    expect(roll({})).toEqual([{ status: '1', at: 2_000 }]);
  });

  it.each([
    ['1', { delivered: 1 }],
    ['3', { failed: 1 }],
    ['4', { expired: 0.1 }],
    ['2', { never: 5 }],
  ])('is status %s where all have the share of it', (status, shares) => {
    expect(share({ shares }, status)).toBe(1);
  });

  it.each([
    ['1', 0.4],
    ['3', 0.3],
    ['4', 0.2],
    ['2', 0.1],
  ])('is status %s for about its share of the messages', (status, expected) => {
    const shares = { delivered: 4, failed: 3, expired: 2, never: 1 };
    expect(Math.abs(share({ shares }, status) - expected)).toBeLessThan(0.04);
  });

  it('comes at some time of the range', () => {
    const times = Array.from(
      { length: 200 },
      (_, earlier) => roll({ delay: { minMs: 100, maxMs: 300 } }, { earlier })[0]?.at ?? 0,
    );
    expect(Math.min(...times)).toBeGreaterThanOrEqual(1_100);
    expect(Math.max(...times)).toBeLessThanOrEqual(1_300);
    expect(new Set(times).size).toBeGreaterThan(150);
  });

  it('is the same for the same seed and number, and another for another seed or a later message', () => {
    const settings = { delay: { minMs: 0, maxMs: 1e6 } };
    expect(roll(settings)).toEqual(roll(settings));
    expect(roll(settings, { seed: 2 })).not.toEqual(roll(settings));
    expect(roll(settings, { earlier: 1 })).not.toEqual(roll(settings));
  });

  it('is rolled for each record by itself', () => {
    const fates = roll({ shares: { delivered: 1, failed: 1 } }, { records: 50 });
    expect(new Set(fates.map(({ status }) => status))).toEqual(new Set(['1', '3']));
  });

  it('ends with the validity where nothing came before, also of one that would wait for ever', () => {
    expect(roll({}, { expireAt: 1_500 })).toEqual([{ status: '4', at: 1_500 }]);
    expect(roll({ shares: { never: 1 } }, { expireAt: 1_500 })).toEqual([{ status: '4', at: 1_500 }]);
    expect(roll({}, { expireAt: 2_500 })).toEqual([{ status: '1', at: 2_000 }]);
  });

  it('is waiting until its time', () => {
    const fate = { status: '3', at: 2_000 };
    expect([1_999, 2_000, 9_999].map((now) => statusAt(fate, now))).toEqual(['2', '3', '3']);
  });
});
