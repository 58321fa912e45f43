import { describe, expect, it } from 'vitest';
import { formatMmsWindows, parseMmsWindows } from '../../../src/settings/mms-windows.ts';

describe('MMS windows', () => {
  it.each([
    ['Mon-Sun 09:00-21:00', [{ days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 540, toMinute: 1260 }]],
    ['sun 00:00-24:00', [{ days: [7], fromMinute: 0, toMinute: 1440 }]],
    ['Sat-Mon 10:00-11:30', [{ days: [1, 6, 7], fromMinute: 600, toMinute: 690 }]],
    [
      'Mon-Sat 09:00-21:00,  Sun 10:00-18:00',
      [
        { days: [1, 2, 3, 4, 5, 6], fromMinute: 540, toMinute: 1260 },
        { days: [7], fromMinute: 600, toMinute: 1080 },
      ],
    ],
    ['', []],
  ])('reads %j', (text, windows) => {
    expect(parseMmsWindows(text)).toEqual(windows);
  });

  it.each([
    'always',
    'Mon 9:00-21:00',
    'Mon 21:00-09:00',
    'Mon 10:00-10:00',
    'Mon 10:60-11:00',
    'Mon 10:00-24:01',
    'Abc 10:00-11:00',
    'Mon-Abc 10:00-11:00',
    'Mon 10:00-11:00,',
  ])('refuses %j', (text) => {
    expect(parseMmsWindows(text)).toBeUndefined();
  });

  it.each(['Mon-Sun 09:00-21:00', 'Mon-Fri 09:00-21:00, Sun 10:00-24:00', 'Wed 08:05-09:00', ''])(
    'writes %j as it was read',
    (text) => {
      expect(formatMmsWindows(parseMmsWindows(text) ?? [])).toBe(text);
    },
  );

  it('writes days that are not in a row one by one, so that they can be read again', () => {
    const windows = parseMmsWindows('Sat-Mon 10:00-11:30') ?? [];
    expect(formatMmsWindows(windows)).toBe('Mon 10:00-11:30, Sat 10:00-11:30, Sun 10:00-11:30');
  });
});
