import type { DeathFacts, JobResult, Journal } from '../queue/journal.ts';
import type { KnownJob, SettleContext } from './known-job.ts';
import { settle } from './settle.ts';
import { onWholeJob } from './verdict/division.ts';
import type { Verdict } from './verdict/verdict.ts';

/** Ends a job that no request was made for. */
export function endAs(
  known: KnownJob,
  facts: DeathFacts,
  journal: Journal,
  context: SettleContext,
): Promise<JobResult> {
  const now = context.now();
  const verdict = onWholeJob({ kind: 'dead-letter', rule: facts.reason, facts }, known.sendJob, journal, now);
  const settled =
    verdict.kind === 'split'
      ? ({ end: 'split', at: now, pieces: verdict.pieces } as const)
      : ({ end: 'dead', ...facts, at: now } as const);
  return recordAndSettle(known, { verdict, journal: { ...journal, settled } }, context);
}

/** Records what is to become of a job, then carries it out; unless somebody else has recorded its end. */
export function recordAndSettle(
  known: KnownJob,
  { verdict, journal }: { readonly verdict: Verdict; readonly journal: Journal },
  context: SettleContext,
  onWritten?: () => void,
): Promise<JobResult> {
  return recordThen(known, journal, context, async () => {
    onWritten?.();
    return settle(known, { kind: 'verdict', verdict, journal }, context);
  });
}

/** Records how far a job has come, then goes on; unless it is another run's now, or its end was recorded. */
export async function recordThen(
  known: KnownJob,
  journal: Journal,
  context: SettleContext,
  goOn: () => Promise<JobResult>,
): Promise<JobResult> {
  const { id, job, sendJob, seen } = known;
  const write = { id, job: sendJob, run: job.attemptsStarted, journal, isMarked: false, seen };
  const [result = 'lost'] = await context.records.write([write]);
  return result === 'written' ? goOn() : settle(known, { kind: result }, context);
}

/** Why a message dies whose deadline has passed. */
export const expiredFacts = (journal: Journal): DeathFacts => unsentFacts('expired', journal);

/** Why a message dies that was called off. */
export const cancelledFacts = (journal: Journal): DeathFacts => unsentFacts('cancelled', journal);

/** A request before this one may have been taken. */
const unsentFacts = (reason: DeathFacts['reason'], { resends }: Journal): DeathFacts => ({
  reason,
  ...(resends > 0 ? { mayHaveArrived: true } : {}),
});
