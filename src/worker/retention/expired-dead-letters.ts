import type { DeadLetterStore, Removal } from '../../bullmq/dead-letter-store.ts';

export interface DeadLetterExpiry {
  readonly olderThanMs: number;
  /** By Redis' clock, epoch milliseconds. */
  readonly now: number;
  /** Letters that are looked at together. */
  readonly page: number;
  /** Ends it between two letters. */
  readonly isStopped: () => boolean;
}

export interface RemovedDeadLetters {
  /** Thrown away, with every copy. */
  readonly removed: number;
  /** Old enough, but in the middle of a replay, or not yet settled. */
  readonly left: number;
}

/** Throws away the dead letters that are old enough, from the oldest to the first that is not. */
export async function removeExpiredDeadLetters(
  store: DeadLetterStore,
  { olderThanMs, now, page, isStopped }: DeadLetterExpiry,
): Promise<RemovedDeadLetters> {
  const counts = { removed: 0, left: 0, gone: 0 };
  /** False where it has come to the end. */
  const removePage = async (): Promise<boolean> => {
    const oldest = await store.oldest({ skip: counts.left + counts.gone, count: page });
    for (const { id, storedAt } of oldest) {
      if (storedAt > now - olderThanMs || isStopped()) return false;
      const removal = await store.discard(id);
      counts[countOf[removal]] += 1;
    }
    return oldest.length === page;
  };
  for (let isMore = true; isMore; ) isMore = await removePage();
  const { removed, left } = counts;
  return { removed, left };
}

/** What stays must be stepped over on the next page. */
const countOf = {
  removed: 'removed',
  gone: 'gone',
  'replay-begun': 'left',
  'still-settling': 'left',
} as const satisfies Record<Removal, string>;
