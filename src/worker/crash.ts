import type { Uncertain } from '../jetsms/outcome.ts';
import type { JobResult, Journal } from '../queue/journal.ts';
import { messageIdAt, type SendJob } from '../queue/send-job.ts';
import type { Hold } from './account/hold-record.ts';
import { type AskContext, askAbout } from './ask.ts';
import type { RequestContext } from './delivery.ts';
import { recordThen } from './end-without-request.ts';
import type { KnownJob } from './known-job.ts';
import { settle } from './settle.ts';
import { uncertain } from './verdict/decide.ts';
import { firstAndRest, onWholeJob } from './verdict/division.ts';
import { afterAttempt, resentBy } from './verdict/journal-entries.ts';
import { uncertainPolicy } from './verdict/uncertain-policy.ts';
import { type OneVerdict, ownSituation, type Situation, type Verdict } from './verdict/verdict.ts';

const outcome: Uncertain = { kind: 'uncertain', cause: 'crash' };

/** What judging an interrupted request needs of the world. */
export interface CrashContext extends AskContext, Pick<RequestContext, 'holds'> {}

/**
 * A request was under way when its worker went away: nobody knows whether it was taken. Where JetSMS can be asked, it is
 * asked at once: the lock of that worker has run out since.
 */
export async function afterCrash(
  known: KnownJob,
  journal: Journal,
  context: CrashContext,
): Promise<JobResult> {
  const { id, job, sendJob } = known;
  const now = context.now();
  const verdict = await verdictOnCrash(known, journal, context);
  const after = afterAttempt(journal, { outcome, verdict, now, worker: context.worker });
  const next = { ...after, stalls: job.stalledCounter || journal.stalls };
  return recordThen(known, next, context, async () => {
    context.telemetry.attempted([
      {
        id,
        job: sendJob,
        attempt: next.history.at(-1)?.n ?? 1,
        outcome,
        verdict,
        durationMs: 0,
        waitedMs: now - sendJob.enqueuedAt,
        travelled: sendJob.to.length,
        late: false,
        resent: resentBy(verdict, journal),
      },
    ]);
    if (verdict.kind === 'ask') return askAbout(known, next, context);
    return settle(known, { kind: 'verdict', verdict, journal: next }, context);
  });
}

/**
 * The messages that the interrupted request carried are uncertain; the others of the job are not. Of the witness of a
 * hold it is known that it was refused, since hold and witness are written in one step.
 */
async function verdictOnCrash(
  { id, sendJob: job }: KnownJob,
  journal: Journal,
  context: CrashContext,
): Promise<Verdict> {
  const hold = await context.holds.latest();
  const carried = Math.max(1, Math.min(journal.sending?.messages ?? job.to.length, job.to.length));
  const isWitness = hold?.witness === messageIdAt(id, job, 0);
  const ofFirst = isWitness
    ? witnessOf(hold)
    : uncertain(outcome, situationOf(job, journal, context, carried));
  const isWhole = job.to.length === 1 || (carried === job.to.length && !isWitness);
  if (isWhole) return onWholeJob(ofFirst, job, journal, context.now());
  return { kind: 'split', rule: 'crash', pieces: firstAndRest(ofFirst, job, journal) };
}

/** What is not known is asked at once, and from now on: when the request began may be long ago. */
function situationOf(job: SendJob, journal: Journal, context: CrashContext, messages: number): Situation {
  const own = ownSituation(job, journal, uncertainPolicy(job, context.ability), context);
  const startedAt = journal.sending?.at ?? own.now;
  return { ...own, outcome, startedAt, missedAt: own.now, messages, isProbe: false };
}

function witnessOf({ reason, code = '' }: Hold): OneVerdict {
  const deadReason = reason === 'unknown-code' ? 'unknown-code' : 'terminal';
  return { kind: 'dead-letter', rule: 'witness', facts: { reason: deadReason, code } };
}
