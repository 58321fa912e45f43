const unitsMs: ReadonlyMap<string, number> = new Map(
  Object.entries({ d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 }),
);

/** Each unit at most once, the largest first: `30m1h` or `5m5m` may well be a slip. */
const durationForm = /^(?=\d)(?:\d{1,6}d)?(?:\d{1,6}h)?(?:\d{1,6}m)?(?:\d{1,6}s)?$/;

/** What `durationMs` takes, in words that end the sentence "must be …". */
export const durationWords = 'whole numbers with d, h, m or s behind each, such as 90s, 30m or 1h30m';

/**
 * A length of time as people write it: `90s`, `30m`, `2h`, `7d`, `1h30m`; `m` is minutes. In milliseconds; undefined where it
 * cannot be read: a number without a unit, a fraction, a blank, a unit twice. Total.
 */
export function durationMs(text: unknown): number | undefined {
  if (typeof text !== 'string' || !durationForm.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)([dhms])/g)];
  return parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (unitsMs.get(unit) ?? 0), 0);
}
