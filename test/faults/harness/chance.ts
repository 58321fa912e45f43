import { createRandom } from '../../../src/simulator/random.ts';

/** Everything that a scenario leaves to chance; the same seed gives the same choices in the same order. */
export interface Chance {
  /** 0 ≤ number < 1 */
  next(): number;
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number;
  happens(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  shuffle<T>(list: readonly T[]): readonly T[];
  /** A generator of its own, so that what runs side by side does not change each other's choices. */
  fork(): Chance;
}

export function createChance(seed: number): Chance {
  const next = createRandom(seed);
  const between = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    between,
    happens: (probability) => next() < probability,
    pick(from) {
      const picked = from[between(0, from.length - 1)];
      if (picked === undefined) throw new Error('nothing to pick from');
      return picked;
    },
    shuffle: (list) =>
      list
        .map((item) => ({ item, at: next() }))
        .sort((a, b) => a.at - b.at)
        .map(({ item }) => item),
    fork: () => createChance(between(0, 2 ** 31)),
  };
}
