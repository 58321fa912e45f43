import type { Job } from 'bullmq';
import { isLockLost } from '../bullmq/lock-lost.ts';
import type { Outcome } from '../jetsms/outcome.ts';
import type { CampaignState } from '../queue/campaign.ts';
import type { DeathFacts, JobResult, Journal } from '../queue/journal.ts';
import { journalOrEmpty, parseJournal } from '../queue/parse-journal.ts';
import { parseJobWithin, type SendJob, type UnreadableJob } from '../queue/send-job.ts';
import { refusedAsCanary } from './account/hold-probes.ts';
import type { Hold } from './account/hold-record.ts';
import { stands } from './account/hold-steps.ts';
import type { AccountHolds } from './account/holds.ts';
import type { Collector } from './collector.ts';
import type { DeliverContext, Delivery, Settlement } from './delivery.ts';
import {
  backToWait,
  delayUntil,
  giveUp,
  leaveAlone,
  type SettleContext,
  settle,
  settleKnownEnd,
  type TakenUp,
  unreadableFacts,
} from './settle.ts';
import { decide, ownSituation, type Verdict } from './verdict/decide.ts';
import { firstAndRest } from './verdict/division.ts';
import { afterAttempt, resentBy } from './verdict/journal-entries.ts';
import { asideMs, deferSpreadMs, fullJitter } from './verdict/schedules.ts';
import { type TakeUp, takeUp } from './verdict/take-up.ts';

/** What processing a job needs of the world. */
export interface ProcessContext
  extends SettleContext,
    Omit<DeliverContext, 'client' | 'breaker' | 'lateReplies' | 'rate'> {
  readonly collector: Collector<Delivery>;
  /** Whether the jobs of a campaign may go; at most a second old. */
  readonly campaignState: (campaign: string) => Promise<CampaignState>;
  /** Whether the account's surface has a form for MMS. */
  readonly carriesMms: boolean;
  /** A job of more bytes is not read. */
  readonly maxJobBytes: number;
  /** True once the worker shuts down: nothing new leaves. */
  readonly isClosing: () => boolean;
}

/** How long a job of a paused campaign waits until it looks again. */
const pausedMs = 10_000;

/** How long a job waits after something of ours went wrong with it. */
const afterFaultMs = 15_000;

/**
 * One run of one job, from the queue to its next place. The promise settles in BullMQ's words (`settle.ts`);
 * whatever else is thrown on the way is a fault of ours: counted, logged, and the job tried again until its
 * deadline.
 */
export async function processJob(taken: TakenUp, context: ProcessContext): Promise<JobResult> {
  try {
    return await run(taken, context);
  } catch (error) {
    if (isBullWord(error)) throw error;
    if (isLockLost(error)) {
      context.telemetry.lockLost(taken.job.id ?? '', 'while settling');
      return leaveAlone();
    }
    context.telemetry.unexpected(error, 'job');
    return await setAside(taken, context);
  }
}

/** Not async, and what it calls for a plain message neither: each step would cost every message. */
function run(taken: TakenUp, context: ProcessContext): Promise<JobResult> {
  const { job } = taken;
  const now = context.now();
  const parsed = parseJobWithin(job.data, context.maxJobBytes);
  const read = parseJournal(job.progress, parsed.ok ? parsed.job : undefined);
  const journal = journalOrEmpty(read);
  const step = takeUp({ parsed, read, stalledCounter: job.stalledCounter, now });
  return step.kind === 'send'
    ? sendUnlessStopped(taken, { sendJob: step.job, journal, takenAt: now }, context)
    : settleWithoutRequest(taken, { step, journal }, context);
}

/** A job for which no request is to be made now. */
async function settleWithoutRequest(
  taken: TakenUp,
  { step, journal }: { readonly step: Exclude<TakeUp, { readonly kind: 'send' }>; readonly journal: Journal },
  context: ProcessContext,
): Promise<JobResult> {
  switch (step.kind) {
    case 'invalid':
      return giveUpUnread(taken, { found: step, journal }, context);
    case 'unreadable':
      return end(taken, { job: step.job, facts: unreadableFacts(step.problem), journal }, context);
    case 'expired':
      return end(taken, { job: step.job, facts: expiredFacts(journal), journal }, context);
    case 'settle':
      return settleKnownEnd(taken, { settled: step.settled, journal }, context);
    case 'wait':
      return delayUntil(taken, step.until, context);
    case 'crashed':
      return afterCrash(taken, { job: step.job, journal }, context);
  }
}

