import { describe, expect, it } from 'vitest';
import { helpText, readOptions } from '../../../bench/options.ts';

const names = ['callers', 'park'];

describe("the bench's options", () => {
  it('measure everything where none is given', () => {
    expect(readOptions([], names)).toMatchObject({
      only: [],
      quick: false,
      rounds: 5,
      write: false,
      against: undefined,
    });
  });

  it('pick groups by name, and refuse a name that is none', () => {
    expect(readOptions(['--only', 'park,callers'], names).only).toEqual(['park', 'callers']);
    expect(() => readOptions(['--only', 'perk'], names)).toThrow('no group perk; there are callers, park');
  });

  it('take another checkout of this project, and nothing else', () => {
    expect(readOptions(['--against', '.'], names).against).toBe(process.cwd());
    expect(() => readOptions(['--against', './docs'], names)).toThrow('no checkout');
  });

  it('are all in the help, with the groups', () => {
    const help = helpText(names);
    for (const name of Object.keys(readOptions([], names))) expect(help).toContain(`--${name} `);
    expect(help).toContain('callers, park');
  });
});
