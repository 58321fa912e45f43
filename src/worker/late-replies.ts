import { setTimeout } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import type { Outcome } from '../jetsms/outcome.ts';
import { type Journal, parseJournal } from '../queue/journal.ts';
import type { SendJob } from '../queue/send-job.ts';
import { withdrawDeadLetter } from './dead-letter-store.ts';
import type { Verdict } from './decide.ts';
import { afterAttempt } from './journal-entries.ts';
import type { JournalStore } from './journal-store.ts';
import type { Telemetry } from './telemetry.ts';

/** A job whose lock was lost while its request was under way. */
export interface LateDelivery {
  readonly id: string;
  readonly job: SendJob;
}

/** Replies that came after another worker had taken the job for interrupted. */
export interface LateReplies {
  /**
   * Lets a late reply settle what was recorded as uncertain meanwhile. An accepted message's dead letter is
   * withdrawn, and a resend that has not left yet is stopped; the history keeps both. Anything else than
   * `accepted` changes nothing: the message has been judged, and a refusal now proves nothing about a resend.
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

  /** Writes the acceptance into the journal that stands there now. */
  const recordAccepted = async (
    { id, job }: LateDelivery,
    groupId: string,
    outcome: Outcome,
  ): Promise<boolean> => {
    for (let n = 0; n < tries; n += 1) {
      const found = await journals.read(id);
      if (!found) return false;
      const present = parseJournal(found.journal);
      if (present.settled?.end === 'accepted') return true;
      const after = acceptedLate(present, groupId, outcome);
      if (await journals.replace(id, found.raw, { job, before: present, after })) return true;
    }
    return false;
  };

  const acceptedLate = (present: Journal, groupId: string, outcome: Outcome): Journal => {
    const verdict: Verdict = { kind: 'complete', rule: '00 late', groupId };
    return afterAttempt(present, { outcome, verdict, now: now(), worker, late: true });
  };

  return {
    async settle(delivery, outcome, verdict) {
      const { id } = delivery;
      if (outcome.kind !== 'accepted' || verdict.kind !== 'complete')
        return telemetry.lateReply(id, outcome, false);
      const isRecorded = await recordAccepted(delivery, outcome.groupId, outcome);
      if (isRecorded) {
        await withdrawDeadLetter(deadQueue, id);
        await runAgainWhenGivenUp(queue, id);
      }
      telemetry.lateReply(id, outcome, isRecorded);
    },
  };
}

/**
 * A job that was given up runs once more, finds that it was accepted, and completes without a request. Where
 * another worker is just giving it up, that takes a moment.
 */
async function runAgainWhenGivenUp(queue: Queue, id: string): Promise<void> {
  for (let n = 0; n < tries; n += 1) {
    const state = await queue.getJobState(id);
    if (state === 'failed') return (await queue.getJob(id))?.retry('failed');
    if (state !== 'active') return;
    await setTimeout(givingUpMs);
  }
}
