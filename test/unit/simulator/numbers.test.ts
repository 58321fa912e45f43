import { describe, expect, it } from 'vitest';
import { readNumber, splitNumbers } from '../../../src/simulator/numbers.ts';

describe('readNumber', () => {
  it.each([
    ['5321234567', '905321234567'],
    ['05321234567', '905321234567'],
    ['905321234567', '905321234567'],
    [' 5321234567\n', '905321234567'],
    ['4915112345678', '4915112345678'],
  ])('reads %j as %s', (written, expected) => {
    expect(readNumber(written)).toBe(expected);
  });

  it.each([
    ['+905321234567'],
    ['902121234567'],
    ['02121234567'],
    ['532 123 45 67'],
    ['9053212345678'],
    ['0'],
    [''],
    ['abc'],
  ])('takes %j for no number', (written) => {
    expect(readNumber(written)).toBeUndefined();
  });
});

describe('splitNumbers', () => {
  it('splits at every separator and leaves out empty places', () => {
    expect(splitNumbers(' 1,2;3|4\n5, ,6,')).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  it('finds nothing in an empty list', () => {
    expect(splitNumbers(' \n')).toEqual([]);
  });
});
