import type { DeadLetterStore, Removal } from '../../bullmq/dead-letter-store.ts';
import { type StoredDeadLetter, sizeOf } from '../../queue/stored-dead-letter.ts';
import { checkOptions, flag, type Rule, signal } from '../arguments.ts';
import { checkFilter, type DeadLetterFilter } from './filter.ts';
import { selectDeadLetters } from './select.ts';

export interface DiscardOptions {
  /** Says what would be done, and does nothing. */
  readonly dryRun?: boolean;
  /** Stops it between two letters; what is done stays done. */
  readonly signal?: AbortSignal;
}

export interface DiscardResult {
  readonly dryRun: boolean;
  readonly stopped: boolean;
  /** Letters taken away for good; with `dryRun`, those that would be. */
  readonly discarded: number;
  readonly messages: number;
  /** Why letters were left: see `Removal`. */
  readonly skipped: Readonly<Partial<Record<Exclude<Removal, 'removed'>, number>>>;
}

const optionRules: Readonly<Record<keyof DiscardOptions, Rule>> = { dryRun: flag, signal };

/**
 * Takes the letters that a filter means away for good, the oldest first, with every copy of their messages.
 * @throws OperatorError REDIS_UNAVAILABLE, REDIS_REFUSED, FILTER_INVALID, ARGUMENT_INVALID
 */
export async function discardDeadLetters(
  filter: DeadLetterFilter,
  options: DiscardOptions,
  { store, now }: { readonly store: DeadLetterStore; readonly now: () => number },
): Promise<DiscardResult> {
  checkOptions(options, optionRules);
  const { dryRun = false, signal: stop } = options;
  const skipped: Partial<Record<Exclude<Removal, 'removed'>, number>> = {};
  let discarded = 0;
  let messages = 0;
  const discardOne = async (stored: StoredDeadLetter): Promise<void> => {
    const removal = dryRun ? 'removed' : await store.discard(stored.id);
    if (removal !== 'removed') {
      skipped[removal] = (skipped[removal] ?? 0) + 1;
      return;
    }
    discarded += 1;
    messages += sizeOf(stored).messages;
  };
  for await (const stored of selectDeadLetters(store, { filter: checkFilter(filter), now: now() })) {
    if (stop?.aborted) break;
    await discardOne(stored);
  }
  return { dryRun, stopped: stop?.aborted === true, discarded, messages, skipped };
}
