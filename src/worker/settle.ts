import { DelayedError, type Job, type Queue, UnrecoverableError, WaitingError } from 'bullmq';
import type { JournalStore } from '../bullmq/journal-store.ts';
import { enqueuedAtOf, putDeadLetter, withdrawDeadLetter } from '../bullmq/put-dead-letter.ts';
import { sendJobOptions } from '../queue/job-options.ts';
import {
  type DeathFacts,
  deathFactsOf,
  emptyJournal,
  idOf,
  type JobResult,
  type Journal,
  type Piece,
  type Settled,
  usedOf,
} from '../queue/journal.ts';
import { parseSendJob, type SendJob } from '../queue/send-job.ts';
import type { Settlement } from './delivery.ts';
import type { Telemetry } from './telemetry.ts';
import type { Verdict } from './verdict/decide.ts';
import { pieceId, subJob } from './verdict/division.ts';
import { asideMs } from './verdict/schedules.ts';

/** A job in hand, and the lock that makes it ours. */
export interface TakenUp {
  readonly job: Job;
  readonly token: string;
}

/** What settling needs of the world. */
export interface SettleContext {
  readonly queue: Queue;
  readonly deadQueue: Queue;
  readonly journals: JournalStore;
  readonly telemetry: Telemetry;
  readonly now: () => number;
  /**
   * When BullMQ, which goes by the system's clock, should take up a job that is due at this time: where that clock is
   * a little ahead, it would otherwise take the job too early and put it back, again and again. Undefined where the
   * clock is wrong, and BullMQ cannot be told.
   */
  readonly dueAt: (at: number) => number | undefined;
}

/**
 * Turns what came of a job into BullMQ's words: a return completes it; the special errors say that it was
 * moved (or must be left alone); UnrecoverableError gives it up.
 */
