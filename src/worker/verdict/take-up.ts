import type { Journal, Settled } from '../../queue/journal.ts';
import type { ParsedJournal } from '../../queue/parse-journal.ts';
import type { ParsedSendJob, SendJob, UnreadableJob } from '../../queue/send-job.ts';

/** What to do with a job that was just taken from the queue. */
export type TakeUp =
  /** Nobody can tell what it holds. */
  | ({ readonly kind: 'invalid' } & Omit<UnreadableJob, 'ok'>)
  /** Nobody can tell what became of it: it may have been sent. */
  | { readonly kind: 'unreadable'; readonly job: SendJob; readonly problem: string }
  | { readonly kind: 'settle'; readonly job: SendJob; readonly settled: Settled }
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'crashed'; readonly job: SendJob }
  | { readonly kind: 'expired'; readonly job: SendJob }
  | { readonly kind: 'send'; readonly job: SendJob };

export interface TakenJob {
  readonly parsed: ParsedSendJob;
  readonly read: ParsedJournal;
  /** BullMQ's count of runs that ended with a lost lock. */
  readonly stalledCounter: number;
  readonly now: number;
}

/**
 * Reads what earlier runs left behind. Order matters: a known end is carried out first, then an interrupted
 * request is accounted for, and only then may the clock say that the message is too old.
 */
export function takeUp({ parsed, read, stalledCounter, now }: TakenJob): TakeUp {
  if (!parsed.ok) {
    const { ok: _, ...found } = parsed;
    return { kind: 'invalid', ...found };
  }
  const { job } = parsed;
  if (!read.ok) return { kind: 'unreadable', job, problem: read.problem };
  const { journal } = read;
  if (journal.settled) return { kind: 'settle', job, settled: journal.settled };
  if (journal.sending || interrupted(job, journal, stalledCounter)) return { kind: 'crashed', job };
  if (now >= job.deadlineAt) return { kind: 'expired', job };
  if (journal.notBefore !== undefined && journal.notBefore > now)
    return { kind: 'wait', until: Math.min(journal.notBefore, job.deadlineAt) };
  return { kind: 'send', job };
}

/**
 * A `resend` message carries no mark, so a lost lock is all there is to see: its request may have been under
 * way. Counting it as interrupted keeps the limit on resends true for crashes too.
 */
const interrupted = (job: SendJob, journal: Journal, stalledCounter: number): boolean =>
  job.whenUncertain === 'resend' && stalledCounter > journal.stalls;
