import type { JournalWrite, WriteResult } from '../bullmq/journal-store.ts';
import { emptyJournal, type Journal } from '../queue/journal.ts';
import type { DeliverContext } from './delivery.ts';
import type { Judged, Sent } from './judge.ts';
import { persist } from './persist.ts';
import type { Verdict } from './verdict/decide.ts';
import { type AttemptFacts, afterAttempt, isByEndpoint, resentBy } from './verdict/journal-entries.ts';

/** What this attempt came to does not count any more: an earlier one was accepted, as its late reply says. */
const settledMeanwhile: Verdict = { kind: 'complete', rule: 'late reply' };

/**
 * Records outcomes, then settles. An accepted single message needs no record: its end is written in the next step,
 * and should Redis not take it, `lost-ends.ts` sees to it. But where its lock can have run out meanwhile, the write
 * tells; and bulk, whose end has to wait for its turn, must not be in doubt meanwhile.
 */
export async function record(judged: readonly Judged[], sent: Sent, context: DeliverContext): Promise<void> {
  const writes = judged.filter((one) => needsRecord(one, context)).map((one) => recordOf(one, sent, context));
  const results = await persist(
    () => context.journals.write(writes.map(({ write }) => write)),
    context.telemetry,
  );
  const recorded = new Map<Judged, Recorded>(
    writes.map(({ one, write }, index) => [one, { write, result: results[index] }]),
  );
  for (const one of judged) report(one, recorded.get(one)?.result, sent, context);
  const lateOnes: (Promise<void> | undefined)[] = [];
  for (const [index, one] of judged.entries()) {
    if (one.delivery.lane === 'bulk' && index % bulkPortion === 0) await context.ends.room();
    lateOnes.push(settleOne(one, recorded.get(one) ?? {}, sent, context));
  }
  await Promise.all(lateOnes);
}

/** Ending a job takes some 40 µs here: an OTP must not wait until a whole batch of bulk, or several, are through. */
const bulkPortion = 10;

/** What was written of a message before its end, and how that went; nothing, where its end is its record. */
interface Recorded {
  readonly write?: JournalWrite;
  readonly result?: WriteResult | undefined;
}

function settleOne(
  one: Judged,
  { write, result }: Recorded,
  { attempt }: Sent,
  context: DeliverContext,
): Promise<void> | undefined {
  const { delivery, verdict } = one;
  if (result === 'lost') return late(one, context);
  if (result === 'superseded') delivery.settle({ kind: 'superseded' });
  else {
    const { durationMs } = attempt;
    delivery.settle({ kind: 'verdict', verdict, journal: write?.journal ?? delivery.journal, durationMs });
  }
  return undefined;
}

const needsRecord = ({ delivery, verdict }: Judged, { lockDurationMs, now }: DeliverContext): boolean =>
  delivery.job.campaign !== undefined ||
  (verdict.kind === 'hold'
    ? delivery.job.whenUncertain === 'park' || delivery.isCanary || isByEndpoint(verdict)
    : verdict.kind !== 'complete' || delivery.lane === 'bulk') ||
  now() - delivery.takenAt > lockDurationMs / 2;

function recordOf(
  one: Judged,
  { attempt }: Sent,
  context: DeliverContext,
): { readonly one: Judged; readonly write: JournalWrite } {
  const { delivery, outcome, verdict } = one;
  const { id, token, job } = delivery;
  const { now, worker } = context;
  const facts = { outcome, verdict, now: now(), durationMs: attempt.durationMs, worker };
  return { one, write: { id, token, job, journal: journalAfter(delivery.journal, facts, context) } };
}

/** What became of a message must be recorded, even where what was recorded before it cannot be gone on from. */
function journalAfter(before: Journal, facts: AttemptFacts, { telemetry }: DeliverContext): Journal {
  try {
    return afterAttempt(before, facts);
  } catch (error) {
    telemetry.unexpected(error, 'journal');
    return afterAttempt(emptyJournal, facts);
  }
}

async function late({ delivery, outcome, verdict }: Judged, context: DeliverContext): Promise<void> {
  context.telemetry.lockLost(delivery.id, 'after the reply');
  await context.lateReplies.settle(delivery, outcome, verdict);
  delivery.settle({ kind: 'lost' });
}

/** Tells of an attempt. That telling fails, which can only be a bug, must not cost a message its end. */
function report(
  { delivery, outcome, verdict }: Judged,
  result: WriteResult | undefined,
  { attempt, startedAt, messages }: Sent,
  { telemetry }: DeliverContext,
): void {
  try {
    telemetry.attempt({
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
  } catch (error) {
    telemetry.unexpected(error, 'telling of an attempt');
  }
}
