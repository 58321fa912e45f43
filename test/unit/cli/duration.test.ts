import { describe, expect, it } from 'vitest';
import { durationOption, wholeNumber } from '../../../src/cli/duration.ts';

describe('durationOption', () => {
  it.each([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
  ])('reads %s', (text, ms) => {
    expect(durationOption(text)).toBe(ms);
  });

  it.each(['', '2', 'h', '-1h', '1.5h', '2 h', '2w'])('refuses %o', (text) => {
    expect(() => durationOption(text)).toThrow(/with d, h, m or s/);
  });
});

describe('wholeNumber', () => {
  it('reads digits and nothing else', () => {
    expect(wholeNumber('50')).toBe(50);
    expect(() => wholeNumber('5e1')).toThrow(/whole number/);
  });
});
