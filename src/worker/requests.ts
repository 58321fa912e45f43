import type { ProviderRequest, RequestMedia } from '../jetsms/provider-request.ts';
import { messageIdAt, textAt, wireIdAt } from '../queue/send-job.ts';
import type { AccountRefusal, RefusalEffect } from './account/hold-refusals.ts';
import { begin, unmark } from './begin.ts';
import type { Delivery, RequestContext } from './delivery.ts';
import { areJudged, type Judged, judgeAll, type Sent, withEffect } from './judge.ts';
import { record } from './record.ts';
import type { HoldAccount } from './verdict/verdict.ts';

/**
 * Sends a group of jobs in one request and settles each of them. Never throws: what goes wrong here (Redis, a
 * bug) settles the jobs that are still open. Those of a request that has left are left alone: when their locks have run
 * out, they look as interrupted as they are.
 */
export async function sendTogether(group: readonly Delivery[], context: RequestContext): Promise<void> {
  let hasLeft = false;
  const leaves = (): void => {
    hasLeft = true;
  };
  try {
    await sendGroup(group, context, leaves);
  } catch (error) {
    await returnCanary(group, context);
    if (hasLeft) context.telemetry.redis(error);
    for (const delivery of group) delivery.settle(hasLeft ? { kind: 'lost' } : { kind: 'failed', error });
  }
}

async function sendGroup(
  group: readonly Delivery[],
  context: RequestContext,
  leaves: () => void,
): Promise<void> {
  if (!(await payFor(group, context))) return giveBack(group, context);
  const fit = turnAway(group, context);
  if (fit.length === 0) return returnCanary(group, context);
  const media = await mediaOf(fit, context);
  const begun = await begin(fit, context);
  if (begun.length === 0) return returnCanary(group, context);
  const request = requestOf(begun, media);
  const startedAt = context.now();
  leaves();
  const attempt = await sendRequest(request, isCanary(begun), context);
  if (attempt === 'open') {
    await unmark(begun, context);
    return giveBack(begun, context);
  }
  const messages = request.messages.length;
  context.telemetry.request({ outcome: attempt.outcome, durationMs: attempt.durationMs, messages });
  await settleGroup(begun, { attempt, startedAt, messages, isOneText: isOneText(begun) }, context);
}

const isCanary = (group: readonly Delivery[]): boolean => group[0]?.isCanary ?? false;

const countMessages = (group: readonly Delivery[]): number =>
  group.reduce((sum, { messages }) => sum + messages, 0);

/** Waits until the account's pace lets the request leave. Each request pays, also those that a refusal divides. */
function payFor(group: readonly Delivery[], { rate, telemetry }: RequestContext): Promise<boolean> {
  return rate.pay(group[0]?.lane ?? 'bulk', countMessages(group)).catch((error) => {
    telemetry.redis(error);
    return false;
  });
}

/** A canary asks whether the endpoint answers, so it goes whatever the breaker has seen before. */
const sendRequest = (request: ProviderRequest, isCanary: boolean, { breaker, client }: RequestContext) =>
  isCanary ? breaker.probe(() => client.send(request)) : breaker.run(() => client.send(request));

/** Jobs that must not be sent now: too old, or by a clock that is wrong. */
const turnAway = (group: readonly Delivery[], { mayLeave, now }: RequestContext): readonly Delivery[] =>
  group.filter((delivery) => {
    const isFit = mayLeave() && now() < delivery.job.deadlineAt;
    if (!isFit) delivery.settle({ kind: 'back' });
    return isFit;
  });

/** What an MMS carries; it travels alone, so its group has one job. */
async function mediaOf(
  [first]: readonly Delivery[],
  { media }: RequestContext,
): Promise<RequestMedia | undefined> {
  const stored = first?.job.media;
  if (!stored) return undefined;
  const { hash, subject, contentType } = stored;
  return { subject, contentType, dataBase64: await media.base64(hash) };
}

function requestOf(group: readonly Delivery[], media: RequestMedia | undefined): ProviderRequest {
  const messages = group.flatMap(({ id, job, journal, messages: carried }) =>
    job.to.slice(0, carried).map((to, index) => ({
      id: wireIdAt(id, job, index, journal),
      to,
      text: textAt(job, index),
    })),
  );
  const { title = '', reference } = group[0]?.job ?? {};
  return {
    title,
    ...(reference === undefined ? {} : { reference }),
    messages,
    lane: group[0]?.lane ?? 'bulk',
    ...(media ? { media } : {}),
    expireAt: Math.min(...group.map(({ job }) => job.deadlineAt)),
  };
}

