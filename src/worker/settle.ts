import { backToWait, fail, leaveAlone, moveToDelayed, type TakenUp } from '../bullmq/moves.ts';
import { enqueuedAtOf, putDeadLetter, withdrawDeadLetter } from '../bullmq/put-dead-letter.ts';
import {
  type DeathFacts,
  deathFactsOf,
  emptyJournal,
  idOf,
  type JobResult,
  type Journal,
  type Settled,
} from '../queue/journal.ts';
import { parseJournalText } from '../queue/parse-journal.ts';
import { messageIdAt, parseSendJob } from '../queue/send-job.ts';
import { type Divided, divide, reportPieces } from './divide.ts';
import { type KnownJob, reportEnd, type SettleContext } from './known-job.ts';
import type { Settlement } from './settlement.ts';
import { asideMs } from './verdict/schedules.ts';
import type { Verdict } from './verdict/verdict.ts';

/** Our choice: how long a job waits whose mark too few replicas have confirmed. */
const unconfirmedMs = 1_000;

/**
 * Turns what came of a job into BullMQ's words: a return completes it; the special errors say that it was
 * moved (or must be left alone); UnrecoverableError gives it up.
 */
export function settle(
  known: KnownJob,
  settlement: Exclude<Settlement, { readonly kind: 'look-again' }>,
  context: SettleContext,
): JobResult | Promise<JobResult> {
  switch (settlement.kind) {
    case 'verdict':
      return settleVerdict(known, settlement, context);
    case 'back':
    // Whoever takes it again looks at the record first.
    case 'changed':
      return backToWait(known);
    case 'unconfirmed':
      return delayUntil(known, context.now() + unconfirmedMs, context);
    case 'lost':
      return leaveAlone();
    case 'superseded':
      return settleBySomebodyElse(known, context);
    case 'failed':
      throw settlement.error;
  }
}

interface JudgedJob {
  readonly verdict: Verdict;
  readonly journal: Journal;
  readonly durationMs?: number;
}

function settleVerdict(
  known: KnownJob,
  { verdict, journal, durationMs }: JudgedJob,
  context: SettleContext,
): JobResult | Promise<JobResult> {
  switch (verdict.kind) {
    case 'complete':
      return complete(known, { ...idOf(verdict), durationMs }, context);
    case 'retry':
    case 'defer':
    case 'ask':
      return delayUntil(known, journal.notBefore ?? context.now(), context);
    case 'hold':
      return verdict.isBehind ? delayUntil(known, context.now() + asideMs, context) : backToWait(known);
    case 'dead-letter':
      return giveUp(known, { facts: verdict.facts, journal }, context);
    case 'split':
      return part(known, { pieces: verdict.pieces, journal }, context);
  }
}

/** Carries out an end that an earlier run has recorded. */
export async function settleKnownEnd(
  known: KnownJob,
  { settled, journal }: { readonly settled: Settled; readonly journal: Journal },
  context: SettleContext,
): Promise<JobResult> {
  if (settled.end === 'accepted') {
    // Whoever heard the late reply, or whoever was giving the message up, may have died before this step.
    if (settled.late) await withdrawDeadLetters(known, context);
    return complete(known, idOf(settled), context);
  }
  if (settled.end === 'split') return part(known, { pieces: settled.pieces, journal }, context);
  return giveUp(known, { facts: deathFactsOf(settled), journal }, context);
}

/** Lets the pieces of a job go their ways. */
async function part(
  known: KnownJob,
  { pieces, journal }: Pick<Divided, 'pieces' | 'journal'>,
  context: SettleContext,
): Promise<JobResult> {
  const result = await divide(known, { ...context, pieces, journal });
  const isUncertain = pieces.some((piece) => piece.fate === 'dead' && piece.facts.reason === 'uncertain');
  if (isUncertain && (await acceptedMeanwhile(known, context))) return settleBySomebodyElse(known, context);
  reportPieces(known, pieces, context);
  return result;
}

