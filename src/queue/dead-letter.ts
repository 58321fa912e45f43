import type { DeathFacts, HistoryEntry } from './journal.ts';
import type { SendJob } from './send-job.ts';

/** A message given up, as it lies in the dead-letter queue under the id of its send job. */
export interface DeadLetter extends DeathFacts {
  readonly v: 1;
  /** The whole send job; whatever was found instead where the reason is `invalid`. */
  readonly job: SendJob | unknown;
  readonly history: readonly HistoryEntry[];
  /** The send job that it is a piece of, where it has not the send job's id itself. */
  readonly pieceOf?: string;
  /** Epoch milliseconds. */
  readonly enqueuedAt: number;
  /** Epoch milliseconds. */
  readonly diedAt: number;
}
