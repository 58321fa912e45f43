import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMmsWindows } from '../../../../src/settings/mms-windows.ts';
import { nextOpening } from '../../../../src/worker/verdict/mms-window.ts';

/** A time on the clock of Istanbul, which is UTC+3 all year. 5 January 2026 is a Monday. */
const istanbul = (time: string): number => Date.parse(`${time}+03:00`);
const inWords = (epochMs: number | undefined): string | undefined =>
  epochMs === undefined ? undefined : new Date(epochMs + 3 * 3_600_000).toISOString().slice(0, 16);
const opening = (windows: string, time: string): string | undefined =>
  inWords(nextOpening(parseMmsWindows(windows) ?? [], istanbul(time)));

describe('the next opening of the MMS window', () => {
  const usual = 'Mon-Sat 09:00-21:00, Sun 10:00-18:00';

  it.each([
    ['before it opens, the same day', usual, '2026-01-05T03:30:00', '2026-01-05T09:00'],
    ['a minute before it opens', usual, '2026-01-05T08:59:00', '2026-01-05T09:00'],
    ['at the opening: now', usual, '2026-01-05T09:00:00', '2026-01-05T09:00'],
    ['inside: now', usual, '2026-01-05T15:17:00', '2026-01-05T15:17'],
    ['in its last minute: now', usual, '2026-01-05T20:59:00', '2026-01-05T20:59'],
    ['when it has closed: tomorrow', usual, '2026-01-05T21:00:00', '2026-01-06T09:00'],
    ['on Saturday night: Sunday, with its own hours', usual, '2026-01-10T23:00:00', '2026-01-11T10:00'],
    ['on Sunday night: Monday', usual, '2026-01-11T18:00:00', '2026-01-12T09:00'],
    ['one day a week, just closed: next week', 'Wed 09:00-10:00', '2026-01-07T10:00:00', '2026-01-14T09:00'],
    ['from Sunday to Monday', 'Mon 00:00-01:00', '2026-01-11T23:59:00', '2026-01-12T00:00'],
    ['over the end of a year', 'Thu 09:00-10:00', '2025-12-31T12:00:00', '2026-01-01T09:00'],
    [
      'two windows of one day: the later one',
      'Mon 09:00-10:00, Mon 14:00-15:00',
      '2026-01-05T10:30:00',
      '2026-01-05T14:00',
    ],
    [
      'a window to midnight, in its last minute',
      'Mon 09:00-24:00',
      '2026-01-05T23:59:00',
      '2026-01-05T23:59',
    ],
    ['after midnight of such a window', 'Mon 09:00-24:00', '2026-01-06T00:00:00', '2026-01-12T09:00'],
    ['the day without end', 'Mon-Sun 00:00-24:00', '2026-01-05T00:00:00', '2026-01-05T00:00'],
    ['in summer as in winter: no clock is changed', usual, '2026-07-06T08:00:00', '2026-07-06T09:00'],
    ['on the night on which Europe changes its clocks', usual, '2026-03-29T02:30:00', '2026-03-29T10:00'],
  ])('%s', (_, windows, time, expected) => {
    expect(opening(windows, time)).toBe(expected);
  });

  it('is the full minute, whatever the second', () => {
    const windows = parseMmsWindows(usual) ?? [];
    expect(nextOpening(windows, istanbul('2026-01-05T08:59:59.999'))).toBe(istanbul('2026-01-05T09:00:00'));
  });

  it('is now to the millisecond when it is open', () => {
    const now = istanbul('2026-01-05T12:34:56.789');
    expect(nextOpening(parseMmsWindows(usual) ?? [], now)).toBe(now);
  });

  it('is unknown without windows', () => {
    expect(opening('', '2026-01-05T09:00:00')).toBeUndefined();
  });

  it('lies within a week, and is itself inside a window', () => {
    const windows = parseMmsWindows('Tue 23:30-24:00, Fri 00:00-00:01') ?? [];
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (now) => {
        const opensAt = nextOpening(windows, now) ?? Number.NaN;
        expect(opensAt).toBeGreaterThanOrEqual(now);
        expect(opensAt - now).toBeLessThan(7 * 24 * 3_600_000);
        expect(nextOpening(windows, opensAt)).toBe(opensAt);
      }),
    );
  });
});