/** A late reply has shown that JetSMS took the job: it leaves no dead letter, nor does any of its messages. */
export async function withdrawDeadLetters(
  { id, sendJob }: Pick<KnownJob, 'id' | 'sendJob'>,
  { queues }: Pick<SettleContext, 'queues'>,
): Promise<void> {
  const ids = sendJob.joined ? sendJob.to.map((_, index) => messageIdAt(id, sendJob, index)) : [];
  for (const one of [id, ...ids]) await withdrawDeadLetter(queues.dead, one);
}

/** Its end was recorded meanwhile; that one counts. */
async function settleBySomebodyElse(known: KnownJob, context: SettleContext): Promise<JobResult> {
  const { journal: text } = await context.records.read({ id: known.id, job: known.sendJob });
  const read = parseJournalText(text, known.sendJob);
  if (!read.ok)
    return giveUp(known, { facts: unreadableFacts(read.problem), journal: emptyJournal }, context);
  const { journal } = read;
  return journal.settled
    ? settleKnownEnd(known, { settled: journal.settled, journal }, context)
    : leaveAlone();
}

function complete(
  { id, sendJob }: KnownJob,
  { durationMs, ...group }: { readonly groupId?: string; readonly durationMs?: number | undefined },
  context: SettleContext,
): JobResult {
  reportEnd(id, sendJob, undefined, context);
  if (durationMs === undefined) return { end: 'accepted', ...group };
  return { end: 'accepted', ...group, durationMs: Math.round(durationMs) };
}

/**
 * Moves the job to the delayed set. Whoever takes it too early finds what it waits for: so where the clock here is
 * wrong, it goes back to those that wait, and a worker whose clock is right delays it.
 */
export async function delayUntil(
  taken: TakenUp,
  until: number,
  { dueAt }: Pick<SettleContext, 'dueAt'>,
): Promise<never> {
  const due = dueAt(until);
  if (due === undefined) return backToWait(taken);
  return moveToDelayed(taken, due);
}

/** Why a job is given up whose journal cannot be read: whether it was sent, nobody knows. */
export const unreadableFacts = (problem: string): DeathFacts => ({
  reason: 'invalid',
  text: problem,
  mayHaveArrived: true,
});

export interface GivenUp {
  readonly facts: DeathFacts;
  readonly journal: Journal;
  /** What the dead letter keeps in place of the job's data. */
  readonly data?: unknown;
}

/**
 * Dead-letters the job in steps that can each be repeated: the journal already says that it is dead, then the
 * dead letter is put, then the job ends.
 */
export async function giveUp(
  taken: TakenUp | KnownJob,
  { facts, journal, data = 'sendJob' in taken ? taken.sendJob : taken.job.data }: GivenUp,
  context: SettleContext,
): Promise<JobResult> {
  const { job } = taken;
  const id = job.id ?? '';
  const now = context.now();
  const enqueuedAt = enqueuedAtOf({ data, timestamp: job.timestamp }, now);
  await putDeadLetter(context.queues.dead, { id, data, facts, journal, enqueuedAt, now });
  if (facts.reason === 'uncertain' && 'sendJob' in taken && (await acceptedMeanwhile(taken, context))) {
    return settleBySomebodyElse(taken, context);
  }
  const parsed = parseSendJob(data);
  reportEnd(id, parsed.ok ? parsed.job : { ...unreadable, enqueuedAt }, facts, context);
  return fail(`dead letter: ${[facts.reason, facts.code].filter(Boolean).join(' ')}`);
}

/** A late reply may have come between the judgement and the dead letters. */
async function acceptedMeanwhile(known: KnownJob, context: SettleContext): Promise<boolean> {
  const { journal: text } = await context.records.read({ id: known.id, job: known.sendJob });
  const read = parseJournalText(text);
  if (!read.ok || read.journal.settled?.end !== 'accepted') return false;
  await withdrawDeadLetters(known, context);
  return true;
}

/** What is told of a job that cannot be read: one message of an unknown lane counts as transactional. */
const unreadable = { lane: 'transactional', to: [''], parts: 0 } as const;
