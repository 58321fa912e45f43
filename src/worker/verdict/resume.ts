import type { Journal, Settled } from '../../queue/journal.ts';
import { journalOrEmpty, parseJournalText } from '../../queue/parse-journal.ts';
import { jobOfRecord, type RecordedChanges } from '../../queue/pieces.ts';
import type { ParsedSendJob, SendJob, UnreadableJob } from '../../queue/send-job.ts';
import { type AskAbility, uncertainPolicy } from './uncertain-policy.ts';

/** What to do with a job that was just taken from the queue; what is known of it stands beside. */
export type Resumed = ResumeStep & { readonly journal: Journal };

type ResumeStep =
  /** Nobody can tell what it holds. */
  | ({ readonly kind: 'invalid'; readonly mayHaveBeenSent: boolean } & Omit<UnreadableJob, 'ok'>)
  /** Nobody can tell what became of it: it may have been sent. */
  | { readonly kind: 'unreadable'; readonly job: SendJob; readonly problem: string }
  /** Other sends with the same idempotency keys came before. */
  | { readonly kind: 'duplicate'; readonly job: SendJob }
  /** All that was left of it was called off: how its messages ended is recorded already. */
  | { readonly kind: 'cancelled'; readonly job: SendJob }
  | { readonly kind: 'settle'; readonly job: SendJob; readonly settled: Settled }
  | { readonly kind: 'wait'; readonly job: SendJob; readonly until: number }
  | { readonly kind: 'crashed'; readonly job: SendJob }
  /** Its last request got no answer, and JetSMS is to be asked about it now. */
  | { readonly kind: 'ask'; readonly job: SendJob }
  | { readonly kind: 'expired'; readonly job: SendJob }
  | { readonly kind: 'send'; readonly job: SendJob };

export interface TakenJob {
  readonly id: string;
  readonly parsed: ParsedSendJob;
  /** What lies in Redis beside the job. */
  readonly record: RecordedChanges & { readonly journal: string };
  /** BullMQ's count of runs that ended with a lost lock. */
  readonly stalledCounter: number;
  /** Whether JetSMS can be asked about messages. */
  readonly ability: AskAbility;
  readonly now: number;
}

/**
 * Reads what earlier runs left behind. Order matters: a known end is carried out first, then an interrupted
 * request is accounted for or asked about, and only then may the clock say that the message is too old.
 */
export function resume(taken: TakenJob): Resumed {
  const { id, parsed, record } = taken;
  if (!parsed.ok) {
    const { ok: _, ...found } = parsed;
    const journal = journalOrEmpty(parseJournalText(record.journal));
    return { kind: 'invalid', ...found, mayHaveBeenSent: record.journal !== '', journal };
  }
  const job = jobOfRecord(id, parsed.job, record);
  const read = parseJournalText(record.journal, job);
  const journal = journalOrEmpty(read);
  if (!job) return { ...withoutMessages(parsed.job, record), journal };
  const { moved } = record;
  return {
    ...(read.ok ? stepOf(job, journal, { ...taken, leavesAt: moved?.sendAt ?? 0 }) : unreadable(job, read)),
    journal,
  };
}

/** Why none of a job's messages is left. */
function withoutMessages(job: SendJob, { cancelled = [] }: RecordedChanges): ResumeStep {
  if (cancelled.includes(-1))
    return unreadable(job, { problem: 'the list of messages that were called off cannot be read' });
  return { kind: cancelled.length > 0 ? 'cancelled' : 'duplicate', job };
}

const unreadable = (job: SendJob, { problem }: { readonly problem: string }): ResumeStep => ({
  kind: 'unreadable',
  job,
  problem,
});

function stepOf(
  job: SendJob,
  journal: Journal,
  taken: Pick<TakenJob, 'stalledCounter' | 'ability' | 'now'> & { readonly leavesAt: number },
): ResumeStep {
  const { now, leavesAt } = taken;
  if (journal.settled) return { kind: 'settle', job, settled: journal.settled };
  if (journal.sending) return { kind: 'crashed', job };
  if (journal.asking) return stepOfAsking(job, journal, now);
  if (interrupted(job, journal, taken)) return { kind: 'crashed', job };
  if (now >= job.deadlineAt) return { kind: 'expired', job };
  // A job that was moved to a later time may have been taken before BullMQ knew of it.
  const notBefore = Math.max(journal.notBefore ?? 0, leavesAt);
  if (notBefore > now) return { kind: 'wait', job, until: Math.min(notBefore, job.deadlineAt) };
  return { kind: 'send', job };
}

/** What became of a request is asked however old the message is: asking sends nothing. */
const stepOfAsking = (job: SendJob, { notBefore = 0 }: Journal, now: number): ResumeStep =>
  notBefore > now ? { kind: 'wait', job, until: notBefore } : { kind: 'ask', job };

/**
 * A message that is sent again without being asked about carries no mark, so a lost lock is all there is to see: its request
 * may have been under way. Counting it as interrupted keeps the limit on resends true for crashes too.
 */
function interrupted(
  job: SendJob,
  { stalls }: Journal,
  { stalledCounter, ability }: Pick<TakenJob, 'stalledCounter' | 'ability'>,
): boolean {
  const { asks, otherwise } = uncertainPolicy(job, ability);
  return !asks && otherwise === 'resend' && stalledCounter > stalls;
}
