import type { JobsOptions } from 'bullmq';

/**
 * BullMQ must never give a job up by itself: attempts are counted in the journal, and the verdict is ours.
 * Only a processor that threw what it should not have thrown comes near this number.
 */
export const bullAttempts = 1_000_000;

export interface SendJobOptions {
  readonly id: string;
  /** Redis' time, epoch milliseconds: what a delay counts from. */
  readonly now: number;
  /** Wait so long before the job may be taken. */
  readonly delayMs?: number;
}

/** The BullMQ options of a send job. */
export function sendJobOptions({ id, now, delayMs }: SendJobOptions): JobsOptions {
  return { jobId: id, timestamp: now, attempts: bullAttempts, ...(delayMs ? { delay: delayMs } : {}) };
}
