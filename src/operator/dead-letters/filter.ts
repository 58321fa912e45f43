import type { Lane } from '../../message/lane.ts';
import type { DeadReason } from '../../queue/journal.ts';
import type { StoredDeadLetter } from '../../queue/stored-dead-letter.ts';
import { fromZero, lane, problemsOfOptions, type Rule, textList, words } from '../arguments.ts';
import { OperatorError } from '../operator-error.ts';

/** Which dead letters are meant; every field that is there must hold. `{}` means all of them. */
export interface DeadLetterFilter {
  readonly ids?: readonly string[];
  /** JetSMS code, `http-401`, or the cause, such as `reply-timeout`. */
  readonly code?: string;
  readonly reason?: DeadReason;
  readonly title?: string;
  readonly lane?: Lane;
  /** Died at least so long ago. */
  readonly olderThanMs?: number;
  /** Died at most so long ago. */
  readonly newerThanMs?: number;
  /** At most so many, the oldest first; for a replay, so many that are not left out. */
  readonly limit?: number;
}

/** Whether a letter is one of those meant; `ids` and `limit` are the caller's. */
export function matches(filter: DeadLetterFilter, { letter, job }: StoredDeadLetter, now: number): boolean {
  const ageMs = now - letter.diedAt;
  return (
    (filter.code === undefined || letter.code === filter.code) &&
    (filter.reason === undefined || letter.reason === filter.reason) &&
    (filter.title === undefined || (job.ok && job.job.title === filter.title)) &&
    (filter.lane === undefined || (job.ok && job.job.lane === filter.lane)) &&
    (filter.olderThanMs === undefined || ageMs >= filter.olderThanMs) &&
    (filter.newerThanMs === undefined || ageMs <= filter.newerThanMs)
  );
}

const filterRules: Readonly<Record<keyof DeadLetterFilter, Rule>> = {
  ids: textList,
  code: words,
  reason: words,
  title: words,
  lane,
  olderThanMs: fromZero,
  newerThanMs: fromZero,
  limit: fromZero,
};

/**
 * Sees that a filter means something. A field that is not known is refused: passed over, it would mean all letters.
 * @throws OperatorError FILTER_INVALID
 */
export function checkFilter(filter: DeadLetterFilter): DeadLetterFilter {
  const problems = problemsOfOptions(filter, filterRules);
  if (problems.length > 0) throw new OperatorError('FILTER_INVALID', { detail: problems.join(' ') });
  return filter;
}