export function settle(
  taken: TakenUp,
  settlement: Settlement,
  context: SettleContext,
): JobResult | Promise<JobResult> {
  switch (settlement.kind) {
    case 'verdict':
      return settleVerdict(taken, settlement, context);
    case 'back':
      return backToWait(taken);
    case 'lost':
      return leaveAlone();
    case 'superseded':
      return settleBySomebodyElse(taken, context);
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
  taken: TakenUp,
  judged: JudgedJob,
  context: SettleContext,
): JobResult | Promise<JobResult> {
  const { verdict, journal, durationMs } = judged;
  switch (verdict.kind) {
    case 'complete':
      return complete(taken, { ...idOf(verdict), durationMs }, context);
    case 'retry':
    case 'defer':
      return delayUntil(taken, journal.notBefore ?? context.now(), context);
    case 'hold':
      return verdict.isBehind ? delayUntil(taken, context.now() + asideMs, context) : backToWait(taken);
    case 'dead-letter':
      return giveUp(taken, { facts: verdict.facts, journal }, context);
    case 'split':
      return divide(taken, { pieces: verdict.pieces ?? [], journal }, context);
  }
}

/** Carries out an end that an earlier run has recorded. */
export async function settleKnownEnd(
  taken: TakenUp,
  { settled, journal }: { readonly settled: Settled; readonly journal: Journal },
  context: SettleContext,
): Promise<JobResult> {
  if (settled.end === 'accepted') {
    // Whoever heard the late reply, or whoever was giving the message up, may have died before this step.
    if (settled.late) await withdrawDeadLetter(context.deadQueue, taken.job.id ?? '');
    return complete(taken, idOf(settled), context);
  }
  if (settled.end === 'split') return divide(taken, { pieces: settled.pieces, journal }, context);
  return giveUp(taken, { facts: deathFactsOf(settled), journal }, context);
}

async function settleBySomebodyElse(taken: TakenUp, context: SettleContext): Promise<JobResult> {
  const found = await context.journals.read(taken.job.id ?? '');
  if (!found) return leaveAlone();
  const { read } = found;
  if (!read.ok)
    return giveUp(taken, { facts: unreadableFacts(read.problem), journal: emptyJournal }, context);
  const { journal } = read;
  return journal.settled
    ? settleKnownEnd(taken, { settled: journal.settled, journal }, context)
    : leaveAlone();
}

function complete(
  { job }: TakenUp,
  { durationMs, ...id }: { readonly groupId?: string; readonly durationMs?: number | undefined },
  context: SettleContext,
): JobResult {
  reportEnd(job.id ?? '', job.data as SendJob, undefined, context);
  if (durationMs === undefined) return { end: 'accepted', ...id };
  return { end: 'accepted', ...id, durationMs: Math.round(durationMs) };
}

/** How long a piece's id stays known, so that a repeated step adds no second one. */
const pieceMemoryMs = 7 * 24 * 60 * 60 * 1_000;

interface Divided {
  readonly pieces: readonly Piece[];
  readonly journal: Journal;
}

/**
 * Makes each piece of a job go its own way: to JetSMS again as a job of its own, or to the dead letters. The
 * journal says already how the job is divided, and every step can be repeated: BullMQ's deduplication keeps a
 * piece from being added twice, even when it has been sent and forgotten meanwhile.
 */
async function divide(
  taken: TakenUp,
  { pieces, journal }: Divided,
  context: SettleContext,
): Promise<JobResult> {
  const job = taken.job.data as SendJob;
  for (const [index, piece] of pieces.entries()) {
    const id = pieceId(taken.job.id ?? '', index);
    if (piece.fate === 'again') {
      const { delayMs, ranges } = piece;
      const deduplication = { id, ttlMs: pieceMemoryMs };
      const data = subJob(job, ranges, usedOf(piece));
      await context.queue.add(
        job.lane,
        data,
        sendJobOptions({ id, lane: job.lane, now: context.now(), delayMs, deduplication }),
      );
    } else {
      const data = subJob(job, piece.ranges);
      if (piece.fate === 'dead') await putPiece(taken, { id, data, facts: piece.facts, journal }, context);
      reportEnd(id, data, piece.fate === 'dead' ? piece.facts : undefined, context);
    }
  }
  return { end: 'split' };
}

interface DeadPiece extends GivenUp {
  readonly id: string;
  readonly data: SendJob;
}

async function putPiece(
  { job }: TakenUp,
  piece: DeadPiece,
  { deadQueue, now }: SettleContext,
): Promise<void> {
  const { enqueuedAt } = piece.data;
  await putDeadLetter(deadQueue, { ...piece, pieceOf: job.id ?? '', enqueuedAt, now: now() });
}

/** Tells of the end of a job's messages: accepted where there are no facts of a death. */
function reportEnd(
  id: string,
  { lane, to, parts, enqueuedAt }: Pick<SendJob, 'lane' | 'to' | 'parts' | 'enqueuedAt'>,
  facts: DeathFacts | undefined,
  { telemetry, now }: SettleContext,
): void {
  telemetry.ended({
    id,
    lane,
    end: facts?.reason ?? 'accepted',
    messages: to.length,
    parts,
    tookMs: now() - enqueuedAt,
    ...(facts?.code === undefined ? {} : { code: facts.code }),
  });
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
  await taken.job.moveToDelayed(due, taken.token);
  throw new DelayedError();
}

/** Puts the job back to the head of its lane; uses no attempt. */
export async function backToWait({ job, token }: TakenUp): Promise<never> {
  await job.moveToWait(token);
  throw new WaitingError();
}

/** BullMQ takes this error as "the processor has moved the job", and does nothing more with it. */
export function leaveAlone(): never {
  throw new WaitingError();
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
  taken: TakenUp,
  { facts, journal, data = taken.job.data }: GivenUp,
  context: SettleContext,
): Promise<JobResult> {
  const { job } = taken;
  const id = job.id ?? '';
  const now = context.now();
  const enqueuedAt = enqueuedAtOf({ data, timestamp: job.timestamp }, now);
  await putDeadLetter(context.deadQueue, { id, data, facts, journal, enqueuedAt, now });
  if (facts.reason === 'uncertain' && (await acceptedMeanwhile(id, context))) {
    return settleBySomebodyElse(taken, context);
  }
  const parsed = parseSendJob(data);
  reportEnd(id, parsed.ok ? parsed.job : { ...unreadable, enqueuedAt }, facts, context);
  throw new UnrecoverableError(`dead letter: ${[facts.reason, facts.code].filter(Boolean).join(' ')}`);
}

/** A late reply may have come between the judgement and the dead letter. */
async function acceptedMeanwhile(id: string, { journals, deadQueue }: SettleContext): Promise<boolean> {
  const found = await journals.read(id);
  if (!found?.read.ok || found.read.journal.settled?.end !== 'accepted') return false;
  await withdrawDeadLetter(deadQueue, id);
  return true;
}

/** What is told of a job that cannot be read: one message of an unknown lane counts as transactional. */
const unreadable = { lane: 'transactional', to: [''], parts: 0 } as const;
