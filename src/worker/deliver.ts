import { isLockLost } from '../bullmq/lock-lost.ts';
import { backToWait, isMove, leaveAlone, type TakenJob, type TakenUp } from '../bullmq/moves.ts';
import { emptyRecord, type JobRecord } from '../queue/job-record.ts';
import type { DeathFacts, JobResult, Journal } from '../queue/journal.ts';
import { laneOfQueue } from '../queue/names.ts';
import { isOfRedis, isSoonOver } from '../queue/redis-trouble.ts';
import { type ParsedSendJob, parseJobWithin, type SendJob, type UnreadableJob } from '../queue/send-job.ts';
import { askAbout } from './ask.ts';
import { afterCrash, type CrashContext } from './crash.ts';
import type { Delivery } from './delivery.ts';
import { cancelledFacts, endAs, expiredFacts } from './end-without-request.ts';
import { type GateContext, type Passage, passGates } from './gates.ts';
import type { Joiner } from './joiner.ts';
import type { KnownJob, SettleContext } from './known-job.ts';
import { delayUntil, giveUp, settle, settleKnownEnd, unreadableFacts } from './settle.ts';
import type { Settlement } from './settlement.ts';
import { type Resumed, resume } from './verdict/resume.ts';
import { uncertainPolicy } from './verdict/uncertain-policy.ts';

/** What delivering a job needs of the world. */
export interface DeliverContext extends SettleContext, GateContext, CrashContext {
  readonly joiner: Pick<Joiner<Delivery>, 'add'>;
  /** A job of more bytes is not read. */
  readonly maxJobBytes: number;
}

/** How long a job waits after something went wrong with it that was not its own fault. */
const afterFaultMs = { ours: 15_000, soonOver: 1_000 } as const;

/**
 * One run of one job, from the queue to its next place. The promise settles in BullMQ's words (`settle.ts`);
 * whatever else is thrown on the way is the trouble of Redis, or a fault of ours: counted, logged, and the job tried again
 * until its deadline.
 */
export async function deliver(taken: TakenUp, context: DeliverContext): Promise<JobResult> {
  try {
    return await run(taken, context);
  } catch (error) {
    if (isMove(error)) throw error;
    if (isLockLost(error)) {
      context.telemetry.lockLost(taken.job.id ?? '', 'while settling');
      return leaveAlone();
    }
    if (isOfRedis(error)) context.telemetry.redis(error);
    else context.telemetry.unexpected(error, 'job');
    return await setAside(taken, isSoonOver(error) ? afterFaultMs.soonOver : afterFaultMs.ours, context);
  }
}

/** Looks at a job until its way is clear: what lies beside it may change under our hands. */
async function run(taken: TakenUp, context: DeliverContext): Promise<JobResult> {
  const parsed = parseJobWithin(taken.job.data, context.maxJobBytes);
  const id = taken.job.id ?? '';
  const job = parsed.ok ? parsed.job : { lane: laneOfQueue(taken.job.queueName) };
  for (let isUnseen = parsed.ok && isFirstRun(taken.job); ; isUnseen = false) {
    const record = isUnseen ? undefined : await context.records.read({ id, job });
    const result = await goOn({ ...taken, id, parsed, record }, context);
    if (result !== 'look-again') return result;
  }
}

/** A job in hand, and what lies beside it; no record where that was not looked at. */
interface SeenJob extends TakenUp {
  readonly id: string;
  readonly parsed: ParsedSendJob;
  readonly record: JobRecord | undefined;
}

/** The way of a message: what is known of it, the gates, the request, its end. */
async function goOn(seen: SeenJob, context: DeliverContext): Promise<JobResult | 'look-again'> {
  const { id, parsed, job, token, record = emptyRecord } = seen;
  const { stalledCounter } = job;
  const { ability } = context;
  const resumed = resume({ id, parsed, record, stalledCounter, ability, now: context.now() });
  if (resumed.kind === 'invalid') return giveUpUnread(seen, resumed, context);
  const known: KnownJob = { job, token, id, sendJob: resumed.job, seen: record.seen };
  if (resumed.kind !== 'send')
    return seen.record ? settleWithoutRequest(known, resumed, context) : 'look-again';
  const passage = await passGates(id, resumed.job, context);
  if (passage.kind !== 'free' && passage.kind !== 'canary')
    return seen.record || !isEnd(passage)
      ? stopAtGate(known, resumed.journal, passage, context)
      : 'look-again';
  const settlement = await request(known, { ...resumed, record, passage }, context);
  return settlement.kind === 'look-again' ? settlement.kind : settle(known, settlement, context);
}

/**
 * Nobody has had the job before: what may lie beside it is looked at together with the request, or before an end, since
 * messages that have lost their claims, or were called off, leave no dead letter.
 */
