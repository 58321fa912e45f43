import { DelayedError, type Job, type Queue, UnrecoverableError, WaitingError } from 'bullmq';
import { type DeathFacts, type Journal, parseJournal, type Settled } from '../queue/journal.ts';
import type { SendJob } from '../queue/send-job.ts';
import { enqueuedAtOf, putDeadLetter, withdrawDeadLetter } from './dead-letter-store.ts';
import type { Verdict } from './decide.ts';
import type { Settlement } from './deliver.ts';
import type { AccountHolds } from './holds.ts';
import type { JournalStore } from './journal-store.ts';
import type { Telemetry } from './telemetry.ts';

/** What a finished job keeps as its return value. */
export interface JobResult {
  readonly end: 'accepted' | 'split';
  readonly groupId?: string;
}

/** A job in hand, and the lock that makes it ours. */
export interface TakenUp {
  readonly job: Job;
  readonly token: string;
}

/** What settling needs of the world. */
export interface SettleContext {
  readonly deadQueue: Queue;
  readonly journals: JournalStore;
  readonly holds: AccountHolds;
  readonly telemetry: Telemetry;
  readonly now: () => number;
}

/**
 * Turns what came of a job into BullMQ's words: a return completes it; the special errors say that it was
 * moved (or must be left alone); UnrecoverableError gives it up.
 */
export async function settle(
  taken: TakenUp,
  settlement: Settlement,
  context: SettleContext,
): Promise<JobResult> {
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
}

async function settleVerdict(taken: TakenUp, judged: JudgedJob, context: SettleContext): Promise<JobResult> {
  const { verdict, journal } = judged;
  switch (verdict.kind) {
    case 'complete':
      return complete(taken, verdict.groupId, context);
    case 'retry':
    case 'defer':
      return delayUntil(taken, journal.notBefore ?? context.now());
    case 'hold':
      return backToWait(taken);
    case 'dead-letter':
      return giveUp(taken, { facts: verdict.facts, journal }, context);
    case 'split':
      throw new Error('a single job cannot be split');
  }
}

/** Carries out an end that an earlier run has recorded. */
export async function settleKnownEnd(
  taken: TakenUp,
  settled: Settled,
  context: SettleContext,
): Promise<JobResult> {
  if (settled.end === 'accepted') return complete(taken, settled.groupId, context);
  if (settled.end === 'split') return { end: 'split' };
  const { end: _end, at: _at, late: _late, ...facts } = settled;
  return giveUp(taken, { facts, journal: parseJournal(taken.job.progress) }, context);
}

async function settleBySomebodyElse(taken: TakenUp, context: SettleContext): Promise<JobResult> {
  const found = await context.journals.read(taken.job.id ?? '');
  const { settled } = parseJournal(found?.journal);
  return settled ? settleKnownEnd(taken, settled, context) : leaveAlone();
}

function complete({ job }: TakenUp, groupId: string, { telemetry, now }: SettleContext): JobResult {
  const data = job.data as SendJob;
  telemetry.ended({
    id: job.id ?? '',
    lane: data.lane,
    end: 'accepted',
    messages: data.to.length,
    parts: data.parts,
    tookMs: now() - data.enqueuedAt,
  });
  return { end: 'accepted', groupId };
}

/** Moves the job to the delayed set; its journal already says what it waits for. */
export async function delayUntil({ job, token }: TakenUp, until: number): Promise<never> {
  await job.moveToDelayed(until, token);
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

export interface GivenUp {
  readonly facts: DeathFacts;
  readonly journal: Journal;
}

/**
 * Dead-letters the job in steps that can each be repeated: the journal already says that it is dead, then the
 * dead letter is put, then the job ends.
 */
export async function giveUp(
  taken: TakenUp,
  { facts, journal }: GivenUp,
  context: SettleContext,
): Promise<JobResult> {
  const { job } = taken;
  const id = job.id ?? '';
  const enqueuedAt = enqueuedAtOf(job);
  const now = context.now();
  await putDeadLetter(context.deadQueue, { id, data: job.data, facts, journal, enqueuedAt, now });
  if (facts.reason === 'uncertain' && (await acceptedMeanwhile(id, context))) {
    return settleBySomebodyElse(taken, context);
  }
  const { lane = 'transactional', to, parts = 0 } = (job.data ?? {}) as Partial<SendJob>;
  context.telemetry.ended({
    id,
    lane,
    end: facts.reason,
    messages: Array.isArray(to) ? to.length : 1,
    parts,
    tookMs: now - enqueuedAt,
    ...(facts.code === undefined ? {} : { code: facts.code }),
  });
  throw new UnrecoverableError(`dead letter: ${[facts.reason, facts.code].filter(Boolean).join(' ')}`);
}

/** A late reply may have come between the judgement and the dead letter. */
async function acceptedMeanwhile(id: string, { journals, deadQueue }: SettleContext): Promise<boolean> {
  const found = await journals.read(id);
  if (parseJournal(found?.journal).settled?.end !== 'accepted') return false;
  await withdrawDeadLetter(deadQueue, id);
  return true;
}
