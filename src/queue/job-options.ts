import type { JobsOptions } from 'bullmq';
import type { Lane } from '../message/lane.ts';

/** BullMQ priorities by lane; the smaller goes first. Gaps leave room for a lane in between. */
export const lanePriority: Readonly<Record<Lane, number>> = { otp: 1, transactional: 10, bulk: 100 };

/**
 * BullMQ must never give a job up by itself: attempts are counted in the journal, and the verdict is ours.
 * Only a processor that threw what it should not have thrown comes near this number.
 */
export const bullAttempts = 1_000_000;

export interface SendJobOptions {
  readonly id: string;
  readonly lane: Lane;
  /** Redis' time, epoch milliseconds: what a delay counts from. */
  readonly now: number;
  /** Wait so long before the job may be taken. */
  readonly delayMs?: number;
  /** While it lasts, an add with the same key changes nothing and answers with the first job's id. */
  readonly deduplication?: { readonly id: string; readonly ttlMs: number };
}

/** The BullMQ options of a send job. */
export function sendJobOptions({ id, lane, now, delayMs, deduplication }: SendJobOptions): JobsOptions {
  return {
    jobId: id,
    timestamp: now,
    priority: lanePriority[lane],
    attempts: bullAttempts,
    ...(delayMs ? { delay: delayMs } : {}),
    ...(deduplication ? { deduplication: { id: deduplication.id, ttl: deduplication.ttlMs } } : {}),
  };
}