const isFirstRun = ({ attemptsStarted, stalledCounter }: TakenJob): boolean =>
  attemptsStarted <= 1 && stalledCounter === 0;

/** A job for which no request is to be made now. */
function settleWithoutRequest(
  known: KnownJob,
  resumed: Exclude<Resumed, { readonly kind: 'send' | 'invalid' }>,
  context: DeliverContext,
): JobResult | Promise<JobResult> {
  const { journal } = resumed;
  switch (resumed.kind) {
    case 'unreadable':
      return endAs(known, unreadableFacts(resumed.problem), journal, context);
    case 'duplicate':
    case 'cancelled':
      return { end: resumed.kind };
    case 'expired':
      return endAs(known, expiredFacts(journal), journal, context);
    case 'settle':
      return settleKnownEnd(known, { settled: resumed.settled, journal }, context);
    case 'wait':
      return delayUntil(known, resumed.until, context);
    case 'crashed':
      return afterCrash(known, journal, context);
    case 'ask':
      return askAbout(known, journal, context);
  }
}

/** Gives up a job that cannot be read. What is too large is not carried on: its failed job still has it. */
async function giveUpUnread(
  taken: SeenJob,
  found: Omit<UnreadableJob, 'ok'> & { readonly mayHaveBeenSent: boolean; readonly journal: Journal },
  context: DeliverContext,
): Promise<JobResult> {
  const { problem, isTooLarge, mayHaveBeenSent, journal } = found;
  await context.records.tellUnread(taken.id, laneOfQueue(taken.job.queueName), context.now());
  const facts: DeathFacts = mayHaveBeenSent ? unreadableFacts(problem) : { reason: 'invalid', text: problem };
  if (!isTooLarge) return giveUp(taken, { facts, journal }, context);
  const data = { leftOut: 'The data lies in the failed job of this id until keepFailedAgeMs is over.' };
  return giveUp(taken, { facts, journal, data }, context);
}

function stopAtGate(
  known: KnownJob,
  journal: Journal,
  passage: Exclude<Passage, { readonly kind: 'free' | 'canary' }>,
  context: DeliverContext,
): Promise<JobResult> {
  switch (passage.kind) {
    case 'back':
      return backToWait(known);
    case 'wait':
      return delayUntil(known, passage.until, context);
    case 'cancelled':
      return endAs(known, cancelledFacts(journal), journal, context);
    case 'expired':
      return endAs(known, expiredFacts(journal), journal, context);
    case 'invalid':
      return endAs(known, { reason: 'invalid', text: passage.problem }, journal, context);
  }
}

/** A gate that stays shut: the job dies there. */
const isEnd = ({ kind }: Passage): boolean =>
  kind === 'cancelled' || kind === 'expired' || kind === 'invalid';

interface Sendable {
  readonly journal: Journal;
  readonly record: JobRecord;
  readonly passage: Extract<Passage, { readonly kind: 'free' | 'canary' }>;
}

function request(
  { id, job, token, sendJob }: KnownJob,
  { journal, record, passage }: Sendable,
  { joiner, ability }: DeliverContext,
): Promise<Settlement> {
  const isCanary = passage.kind === 'canary';
  return new Promise((settle) => {
    joiner.add({
      id,
      run: job.attemptsStarted,
      token,
      job: sendJob,
      journal,
      policy: uncertainPolicy(sendJob, ability),
      seen: record.seen,
      isCanary,
      lane: sendJob.lane,
      batchKey: travelsAlone(sendJob, journal) || isCanary ? id : batchKeyOf(sendJob),
      messages: isCanary ? 1 : sendJob.to.length,
      settle,
    });
  });
}

/**
 * A campaign's job travels alone, and so does an MMS; and a message that the endpoint refused with its account,
 * so that a second refusal says which message it is about.
 */
const travelsAlone = ({ to, joined, media }: SendJob, { refusedAt }: Journal): boolean =>
  (to.length > 1 && !joined) || media !== undefined || refusedAt !== undefined;

/**
 * Sends of one title and reference travel together if their deadlines lie within the same minute, since a request has one expire
 * date.
 */
const batchKeyOf = ({ deadlineAt, title, reference }: SendJob): string =>
  JSON.stringify([Math.floor(deadlineAt / 60_000), title, reference]);

/** The job waits a while. Where even that fails, its lock runs out and it is taken again. */
async function setAside(taken: TakenUp, delayMs: number, context: DeliverContext): Promise<never> {
  try {
    return await delayUntil(taken, context.now() + delayMs, context);
  } catch (error) {
    if (isMove(error)) throw error;
    context.telemetry.redis(error);
    return leaveAlone();
  }
}
