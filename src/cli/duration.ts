import { InvalidArgumentError } from 'commander';

const unitsMs: ReadonlyMap<string, number> = new Map(
  Object.entries({ s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }),
);

/**
 * A length of time as people write it: `90s`, `30m`, `2h`, `7d`. In milliseconds.
 * @throws InvalidArgumentError
 */
export function durationMs(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError('It must be a number with s, m, h or d behind it.');
  return Number(count) * (unitsMs.get(unit) ?? 0);
}

/** @throws InvalidArgumentError */
export function wholeNumber(text: string): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
