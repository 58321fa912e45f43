import { type Check, isCount, isListOf } from './checks.ts';
import type { Range } from './journal.ts';

/** A list with one value for each message: the value, or null where a message has none. */
export const isForEachOrNone = (check: Check): Check => isListOf((value) => value === null || check(value));

function isRange(value: unknown): value is Range {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [from, to]: readonly unknown[] = value;
  return isCount(from) && isCount(to) && from < to;
}

/** Messages of a job by their index. */
export const isRanges: Check = isListOf(isRange);
