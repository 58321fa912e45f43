import type { JournalWrite, WriteResult } from '../bullmq/job-records.ts';
import { emptyJournal, type Journal } from '../queue/journal.ts';
import { writeBehindBegin } from './begin.ts';
import type { RequestContext } from './delivery.ts';
import type { Judged, Sent } from './judge.ts';
import { persist } from './persist.ts';
import type { AttemptReport } from './telemetry.ts';
import { onWholeJob } from './verdict/division.ts';
import { type AttemptFacts, afterAttempt, resentBy } from './verdict/journal-entries.ts';
import type { Verdict } from './verdict/verdict.ts';

/** What this attempt came to does not count any more: the end was recorded meanwhile. */
const settledMeanwhile: Verdict = { kind: 'complete', rule: 'late reply' };

/** Records what became of each job, all in one step, then settles: what is recorded can be carried out by anybody. */
export async function record(judged: readonly Judged[], sent: Sent, context: RequestContext): Promise<void> {
  const whole = judged.map((one) => ({ ...one, verdict: verdictOnJob(one, context) }));
  const writes = whole.map((one) => writeOf(one, sent, context));
  const results = await persist(() => context.records.write(writes), context.telemetry);
  report(whole, results, sent, context);
  await Promise.all(
    whole.map((one, index) =>
      settleOne(one, { write: writes[index], result: results[index] }, sent, context),
    ),
  );
}

const verdictOnJob = ({ delivery, verdict }: Judged, { now }: RequestContext): Verdict =>
  onWholeJob(verdict, delivery.job, delivery.journal, now());

/** What was written of a job, and how that went. */
interface Recorded {
  readonly write: JournalWrite | undefined;
  readonly result: WriteResult | undefined;
}

function writeOf(one: Judged, { attempt }: Sent, context: RequestContext): JournalWrite {
  const { delivery, outcome, verdict } = one;
  const { now, worker } = context;
  const facts = { outcome, verdict, now: now(), durationMs: attempt.durationMs, worker };
  return writeBehindBegin(delivery, journalAfter(delivery.journal, facts, context));
}

/** What became of a message must be recorded, even where what was recorded before it cannot be gone on from. */
function journalAfter(before: Journal, facts: AttemptFacts, { telemetry }: RequestContext): Journal {
  try {
    return afterAttempt(before, facts);
  } catch (error) {
    telemetry.unexpected(error, 'journal');
    return afterAttempt(emptyJournal, facts);
  }
}

async function settleOne(
  { delivery, outcome, verdict }: Judged,
  { write, result }: Recorded,
  { attempt }: Sent,
  { telemetry, lateReplies }: RequestContext,
): Promise<void> {
  if (result === 'superseded') return delivery.settle({ kind: 'superseded' });
  if (result !== 'lost') {
    const { durationMs } = attempt;
    return delivery.settle({
      kind: 'verdict',
      verdict,
      journal: write?.journal ?? delivery.journal,
      durationMs,
    });
  }
  telemetry.lockLost(delivery.id, 'after the reply');
  await lateReplies.settle(delivery, outcome, verdict);
  delivery.settle({ kind: 'lost' });
}

/** Tells of the attempts. That telling fails, which can only be a bug, must not cost a message its end. */
function report(
  judged: readonly Judged[],
  results: readonly WriteResult[],
  sent: Sent,
  { telemetry }: RequestContext,
): void {
  try {
    telemetry.attempted(judged.map((one, index) => reportOf(one, results[index], sent)));
  } catch (error) {
    telemetry.unexpected(error, 'telling of an attempt');
  }
}

const reportOf = (
  { delivery, outcome, verdict }: Judged,
  result: WriteResult | undefined,
  { attempt, startedAt, messages }: Sent,
): AttemptReport => ({
  id: delivery.id,
  job: delivery.job,
  attempt: (delivery.journal.history.at(-1)?.n ?? 0) + 1,
  outcome,
  verdict: result === 'superseded' ? settledMeanwhile : verdict,
  durationMs: attempt.durationMs,
  waitedMs: startedAt - delivery.job.enqueuedAt,
  travelled: messages,
  late: result === 'lost',
  resent: result === 'lost' || result === 'superseded' ? 0 : resentBy(verdict, delivery.journal),
});
