/** Samples of one figure, one per round; the median is what is quoted. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The sample below which a share of them lies: 0 the smallest, 1 the largest. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const spreadOf = (samples: readonly number[]): Spread => ({
  median: quantile(samples, 0.5),
  min: quantile(samples, 0),
  max: quantile(samples, 1),
});

/** One figure of a run. */
export interface Figure {
  /** What is measured, in words. */
  readonly what: string;
  /** What it should come to, in words. */
  readonly target: string;
  /** Undefined where there was nothing to compare with. */
  readonly isMet: boolean | undefined;
  /** How to read the numbers: `×`, `B`. */
  readonly unit: string;
  readonly value: Spread;
  /** The absolute numbers behind a ratio, for readers who want them. */
  readonly behind: string;
}

/** Runs in turn, so that a machine which slows down slows all of them; one result of each per round. */
export async function inTurn<Key extends string, T>(
  rounds: number,
  runs: Readonly<Record<Key, (round: number) => Promise<T>>>,
): Promise<Record<Key, T[]>> {
  const keys = Object.keys(runs) as Key[];
  const results = Object.fromEntries(keys.map((key) => [key, [] as T[]])) as Record<Key, T[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (const key of keys) results[key].push(await runs[key](round));
  }
  return results;
}

/** Ratios round by round. */
export const ratios = (over: readonly number[], under: readonly number[]): number[] =>
  over.map((value, index) => value / (under[index] ?? Number.NaN));

/** A limit as a target states it. */
export interface Limit {
  readonly bound: 'at least' | 'at most';
  readonly value: number;
}

export const atLeast = (value: number): Limit => ({ bound: 'at least', value });
export const atMost = (value: number): Limit => ({ bound: 'at most', value });

export const isWithin = (median: number, { bound, value }: Limit): boolean =>
  bound === 'at least' ? median >= value : median <= value;

export interface RatioWords {
  readonly what: string;
  /** What it is compared with, as in `8 × plain`. */
  readonly to: string;
  readonly behind: string;
}

/** The ratio of two contenders, round by round, against its target. */
export function ratioFigure(
  over: readonly number[],
  under: readonly number[],
  limit: Limit,
  { what, to, behind }: RatioWords,
): Figure {
  const value = spreadOf(ratios(over, under));
  return {
    what,
    target: `${limit.bound} ${limit.value} × ${to}`,
    isMet: isWithin(value.median, limit),
    unit: '×',
    value,
    behind,
  };
}

export const whole = (value: number): string => Math.round(value).toLocaleString('en');
export const medianOf = (samples: readonly number[]): number => quantile(samples, 0.5);
/** A median and its range, with one way to write each. */
export function spread(samples: readonly number[], write: (value: number) => string): string {
  const { median, min, max } = spreadOf(samples);
  return `${write(median)} (${write(min)} to ${write(max)})`;
}
