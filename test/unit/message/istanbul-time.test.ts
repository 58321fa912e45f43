import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromIstanbul, istanbulClock, toIstanbul } from '../../../src/message/istanbul-time.ts';

const format = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Istanbul',
  hourCycle: 'h23',
  weekday: 'short',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const sinceConstantOffset = fc.integer({
  min: Date.parse('2016-09-08T00:00:00Z'),
  max: Date.parse('2060-01-01T00:00:00Z'),
});

describe('Istanbul time', () => {
  it('writes a time as JetSMS does', () => {
    expect(toIstanbul(Date.parse('2003-04-01T12:00:00+03:00'))).toBe('01042003120000');
    expect(toIstanbul(Date.parse('2029-12-31T21:00:00.999Z'))).toBe('01012030000000');
  });

  it('is read back, where there is such a time', () => {
    expect(fromIstanbul('2030-01-01T00:00:00')).toBe(Date.parse('2029-12-31T21:00:00Z'));
    for (const none of ['2026-02-29T00:00:00', '2026-04-31T00:00:00', '2026-01-01T24:00:00', 'gestern']) {
      expect(fromIstanbul(none)).toBeUndefined();
    }
  });

  it('agrees with the time zone data of Node', () => {
    fc.assert(
      fc.property(sinceConstantOffset, (epochMs) => {
        const part = Object.fromEntries(
          format.formatToParts(epochMs).map(({ type, value }) => [type, value]),
        );
        const { day, month, year, hour, minute, second, weekday } = part;
        expect(toIstanbul(epochMs)).toBe(`${day}${month}${year}${hour}${minute}${second}`);
        expect(istanbulClock(epochMs)).toEqual({
          weekday: weekdays.indexOf(weekday ?? ''),
          minuteOfDay: Number(hour) * 60 + Number(minute),
        });
      }),
    );
  });

  it('knows the day of the week and the minute of the day', () => {
    expect(istanbulClock(Date.parse('2030-01-31T00:00:00+03:00'))).toEqual({ weekday: 4, minuteOfDay: 0 });
    expect(istanbulClock(Date.parse('2030-02-03T23:59:59+03:00'))).toEqual({
      weekday: 0,
      minuteOfDay: 1_439,
    });
  });

  it('refuses what is no time', () => {
    expect(() => toIstanbul(Number.NaN)).toThrow(RangeError);
  });
});
