import type { DeadLetterStore } from '../../bullmq/dead-letter-store.ts';

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
  let removed = 0;
  let left = 0;
  for (let skip = 0; ; ) {
    const oldest = await store.oldest({ skip, count: page });
    for (const { id, storedAt } of oldest) {
      if (storedAt > now - olderThanMs || isStopped()) return { removed, left };
      const removal = await store.discard(id);
      if (removal === 'removed') removed += 1;
      else skip += 1;
      if (removal === 'replay-begun' || removal === 'still-settling') left += 1;
    }
    if (oldest.length < page) return { removed, left };
  }
}
