import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationMs } from '../../../src/message/duration.ts';
import { anyArgument } from '../../support/any-argument.ts';

describe('a length of time', () => {
  it.each([
    ['90s', 90_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
    ['1h30m', 5_400_000],
    ['1d2h3m4s', 93_784_000],
    ['90m', 5_400_000],
    ['0s', 0],
  ])('is read from %s', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it.each([
    '',
    '5',
    'm',
    '5 m',
    ' 5m',
    '5m ',
    '5M',
    '1.5h',
    '1,5h',
    '-5m',
    '+5m',
    '30m1h',
    '5m5m',
    '2w',
    '5min',
    '１m',
    '1234567s',
  ])('is not read from %j, which may mean another', (text) => {
    expect(durationMs(text)).toBeUndefined();
  });

  it('is a whole number of milliseconds or nothing, whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(anyArgument, fc.stringMatching(/^[0-9smhd]{0,8}$/)), (input) => {
        const ms = durationMs(input);
        expect(ms === undefined || Number.isSafeInteger(ms)).toBe(true);
      }),
    );
  });
});