/** Gives up a job that cannot be read. What is too large is not carried on: its failed job still has it. */
function giveUpUnread(
  taken: TakenUp,
  { found, journal }: { readonly found: Omit<UnreadableJob, 'ok'>; readonly journal: Journal },
  context: ProcessContext,
): Promise<JobResult> {
  const facts = invalidFacts(found.problem, taken.job.progress);
  if (!found.isTooLarge) return giveUp(taken, { facts, journal }, context);
  const data = { leftOut: 'The data lies in the failed job of this id until keepFailedAgeMs is over.' };
  return giveUp(taken, { facts, journal, data }, context);
}

interface Ending {
  readonly job: SendJob;
  readonly facts: DeathFacts;
  readonly journal: Journal;
}

/** Gives up a message that no request was made for: recorded first, as every end is. */
async function end(
  taken: TakenUp,
  { job, facts, journal }: Ending,
  context: ProcessContext,
): Promise<JobResult> {
  const settled = { end: 'dead', ...facts, at: context.now() } as const;
  const ended: Journal = { ...journal, settled };
  const write = { id: taken.job.id ?? '', token: taken.token, journal: ended, job };
  const [result] = await context.journals.write([write]);
  if (result === 'lost') return leaveAlone();
  if (result === 'superseded') return settle(taken, { kind: 'superseded' }, context);
  return giveUp(taken, { facts, journal: ended }, context);
}

function sendUnlessStopped(taken: TakenUp, sendable: Sendable, context: ProcessContext): Promise<JobResult> {
  const { media, campaign } = sendable.sendJob;
  if (media) return sendMmsInItsTime(taken, sendable, context);
  if (campaign !== undefined) return sendWhileItRuns(taken, sendable, campaign, context);
  return sendJob(taken, sendable, context);
}

/** A campaign can be paused or cancelled while its jobs wait. */
async function sendWhileItRuns(
  taken: TakenUp,
  sendable: Sendable,
  campaign: string,
  context: ProcessContext,
): Promise<JobResult> {
  const { sendJob: job, journal } = sendable;
  const state = await context.campaignState(campaign);
  if (state === 'running') return sendJob(taken, sendable, context);
  if (state === 'paused') return delayUntil(taken, context.now() + pausedMs, context);
  return end(taken, { job, facts: { reason: 'cancelled' }, journal }, context);
}

/** An MMS needs its medium, a surface that carries it, and an open window. */
async function sendMmsInItsTime(
  taken: TakenUp,
  sendable: Sendable,
  context: ProcessContext,
): Promise<JobResult> {
  const { sendJob: job, journal, takenAt } = sendable;
  const problem = await mmsProblem(job, context);
  const opensAt = context.windowOpensAt(takenAt) ?? takenAt;
  if (problem === undefined && opensAt <= takenAt) return sendJob(taken, sendable, context);
  if (problem) return end(taken, { job, facts: { reason: 'invalid', text: problem }, journal }, context);
  if (opensAt >= job.deadlineAt) return end(taken, { job, facts: expiredFacts(journal), journal }, context);
  const leavesAt = opensAt + fullJitter(deferSpreadMs, context.random());
  return delayUntil(taken, Math.min(leavesAt, job.deadlineAt), context);
}

/** Why an MMS can never be sent as it lies there. */
async function mmsProblem(
  { media }: SendJob,
  { carriesMms, media: library }: ProcessContext,
): Promise<string | undefined> {
  if (!media) return undefined;
  if (!carriesMms) {
    return 'an MMS needs an account that uses the web service: set its surface to web-service, then replay';
  }
  if (await library.has(media.hash)) return undefined;
  return 'the medium of this MMS is no longer in Redis: it was kept past its deadline, but not for ever; send it anew';
}

interface Sendable {
  readonly sendJob: SendJob;
  readonly journal: Journal;
  readonly takenAt: number;
}

async function sendJob(
  taken: TakenUp,
  { sendJob, journal, takenAt }: Sendable,
  context: ProcessContext,
): Promise<JobResult> {
  if (context.isClosing()) return backToWait(taken);
  const { job, token } = taken;
  const id = job.id ?? '';
  const admission = stands(context.holds.current()) ? await context.holds.admit(id) : 'free';
  if (admission === 'back') return backToWait(taken);
  if (admission === 'aside') return delayUntil(taken, context.now() + asideForMs(context.holds), context);
  const isCanary = admission === 'canary';
  const settlement = await new Promise<Settlement>((resolve) => {
    context.collector.add({
      id,
      token,
      job: sendJob,
      journal,
      takenAt,
      isCanary,
      lane: sendJob.lane,
      company: travelsAlone(sendJob, journal) || isCanary ? id : companyOf(sendJob),
      messages: isCanary ? 1 : sendJob.to.length,
      settle: resolve,
    });
  });
  return settle(taken, settlement, context);
}

