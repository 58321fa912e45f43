import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readReportTime } from '../../../src/jetsms/report-time.ts';
import { toIstanbul } from '../../../src/message/istanbul-time.ts';

const noon = Date.UTC(2026, 10, 28, 9, 5, 7);

describe('the time of a report', () => {
  it.each([
    '28112026120507',
    ' 28112026120507 ',
    '28.11.2026 12:05:07',
    '2026-11-28 12:05:07',
    '2026-11-28T12:05:07',
    '2026-11-28T12:05:07.1234567',
    '2026-11-28T12:05:07+03:00',
    '2026-11-28T09:05:07Z',
    '2026-11-28T10:05:07.5+01:00',
  ])('is read from %j', (text) => {
    expect(readReportTime(text)).toBe(noon);
  });

  it.each([
    '',
    '0',
    '31022026120507',
    '28112026250507',
    '28132026120507',
    '2026-02-30T12:00:00Z',
    '2026-11-28T12:05:07+99:99',
    '0001-01-01T00:00:00',
    '01011900000000',
    '2811202612050',
    '281120261205077',
    '11/28/2026 12:05:07 PM',
    '260520174835',
    'yok',
  ])('is none in %j', (text) => {
    expect(readReportTime(text)).toBeUndefined();
  });

  it('is what JetSMS would write for that time, for any second of a century', () => {
    const seconds = fc.integer({ min: Date.UTC(2000, 0, 2) / 1000, max: Date.UTC(2100, 11, 30) / 1000 });
    fc.assert(
      fc.property(seconds, (second) => {
        expect(readReportTime(toIstanbul(second * 1000))).toBe(second * 1000);
      }),
    );
  });

  it('is a time or none, whatever comes', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(readReportTime(text) ?? 0).toBeTypeOf('number');
      }),
    );
  });
});
