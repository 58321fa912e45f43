import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNumberSet } from '../../../src/producer/number-set.ts';

/** Numbers in the provider's form, close enough to each other that many repeat. */
const anyNumber = fc.oneof(
  fc.integer({ min: 905_320_000_000, max: 905_320_000_040 }).map(String),
  fc.stringMatching(/^[1-9][0-9]{6,14}$/),
  fc.constantFrom('90530000000', '905300000000', '905399999999', '999999999999999', '1000000', '100000000'),
);

describe('a set of numbers', () => {
  it('says of each number whether it is new, as a Set of texts would', () => {
    fc.assert(
      fc.property(fc.array(anyNumber, { maxLength: 300 }), (numbers) => {
        const numberSet = createNumberSet();
        const seen = new Set<string>();
        for (const number of numbers) {
          expect([number, numberSet.add(number)]).toEqual([number, !seen.has(number)]);
          seen.add(number);
        }
      }),
    );
  });

  it.each([
    ['in a row', (n: number) => 905_320_000_000 + n],
    ['far from each other', (n: number) => 905_000_000_000 + ((n * 7_368_787) % 1_000_000_000)],
    ['that end in zeros', (n: number) => 905_000_000_000 + n * 1_024],
    ['of all countries', (n: number) => 1_000_000 + n * 9_999_999_967],
  ])('keeps 300,000 numbers %s apart, and finds each again', (_, numberAt) => {
    const numberSet = createNumberSet();
    const numbers = Array.from({ length: 300_000 }, (_one, n) => String(numberAt(n)));
    expect(numbers.filter((number) => !numberSet.add(number))).toEqual([]);
    expect(numbers.filter((number) => numberSet.add(number))).toEqual([]);
  });

  it('takes less than 100 MB for ten million numbers', { timeout: 60_000 }, () => {
    const before = process.memoryUsage().arrayBuffers;
    const numberSet = createNumberSet();
    let added = 0;
    // A prime step walks through all of 0530 to 0559 without coming back.
    for (let n = 0; n < 10_000_000; n += 1)
      if (numberSet.add(String(905_300_000_000 + ((n * 7_368_787) % 300_000_000)))) added += 1;
    expect(added).toBe(10_000_000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000_000);
  });
});
