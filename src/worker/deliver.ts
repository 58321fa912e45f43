import type { ProviderRequest, RequestMedia } from '../jetsms/provider-request.ts';
import { textAt } from '../queue/send-job.ts';
import type { RefusalEffect } from './account/hold-refusals.ts';
import type { DeliverContext, Delivery } from './delivery.ts';
import { type Judged, judgeAll, type Sent, withEffect } from './judge.ts';
import { mark, unmark } from './marks.ts';
import { record } from './record.ts';
import type { HoldAccount } from './verdict/decide.ts';

/**
 * Sends a group of jobs in one request and settles each of them. Never throws: what goes wrong here (Redis, a
 * bug) settles the jobs that are still open as `failed`.
 */
export async function deliverGroup(group: readonly Delivery[], context: DeliverContext): Promise<void> {
  try {
    await sendGroup(group, context);
  } catch (error) {
    await returnCanary(group, context);
    for (const delivery of group) delivery.settle({ kind: 'failed', error });
  }
}

async function sendGroup(group: readonly Delivery[], context: DeliverContext): Promise<void> {
  if (!(await payFor(group, context))) return giveBack(group, context);
  const fit = await turnAway(group, context);
  const media = await mediaOf(fit, context);
  const marked = await mark(fit, context);
  if (marked.length === 0) return returnCanary(group, context);
  const request = requestOf(marked, media);
  const startedAt = context.now();
  const attempt = await sendRequest(request, isCanary(marked), context);
  if (attempt === 'open') {
    await unmark(marked, context);
    return giveBack(marked, context);
  }
  const messages = request.messages.length;
  context.telemetry.request({ outcome: attempt.outcome, durationMs: attempt.durationMs, messages });
  await settleGroup(marked, { attempt, startedAt, messages, isOneText: isOneText(marked) }, context);
}

const isCanary = (group: readonly Delivery[]): boolean => group[0]?.isCanary ?? false;

const countMessages = (group: readonly Delivery[]): number =>
  group.reduce((sum, { messages }) => sum + messages, 0);

/** Waits until the account's pace lets the request leave. Each request pays, also those that a refusal divides. */
function payFor(group: readonly Delivery[], { rate, telemetry }: DeliverContext): Promise<boolean> {
  return rate.pay(group[0]?.lane ?? 'bulk', countMessages(group)).catch((error) => {
    telemetry.redis(error);
    return false;
  });
}

/** A canary asks whether the endpoint answers, so it goes whatever the breaker has seen before. */
const sendRequest = (request: ProviderRequest, isCanary: boolean, { breaker, client }: DeliverContext) =>
  isCanary ? breaker.probe(() => client.send(request)) : breaker.run(() => client.send(request));

/** Jobs that must not be sent now: too old, of an account that was held meanwhile, or by a clock that is wrong. */
async function turnAway(
  group: readonly Delivery[],
  { holds, mayLeave, now }: DeliverContext,
): Promise<readonly Delivery[]> {
  const isHeld = !isCanary(group) && (await holds.isHeld());
  return group.filter((delivery) => {
    const isFit = mayLeave() && !isHeld && now() < delivery.job.deadlineAt;
    if (!isFit) delivery.settle({ kind: 'back' });
    return isFit;
  });
}

/** What an MMS carries; it travels alone, so its group has one job. */
async function mediaOf(
  [first]: readonly Delivery[],
  { media }: DeliverContext,
): Promise<RequestMedia | undefined> {
  const stored = first?.job.media;
  if (!stored) return undefined;
  const { hash, subject, contentType } = stored;
  return { subject, contentType, dataBase64: await media.base64(hash) };
}

function requestOf(group: readonly Delivery[], media: RequestMedia | undefined): ProviderRequest {
  const messages = group.flatMap(({ id, job, messages: carried }) =>
    job.to.slice(0, carried).map((to, index) => ({
      id: job.to.length === 1 ? id : `${id}.${index}`,
      to,
      text: textAt(job, index),
    })),
  );
  return {
    title: group[0]?.job.title ?? '',
    messages,
    ...(media ? { media } : {}),
    expireAt: Math.min(...group.map(({ job }) => job.deadlineAt)),
  };
}

/** Nothing was sent. Where the endpoint counts as unreachable, the hold shows before the jobs are taken again. */
async function giveBack(group: readonly Delivery[], context: DeliverContext): Promise<void> {
  await context.holds.refresh();
  await returnCanary(group, context);
  for (const delivery of group) delivery.settle({ kind: 'back' });
}

/** A canary that made no request: the next message may be it at once. */
async function returnCanary([first]: readonly Delivery[], context: DeliverContext): Promise<void> {
  if (!first?.isCanary) return;
  await context.holds.canaryReturned(first.id).catch((error) => context.telemetry.redis(error));
}

/** Whether one text goes to all: a job's own list of texts is taken for different ones. */
function isOneText(group: readonly Delivery[]): boolean {
  const first = group[0]?.job.text;
  return typeof first === 'string' && group.every(({ job }) => job.text === first);
}

/** Decides for each job, lets the account's hold have its say, records what must not be forgotten, and settles. */
async function settleGroup(group: readonly Delivery[], sent: Sent, context: DeliverContext): Promise<void> {
  const judged = judgeAll(group, sent, context);
  if (group.length > 1 && judged.every(isUndivided)) return sendInHalves(group, context);
  // A hold must stand before its jobs go back to wait, or they would be taken at once.
  const effect = await tellHolds(judged, sent, context);
  await record(withEffect(judged, effect, context.now()), sent, context);
}

/** Holds learn from every request. Failing here must not cost the messages their record. */
async function tellHolds(
  judged: readonly Judged[],
  sent: Sent,
  context: DeliverContext,
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
  { holds }: DeliverContext,
): Promise<RefusalEffect> {
  const [first] = judged;
  if (!first) return 'back';
  const hold = judged.map(holdOf).find((one) => one !== undefined);
  const { id, isCanary, journal } = first.delivery;
  if (hold && hold.reason !== 'unreachable') {
    const { reason, code } = hold;
    const { refusedAt, isAtFault = false } = journal;
    const before = refusedAt === undefined ? {} : { refusedBefore: refusedAt };
    return holds.refused({ reason, code, startedAt, first: id, isCanary, isAtFault, ...before });
  }
  const { kind } = attempt.outcome;
  if (kind === 'accepted' || kind === 'refused')
    await holds.answered({ kind, startedAt, canary: isCanary ? id : undefined });
  else if (isCanary) await holds.canaryFailed(id);
  return 'back';
}

const holdOf = ({ verdict, hold }: Judged): HoldAccount | undefined =>
  verdict.kind === 'hold' ? verdict : hold;

const isUndivided = ({ verdict }: Judged): boolean =>
  verdict.kind === 'split' && verdict.pieces === undefined;

/** The refusal says that nothing was taken, so the marks go first: a half that may not leave now must not look interrupted. */
async function sendInHalves(group: readonly Delivery[], context: DeliverContext): Promise<void> {
  context.telemetry.split(group.length);
  await unmark(group, context);
  const middle = Math.ceil(group.length / 2);
  await deliverGroup(group.slice(0, middle), context);
  await deliverGroup(group.slice(middle), context);
}