/** Long enough for all that step aside to be aside at once: then the next one that is taken is another. */
const asideForMs = (holds: AccountHolds): number =>
  asideMs * Math.max(1, refusedAsCanary(holds.current()).length);

/**
 * A job of many messages travels alone, and so does an MMS; and a message that the endpoint refused with its account,
 * so that a second refusal says which message it is about.
 */
const travelsAlone = ({ to, media }: SendJob, { refusedAt }: Journal): boolean =>
  to.length > 1 || media !== undefined || refusedAt !== undefined;

/** Single sends of one title travel together if their deadlines lie within the same minute, since a request has one expire date. */
const companyOf = ({ deadlineAt, title }: SendJob): string => `${Math.floor(deadlineAt / 60_000)} ${title}`;

interface Interrupted {
  readonly job: SendJob;
  readonly journal: Journal;
}

/** A request was under way when its worker went away: nobody knows whether it was taken. */
async function afterCrash(
  taken: TakenUp,
  { job, journal }: Interrupted,
  context: ProcessContext,
): Promise<JobResult> {
  const outcome: Outcome = { kind: 'uncertain', cause: 'crash' };
  const now = context.now();
  const verdict = await verdictOnCrash(taken.job.id ?? '', { job, journal }, outcome, context);
  const facts = { outcome, verdict, now, worker: context.worker };
  const next = { ...afterAttempt(journal, facts), stalls: taken.job.stalledCounter || journal.stalls };
  const id = taken.job.id ?? '';
  const [result] = await context.journals.write([{ id, token: taken.token, journal: next, job }]);
  if (result === 'lost') return leaveAlone();
  if (result === 'superseded') return settle(taken, { kind: 'superseded' }, context);
  const attempt = next.history.at(-1)?.n ?? 1;
  context.telemetry.attempt({
    id,
    job,
    attempt,
    outcome,
    verdict,
    durationMs: 0,
    waitedMs: now - job.enqueuedAt,
    travelled: job.to.length,
    late: false,
    resent: resentBy(verdict, journal),
  });
  return settle(taken, { kind: 'verdict', verdict, journal: next }, context);
}

/**
 * The messages that the interrupted request carried are uncertain; the others of the job are not. Of the witness of a
 * hold it is known that it was refused, since hold and witness are written in one step.
 */
async function verdictOnCrash(
  id: string,
  { job, journal }: Interrupted,
  outcome: Outcome,
  context: ProcessContext,
): Promise<Verdict> {
  const hold = await context.holds.latest();
  const carried = Math.max(1, Math.min(journal.sending?.messages ?? job.to.length, job.to.length));
  const isWitness = hold?.witness === id;
  const ofFirst = isWitness
    ? witnessOf(hold)
    : decide({ ...ownSituation(job, journal, context), outcome, messages: carried, isProbe: false });
  const isWhole = job.to.length === 1 || (carried === job.to.length && !isWitness);
  if (isWhole) return ofFirst;
  return { kind: 'split', rule: 'crash', pieces: firstAndRest(ofFirst, job, journal) };
}

function witnessOf({ reason, code = '' }: Hold): Verdict {
  const deadReason = reason === 'unknown-code' ? 'unknown-code' : 'terminal';
  return { kind: 'dead-letter', rule: 'witness', facts: { reason: deadReason, code } };
}

const expiredFacts = (journal: Journal): { reason: 'expired'; mayHaveArrived?: true } => ({
  reason: 'expired',
  ...(journal.resends > 0 ? { mayHaveArrived: true as const } : {}),
});

/** A job that nobody can read may have been one that we could, and was sent: its progress shows it. */
const invalidFacts = (problem: string, progress: unknown): DeathFacts =>
  progress === 0 ? { reason: 'invalid', text: problem } : unreadableFacts(problem);

const bullWords: ReadonlySet<string> = new Set(['DelayedError', 'WaitingError', 'UnrecoverableError']);

const isBullWord = (error: unknown): boolean => error instanceof Error && bullWords.has(error.name);

/** After a fault of ours the job waits a while. Where even that fails, its lock runs out and it is taken again. */
async function setAside(taken: TakenUp, context: ProcessContext): Promise<never> {
  try {
    return await delayUntil(taken, context.now() + afterFaultMs, context);
  } catch (error) {
    if (isBullWord(error)) throw error;
    context.telemetry.redis(error);
    return leaveAlone();
  }
}

/** The processor of a BullMQ worker: `(job, token)`, which BullMQ always hands over. */
export const processorOf =
  (context: ProcessContext) =>
  (job: Job, token?: string): Promise<JobResult> =>
    processJob({ job, token: token ?? '' }, context);
