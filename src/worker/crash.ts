import type { Uncertain } from '../jetsms/outcome.ts';
import type { JobResult, Journal } from '../queue/journal.ts';
import { messageIdAt } from '../queue/send-job.ts';
import type { Hold } from './account/hold-record.ts';
import type { RequestContext } from './delivery.ts';
import { recordAndSettle } from './end-without-request.ts';
import type { KnownJob, SettleContext } from './known-job.ts';
import { uncertain } from './verdict/decide.ts';
import { firstAndRest, onWholeJob } from './verdict/division.ts';
import { afterAttempt, resentBy } from './verdict/journal-entries.ts';
import { type OneVerdict, ownSituation, type Verdict } from './verdict/verdict.ts';

/** What judging an interrupted request needs of the world. */
export interface CrashContext
  extends SettleContext,
    Pick<RequestContext, 'holds' | 'worker' | 'maxResends' | 'random'> {}

/** A request was under way when its worker went away: nobody knows whether it was taken. */
export async function afterCrash(
  known: KnownJob,
  journal: Journal,
  context: CrashContext,
): Promise<JobResult> {
  const { id, job, sendJob } = known;
  const outcome: Uncertain = { kind: 'uncertain', cause: 'crash' };
  const now = context.now();
  const verdict = await verdictOnCrash(known, journal, outcome, context);
  const after = afterAttempt(journal, { outcome, verdict, now, worker: context.worker });
  const next = { ...after, stalls: job.stalledCounter || journal.stalls };
  return recordAndSettle(known, { verdict, journal: next }, context, () =>
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
    ]),
  );
}

/**
 * The messages that the interrupted request carried are uncertain; the others of the job are not. Of the witness of a
 * hold it is known that it was refused, since hold and witness are written in one step.
 */
async function verdictOnCrash(
  { id, sendJob: job }: KnownJob,
  journal: Journal,
  outcome: Uncertain,
  context: CrashContext,
): Promise<Verdict> {
  const hold = await context.holds.latest();
  const carried = Math.max(1, Math.min(journal.sending?.messages ?? job.to.length, job.to.length));
  const isWitness = hold?.witness === messageIdAt(id, job, 0);
  const ofFirst = isWitness
    ? witnessOf(hold)
    : uncertain(outcome, {
        ...ownSituation(job, journal, context),
        outcome,
        messages: carried,
        isProbe: false,
      });
  const isWhole = job.to.length === 1 || (carried === job.to.length && !isWitness);
  if (isWhole) return onWholeJob(ofFirst, job, journal, context.now());
  return { kind: 'split', rule: 'crash', pieces: firstAndRest(ofFirst, job, journal) };
}

function witnessOf({ reason, code = '' }: Hold): OneVerdict {
  const deadReason = reason === 'unknown-code' ? 'unknown-code' : 'terminal';
  return { kind: 'dead-letter', rule: 'witness', facts: { reason: deadReason, code } };
}
