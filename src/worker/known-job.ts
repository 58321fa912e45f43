import type { AccountQueues } from '../bullmq/account-queues.ts';
import type { JobRecords } from '../bullmq/job-records.ts';
import type { TakenUp } from '../bullmq/moves.ts';
import type { AddJobs } from '../queue/add-jobs.ts';
import type { DeathFacts } from '../queue/journal.ts';
import type { SendJob } from '../queue/send-job.ts';
import type { Telemetry } from './telemetry.ts';

/** A job in hand that could be read. */
export interface KnownJob extends TakenUp {
  readonly id: string;
  /** Without the messages that have lost their claims or were called off. */
  readonly sendJob: SendJob;
  /** What this run has seen of the record. */
  readonly seen: string;
}

/** What settling needs of the world. */
export interface SettleContext {
  readonly queues: Pick<AccountQueues, 'of' | 'dead'>;
  readonly addJobs: AddJobs;
  readonly records: JobRecords;
  readonly telemetry: Telemetry;
  readonly now: () => number;
  /**
   * When BullMQ, which goes by the system's clock, should take up a job that is due at this time: where that clock is
   * a little ahead, it would otherwise take the job too early and put it back, again and again. Undefined where the
   * clock is wrong, and BullMQ cannot be told.
   */
  readonly dueAt: (at: number) => number | undefined;
}

/** Tells of the end of a job's messages: accepted where there are no facts of a death. */
export function reportEnd(
  id: string,
  { lane, to, parts, enqueuedAt }: Pick<SendJob, 'lane' | 'to' | 'parts' | 'enqueuedAt'>,
  facts: DeathFacts | undefined,
  { telemetry, now }: Pick<SettleContext, 'telemetry' | 'now'>,
): void {
  telemetry.ended({
    id,
    lane,
    end: facts?.reason ?? 'accepted',
    messages: to.length,
    parts,
    tookMs: now() - enqueuedAt,
    ...(facts?.code === undefined ? {} : { code: facts.code }),
  });
}
