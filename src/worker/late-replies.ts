import { setTimeout } from 'node:timers/promises';
import type { AccountQueues } from '../bullmq/account-queues.ts';
import type { JobRecords } from '../bullmq/job-records.ts';
import type { Outcome } from '../jetsms/outcome.ts';
import type { Lane } from '../message/lane.ts';
import type { Journal } from '../queue/journal.ts';
import { journalOrEmpty, parseJournalText } from '../queue/parse-journal.ts';
import type { SendJob } from '../queue/send-job.ts';
import { withdrawDeadLetters } from './settle.ts';
import type { Telemetry } from './telemetry.ts';
import { afterAttempt } from './verdict/journal-entries.ts';
import type { Verdict } from './verdict/verdict.ts';

/** A job that another run has taken over while its request was under way. */
export interface LateDelivery {
  readonly id: string;
  readonly job: SendJob;
  /** As it was when the job was taken. */
  readonly journal: Journal;
}

/** Replies that came after another worker had taken the job for interrupted. */
export interface LateReplies {
  /**
   * Lets a late reply settle what was recorded as uncertain meanwhile. An accepted message's dead letter is
   * withdrawn, and a resend that has not left yet is stopped; the history keeps both. Anything else than
   * `accepted` counts only while nobody has judged the message: where its mark still stands as we wrote it. A
   * refusal after that changes nothing, since it proves nothing about a resend.
   */
  settle(delivery: LateDelivery, outcome: Outcome, verdict: Verdict): Promise<void>;
}

export interface LateRepliesOptions {
  readonly queues: AccountQueues;
  readonly records: JobRecords;
  readonly telemetry: Telemetry;
  readonly worker: string;
  readonly now: () => number;
}

/** The journal changes under our hands only when another worker is at the job; it soon stops. */
const tries = 20;
const givingUpMs = 250;

export function createLateReplies(options: LateRepliesOptions): LateReplies {
  const { queues, telemetry } = options;
  return {
    async settle(delivery, outcome, verdict) {
      const { id, job } = delivery;
      const isRecorded = await recordReply(delivery, { outcome, verdict }, options);
      if (isRecorded && verdict.kind === 'complete') {
        await withdrawDeadLetters({ id, sendJob: job }, { queues });
        await runAgainWhenGivenUp(queues, job.lane, id);
      }
      telemetry.lateReply(id, outcome, isRecorded);
    },
  };
}

interface LateReply {
  readonly outcome: Outcome;
  readonly verdict: Verdict;
}

/** Writes the reply into the journal that stands there now; false where it may not count any more. */
async function recordReply(
  delivery: LateDelivery,
  { outcome, verdict }: LateReply,
  { records, worker, now }: LateRepliesOptions,
): Promise<boolean> {
  const { id, job } = delivery;
  const isAccepted = verdict.kind === 'complete';
  for (let n = 0; n < tries; n += 1) {
    const { journal: text } = await records.read(delivery);
    if (text === '') return false;
    // An acceptance takes the place of what cannot be read.
    const present = journalOrEmpty(parseJournalText(text));
    if (present.settled?.end === 'accepted') return true;
    if (!isAccepted && !isUnjudged(present, delivery, worker)) return false;
    const after = afterAttempt(present, { outcome, verdict, now: now(), worker, late: true });
    if (await records.replace(id, text, { job, before: present, after })) return true;
  }
  return false;
}

/** The mark before the request is the last thing that anybody wrote, and it is ours. */
const isUnjudged = ({ sending, history }: Journal, { journal }: LateDelivery, worker: string): boolean =>
  sending?.worker === worker && history.at(-1)?.n === journal.history.at(-1)?.n;

/**
 * A job that was given up runs once more, finds that it was accepted, and completes without a request. Where
 * another worker is just giving it up, that takes a moment.
 */
export async function runAgainWhenGivenUp(queues: AccountQueues, lane: Lane, id: string): Promise<void> {
  const queue = queues.of(lane);
  for (let n = 0; n < tries; n += 1) {
    const state = await queue.getJobState(id);
    if (state === 'failed') return (await queue.getJob(id))?.retry('failed');
    if (state !== 'active') return;
    await setTimeout(givingUpMs);
  }
}
