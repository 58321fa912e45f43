/** Samples of one figure; the median is what is quoted. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function spreadOf(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { median: at(0.5), min: at(0), max: at(1) };
}

export const p99 = (samples: readonly number[]): number =>
  samples.toSorted((a, b) => a - b)[Math.ceil(samples.length * 0.99) - 1] ?? 0;

/** One figure of a run. */
export interface Figure {
  readonly key: string;
  /** What is measured, in words. */
  readonly what: string;
  /** What it should come to, in words. */
  readonly target: string;
  readonly isMet: boolean;
  /** How to read the numbers: `×`, `recipients/s`, `B`. */
  readonly unit: string;
  readonly value: Spread;
  /** The absolute numbers behind a ratio, for readers who want them. */
  readonly behind: string;
}

/** Runs alternately, so that a machine which slows down slows both; one result of each per round. */
export async function alternate<Key extends string, T>(
  rounds: number,
  runs: Readonly<Record<Key, () => Promise<T>>>,
): Promise<Record<Key, T[]>> {
  const keys = Object.keys(runs) as Key[];
  const results = Object.fromEntries(keys.map((key) => [key, [] as T[]])) as Record<Key, T[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (const key of round % 2 === 0 ? keys : keys.toReversed()) results[key].push(await runs[key]());
  }
  return results;
}

/** Ratios pair by pair. */
export const ratios = (over: readonly number[], under: readonly number[]): number[] =>
  over.map((value, index) => value / (under[index] ?? Number.NaN));
