import { setTimeout } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import type { JournalStore } from '../bullmq/journal-store.ts';
import { withdrawDeadLetter } from '../bullmq/put-dead-letter.ts';
import type { Outcome } from '../jetsms/outcome.ts';
import type { Journal } from '../queue/journal.ts';
import { journalOrEmpty } from '../queue/parse-journal.ts';
import type { SendJob } from '../queue/send-job.ts';
import type { Telemetry } from './telemetry.ts';
import type { Verdict } from './verdict/decide.ts';
import { afterAttempt } from './verdict/journal-entries.ts';

/** A job whose lock was lost while its request was under way. */
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
  readonly queue: Queue;
  readonly deadQueue: Queue;
  readonly journals: JournalStore;
  readonly telemetry: Telemetry;
  readonly worker: string;
  readonly now: () => number;
}

/** The journal changes under our hands only when another worker is at the job; it soon stops. */
const tries = 20;
const givingUpMs = 250;

export function createLateReplies(options: LateRepliesOptions): LateReplies {
  const { queue, deadQueue, journals, telemetry, worker, now } = options;

  /** Writes the reply into the journal that stands there now; false where it may not count any more. */
  const recordReply = async (
    delivery: LateDelivery,
    outcome: Outcome,
    verdict: Verdict,
  ): Promise<boolean> => {
    const { id, job } = delivery;
    for (let n = 0; n < tries; n += 1) {
      const found = await journals.read(id);
      if (!found) return false;
      // An acceptance takes the place of what cannot be read.
      const present = journalOrEmpty(found.read);
      if (present.settled?.end === 'accepted') return true;
      if (verdict.kind !== 'complete' && !isUnjudged(present, delivery)) return false;
      const after = afterAttempt(present, { outcome, verdict, now: now(), worker, late: true });
      if (await journals.replace(id, found.raw, { job, before: present, after })) return true;
    }
    return false;
  };

  /** The mark before the request is the last thing that anybody wrote, and it is ours. */
  const isUnjudged = ({ sending, history }: Journal, { journal }: LateDelivery): boolean =>
    sending?.worker === worker && history.at(-1)?.n === journal.history.at(-1)?.n;

  return {
    async settle(delivery, outcome, verdict) {
      const { id } = delivery;
      const isRecorded = await recordReply(delivery, outcome, verdict);
      if (isRecorded && verdict.kind === 'complete') {
        await withdrawDeadLetter(deadQueue, id);
        await runAgainWhenGivenUp(queue, id);
      }
      telemetry.lateReply(id, outcome, isRecorded);
    },
  };
}

/**
 * A job that was given up runs once more, finds that it was accepted, and completes without a request. Where
 * another worker is just giving it up, that takes a moment; where nobody has its lock, it runs again anyway.
 */
async function runAgainWhenGivenUp(queue: Queue, id: string): Promise<void> {
  const redis = await queue.getBackend().client;
  for (let n = 0; n < tries; n += 1) {
    const state = await queue.getJobState(id);
    if (state === 'failed') return (await queue.getJob(id))?.retry('failed');
    if (state !== 'active' || (await redis.get(`${queue.toKey(id)}:lock`)) === null) return;
    await setTimeout(givingUpMs);
  }
}
