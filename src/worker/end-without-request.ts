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

/** Records an end, then carries it out; unless somebody else has recorded another. */
export async function recordAndSettle(
  known: KnownJob,
  { verdict, journal }: { readonly verdict: Verdict; readonly journal: Journal },
  context: SettleContext,
  onWritten?: () => void,
): Promise<JobResult> {
  const { id, job, sendJob, seen } = known;
  const write = { id, job: sendJob, run: job.attemptsStarted, journal, isMarked: false, seen };
  const [result = 'lost'] = await context.records.write([write]);
  if (result !== 'written') return settle(known, { kind: result }, context);
  onWritten?.();
  return settle(known, { kind: 'verdict', verdict, journal }, context);
}

/** Why a message dies whose deadline has passed. */
export const expiredFacts = (journal: Journal): DeathFacts => ({
  reason: 'expired',
  ...(journal.resends > 0 ? { mayHaveArrived: true } : {}),
});