/** Nothing was sent. Where the endpoint counts as unreachable, the hold shows before the jobs are taken again. */
async function giveBack(group: readonly Delivery[], context: RequestContext): Promise<void> {
  await context.holds.refresh();
  await returnCanary(group, context);
  for (const delivery of group) delivery.settle({ kind: 'back' });
}

/** A canary that made no request: the next message may be it at once. */
async function returnCanary([first]: readonly Delivery[], context: RequestContext): Promise<void> {
  if (!first?.isCanary) return;
  await context.holds.canaryReturned(first.id).catch((error) => context.telemetry.redis(error));
}

/** Whether one text goes to all: a job's own list of texts is taken for different ones. */
function isOneText(group: readonly Delivery[]): boolean {
  const first = group[0]?.job.text;
  return typeof first === 'string' && group.every(({ job }) => job.text === first);
}

/** Decides for each job, lets the account's hold have its say, records what must not be forgotten, and settles. */
async function settleGroup(group: readonly Delivery[], sent: Sent, context: RequestContext): Promise<void> {
  const judged = judgeAll(group, sent, context);
  if (!areJudged(judged)) return sendInHalves(group, context);
  // A hold must stand before its jobs go back to wait, or they would be taken at once.
  const effect = await tellHolds(judged, sent, context);
  await record(withEffect(judged, effect, context.now()), sent, context);
}

/** Holds learn from every request. Failing here must not cost the messages their record. */
async function tellHolds(
  judged: readonly Judged[],
  sent: Sent,
  context: RequestContext,
): Promise<RefusalEffect> {
  try {
    return await learn(judged, sent, context);
  } catch (error) {
    context.telemetry.redis(error);
    return 'back';
  }
}

async function learn(
  judged: readonly Judged[],
  { attempt, startedAt }: Sent,
  { holds }: RequestContext,
): Promise<RefusalEffect> {
  const [first] = judged;
  if (!first) return 'back';
  const hold = judged.map(holdOf).find((one) => one !== undefined);
  const { id, isCanary } = first.delivery;
  const { kind } = attempt.outcome;
  if (hold && hold.reason !== 'unreachable') {
    const { reason, code } = hold;
    return tellOfRefusal(first.delivery, { reason, code, startedAt, isByProxy: kind === 'unsent' }, holds);
  }
  if (kind === 'accepted' || kind === 'refused')
    await holds.answered({ kind, startedAt, canary: isCanary ? id : undefined });
  else if (isCanary) await holds.canaryFailed(id);
  return 'back';
}

interface Told extends Pick<AccountRefusal, 'reason' | 'code' | 'startedAt'> {
  /** The proxy lets nobody through: that says nothing about the message, nor about what it was refused for before. */
  readonly isByProxy: boolean;
}

async function tellOfRefusal(
  { id, job, isCanary, journal }: Delivery,
  { isByProxy, ...refusal }: Told,
  holds: RequestContext['holds'],
): Promise<RefusalEffect> {
  if (isByProxy && isCanary && holds.current()?.reason === refusal.reason) {
    await holds.canaryFailed(id);
    return 'back';
  }
  const { refusedAt, isAtFault = false } = journal;
  const before = refusedAt === undefined || isByProxy ? {} : { refusedBefore: refusedAt };
  const firstMessage = messageIdAt(id, job, 0);
  return holds.refused({ ...refusal, first: id, firstMessage, isCanary, isAtFault, ...before });
}

const holdOf = ({ verdict, hold }: Judged): HoldAccount | undefined =>
  verdict.kind === 'hold' ? verdict : hold;

/** The refusal says that nothing was taken, so the marks go first: a half that may not leave now must not look interrupted. */
async function sendInHalves(group: readonly Delivery[], context: RequestContext): Promise<void> {
  context.telemetry.split(group.length);
  await unmark(group, context);
  const middle = Math.ceil(group.length / 2);
  await sendTogether(group.slice(0, middle), context);
  await sendTogether(group.slice(middle), context);
}
