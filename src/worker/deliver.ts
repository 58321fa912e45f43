import type { Outcome } from '../jetsms/outcome.ts';
import type { Attempt, JetsmsClient, Parcel, ParcelMedia } from '../jetsms/parcel.ts';
import { emptyJournal, type Journal } from '../queue/journal.ts';
import { type SendJob, textAt } from '../queue/send-job.ts';
import type { EndpointBreaker } from './breaker.ts';
import type { Collectable } from './collector.ts';
import { decide, type Verdict } from './decide.ts';
import { halves, piecesByFate } from './division.ts';
import type { EndWriter } from './finish-together.ts';
import type { Hold } from './hold-store.ts';
import type { AccountHolds } from './holds.ts';
import { afterAttempt, beforeSending, outcomeCode } from './journal-entries.ts';
import type { JournalStore, JournalWrite, WriteResult } from './journal-store.ts';
import type { LateReplies } from './late-replies.ts';
import type { MediaLibrary } from './media.ts';
import { persist } from './persist.ts';
import type { Telemetry } from './telemetry.ts';

/** A job on its way to JetSMS. */
export interface Delivery extends Collectable {
  readonly id: string;
  /** The lock's token: what fences every write. */
  readonly token: string;
  readonly job: SendJob;
  readonly journal: Journal;
  /** When the job was taken from the queue, epoch milliseconds. */
  readonly takenAt: number;
  readonly settle: (settlement: Settlement) => void;
}

/** What came of a delivery, for the processor that waits for it. */
export type Settlement =
  | {
      readonly kind: 'verdict';
      readonly verdict: Verdict;
      readonly journal: Journal;
      /** How long the request took; missing where this run made none. */
      readonly durationMs?: number;
    }
  /** Nothing was sent: the job goes back as it was. */
  | { readonly kind: 'back' }
  /** The lock is another's now: nothing may be done with the job here. */
  | { readonly kind: 'lost' }
  /** A late reply has settled the message meanwhile; its journal says how. */
  | { readonly kind: 'superseded' }
  /** Redis refused a write, or a bug. A mark, if one was written, stays. */
  | { readonly kind: 'failed'; readonly error: unknown };

/** What delivering needs of the world. */
export interface DeliverContext {
  readonly client: JetsmsClient;
  readonly breaker: EndpointBreaker;
  readonly holds: AccountHolds;
  readonly journals: JournalStore;
  readonly lateReplies: LateReplies;
  readonly media: MediaLibrary;
  readonly telemetry: Telemetry;
  readonly worker: string;
  readonly maxResends: number;
  readonly lockDurationMs: number;
  readonly windowOpensAt: (now: number) => number | undefined;
  readonly ends: Pick<EndWriter, 'room'>;
  readonly now: () => number;
  readonly random: () => number;
}

/**
 * Sends a group of jobs in one request and settles each of them. Never throws: what goes wrong here (Redis, a
 * bug) settles the jobs that are still open as `failed`.
 */
export async function deliverGroup(group: readonly Delivery[], context: DeliverContext): Promise<void> {
  try {
    await sendGroup(group, context);
  } catch (error) {
    for (const delivery of group) delivery.settle({ kind: 'failed', error });
  }
}

async function sendGroup(group: readonly Delivery[], context: DeliverContext): Promise<void> {
  const fit = await turnAway(group, context);
  const media = await mediaOf(fit, context);
  const marked = await mark(fit, context);
  if (marked.length === 0) return;
  const parcel = parcelOf(marked, media);
  const startedAt = context.now();
  const attempt = await context.breaker.run(() => context.client.send(parcel));
  if (attempt === 'open') return giveBack(marked, context);
  const messages = parcel.messages.length;
  context.telemetry.request({ outcome: attempt.outcome, durationMs: attempt.durationMs, messages });
  await judge(marked, { attempt, startedAt, messages, isOneText: isOneText(marked) }, context);
}

/** Jobs that must not be sent now: too old, or taken before the account was held. */
async function turnAway(
  group: readonly Delivery[],
  { holds, now }: DeliverContext,
): Promise<readonly Delivery[]> {
  // Nothing leaves a stopped queue; that something was taken from it means that a person has resumed it, or
  // that it was taken in the moment in which the queue was being stopped.
  if (holds.current()?.mode === 'stopped') await holds.refresh();
  const hold = holds.current();
  const isHeld = ({ takenAt }: Delivery): boolean => {
    if (!hold || hold.mode === 'resuming') return false;
    return hold.mode === 'stopped' || takenAt < hold.modeSince;
  };
  return group.filter((delivery) => {
    const isFit = now() < delivery.job.deadlineAt && !isHeld(delivery);
    if (!isFit) delivery.settle({ kind: 'back' });
    return isFit;
  });
}

/** Writes "sending" on every job whose second sending would matter, all in one round trip. */
async function mark(group: readonly Delivery[], context: DeliverContext): Promise<readonly Delivery[]> {
  const { journals, worker, now, telemetry } = context;
  const needing = group.filter(({ job }) => job.whenUncertain === 'park');
  const at = now();
  const ofFirstAttempt = beforeSending(emptyJournal, at, worker);
  const marked = (journal: Journal): Journal =>
    journal === emptyJournal ? ofFirstAttempt : beforeSending(journal, at, worker);
  const results = await journals.write(
    needing.map(({ id, token, journal }) => ({ id, token, journal: marked(journal) })),
  );
  const stopped = new Set<Delivery>();
  const lost: Delivery[] = [];
  results.forEach((result, index) => {
    const delivery = needing[index];
    if (result === 'written' || !delivery) return;
    if (result === 'lost') lost.push(delivery);
    else delivery.settle({ kind: result });
    stopped.add(delivery);
  });
  await Promise.all(
    lost.map(async (delivery) => {
      telemetry.lockLost(delivery.id, 'before sending');
      await unmarkLost(delivery, at, context);
      delivery.settle({ kind: 'lost' });
    }),
  );
  return stopped.size === 0 ? group : group.filter((delivery) => !stopped.has(delivery));
}

/**
 * A mark that was written although Redis now says that the lock is lost: the connection broke in between, and
 * the write was repeated. Nothing was sent, so the mark must not make the message look interrupted.
 */
async function unmarkLost(
  { id, job, journal: after }: Delivery,
  markedAt: number,
  { journals, worker }: DeliverContext,
): Promise<void> {
  const found = await journals.read(id);
  if (!found) return;
  if (!found.read.ok) return;
  const before = found.read.journal;
  const isOurs = before.sending?.worker === worker && before.sending.at === markedAt;
  if (isOurs) await journals.replace(id, found.raw, { job, before, after });
}

/** What an MMS carries; it travels alone, so its group has one job. */
async function mediaOf(
  [first]: readonly Delivery[],
  { media }: DeliverContext,
): Promise<ParcelMedia | undefined> {
  const stored = first?.job.media;
  if (!stored) return undefined;
  const { hash, subject, contentType } = stored;
  return { subject, contentType, dataBase64: await media.base64(hash) };
}

function parcelOf(group: readonly Delivery[], media: ParcelMedia | undefined): Parcel {
  const messages = group.flatMap(({ id, job }) =>
    job.to.map((to, index) => ({
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

/** The endpoint counts as unreachable: nothing was sent, and nothing is lost by waiting for the hold to show. */
async function giveBack(group: readonly Delivery[], context: DeliverContext): Promise<void> {
  await context.holds.refresh();
  await unmark(group, context);
  for (const delivery of group) delivery.settle({ kind: 'back' });
}

/** Takes back what `mark` wrote: it is certain that nothing was sent. */
async function unmark(group: readonly Delivery[], { journals }: DeliverContext): Promise<void> {
  const marked = group.filter(({ job }) => job.whenUncertain === 'park');
  await journals.write(marked.map(({ id, token, journal }) => ({ id, token, journal })));
}

interface Sent {
  readonly attempt: Attempt;
  /** All messages of the request have the same text. */
  readonly isOneText: boolean;
  readonly startedAt: number;
  /** Messages in the request. */
  readonly messages: number;
}

/** Whether one text goes to all: a job's own list of texts is taken for different ones. */
function isOneText(group: readonly Delivery[]): boolean {
  const first = group[0]?.job.text;
  return typeof first === 'string' && group.every(({ job }) => job.text === first);
}

interface Judged {
  readonly delivery: Delivery;
  readonly outcome: Outcome;
  readonly verdict: Verdict;
}

/** Decides for each job, records what must not be forgotten, and settles. */
async function judge(group: readonly Delivery[], sent: Sent, context: DeliverContext): Promise<void> {
  const judged = judgeAll(group, sent, context);
  if (group.length > 1 && judged.every(isUndivided)) {
    return sendInHalves(group, context);
  }
  // A hold must stand before its jobs go back to wait, or they would be taken at once; all else can follow.
  const isHeld = judged[0]?.verdict.kind === 'hold';
  if (isHeld) await tellHolds(judged, sent, context);
  await record(judged, sent, context);
  if (!isHeld) await tellHolds(judged, sent, context);
}

/** Holds learn from every request. Failing here must not cost the messages their record. */
async function tellHolds(
  judged: readonly Judged[],
  { startedAt, messages }: Sent,
  context: DeliverContext,
): Promise<void> {
  const [first] = judged;
  if (!first) return;
  try {
    await context.holds.answered({ outcome: first.outcome, verdict: first.verdict, startedAt, messages });
  } catch (error) {
    context.telemetry.unexpected(error, 'hold');
  }
}

const isUndivided = ({ verdict }: Judged): boolean =>
  verdict.kind === 'split' && verdict.pieces === undefined;

function judgeAll(group: readonly Delivery[], sent: Sent, context: DeliverContext): readonly Judged[] {
  const { outcome, perMessage } = sent.attempt;
  let first = 0;
  return group.map((delivery) => {
    const own = perMessage?.slice(first, first + delivery.messages);
    first += delivery.messages;
    if (own) return judgeEach(delivery, own, sent.attempt.outcome, context);
    const verdict = verdictOf(delivery, outcome, sent, context);
    const isBulk = verdict.kind === 'split' && delivery.messages > 1;
    if (!isBulk) return { delivery, outcome, verdict };
    return { delivery, outcome, verdict: { ...verdict, pieces: halves(delivery.job, delivery.journal) } };
  });
}

/** The provider answered for each recipient: one end for all, or a piece for each. */
function judgeEach(
  delivery: Delivery,
  outcomes: readonly Outcome[],
  ofRequest: Outcome,
  context: DeliverContext,
): Judged {
  const verdicts = outcomes.map((outcome) => verdictOf(delivery, outcome, alone, context));
  const pieces = piecesByFate(verdicts, delivery.journal);
  const [outcome] = outcomes;
  const [verdict] = verdicts;
  if (pieces.length === 1 && outcome && verdict) return { delivery, outcome, verdict };
  const divided: Verdict = { kind: 'split', rule: 'by recipient', pieces };
  return { delivery, outcome: ofRequest, verdict: divided };
}

/** A canary, of whatever hold, or a message right after an outage: that it cannot be sent is not its own fault. */
const isOnProbation = (hold: Hold | undefined): boolean =>
  hold?.mode === 'probing' || hold?.reason === 'unreachable';

/** What travelled together, as far as a verdict cares; JetSMS's word on one recipient concerns that one alone. */
type Company = Pick<Sent, 'messages' | 'isOneText'>;
const alone: Company = { messages: 1, isOneText: true };

function verdictOf(
  delivery: Delivery,
  outcome: Outcome,
  { messages, isOneText }: Company,
  context: DeliverContext,
): Verdict {
  const { job, journal } = delivery;
  const now = context.now();
  const windowOpensAt = outcome.kind === 'refused' ? context.windowOpensAt(now) : undefined;
  return decide({
    outcome,
    attempts: journal.attempts,
    resends: journal.resends,
    whenUncertain: job.whenUncertain,
    maxResends: context.maxResends,
    deadlineAt: job.deadlineAt,
    messages,
    isOneText,
    unreachable: isOnProbation(context.holds.current()),
    ...(windowOpensAt === undefined ? {} : { windowOpensAt }),
    now,
    random: context.random(),
  });
}

/** The refusal says that nothing was taken, so the marks go first: a half that may not leave now must not look interrupted. */
async function sendInHalves(group: readonly Delivery[], context: DeliverContext): Promise<void> {
  context.telemetry.split(group.length);
  await unmark(group, context);
  const middle = Math.ceil(group.length / 2);
  await deliverGroup(group.slice(0, middle), context);
  await deliverGroup(group.slice(middle), context);
}

/** What this attempt came to does not count any more: an earlier one was accepted, as its late reply says. */
const settledMeanwhile: Verdict = { kind: 'complete', rule: 'late reply', groupId: '' };

/**
 * Records outcomes before they are settled. An accepted single message needs no record: its end is written in
 * the next step, and should Redis not take it, `lost-ends.ts` sees to it. But where its lock can have run out
 * meanwhile, the write tells; and bulk, whose end has to wait for its turn, must not be in doubt meanwhile.
 */
async function record(judged: readonly Judged[], sent: Sent, context: DeliverContext): Promise<void> {
  const writes = judged.filter((one) => needsRecord(one, context)).map((one) => recordOf(one, sent, context));
  const results = await persist(
    () => context.journals.write(writes.map(({ write }) => write)),
    context.telemetry,
  );
  const recorded = new Map<Judged, Recorded>(
    writes.map(({ one, write }, index) => [one, { write, result: results[index] }]),
  );
  for (const one of judged) {
    const result = recorded.get(one)?.result;
    const told = result === 'superseded' ? { ...one, verdict: settledMeanwhile } : one;
    report(told, sent, { late: result === 'lost' }, context);
  }
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
  const { delivery, outcome, verdict } = one;
  if (result === 'lost') return late(one, context);
  if (result === 'superseded') delivery.settle({ kind: 'superseded' });
  else {
    if (verdict.kind === 'retry' && verdict.resend)
      context.telemetry.resent(delivery.job.lane, outcomeCode(outcome));
    const { durationMs } = attempt;
    delivery.settle({ kind: 'verdict', verdict, journal: write?.journal ?? delivery.journal, durationMs });
  }
  return undefined;
}

const needsRecord = ({ delivery, verdict }: Judged, { lockDurationMs, now }: DeliverContext): boolean =>
  delivery.job.campaign !== undefined ||
  (verdict.kind === 'hold'
    ? delivery.job.whenUncertain === 'park'
    : verdict.kind !== 'complete' || delivery.lane === 'bulk') ||
  now() - delivery.takenAt > lockDurationMs / 2;

function recordOf(
  one: Judged,
  { attempt }: Sent,
  { now, worker }: DeliverContext,
): { readonly one: Judged; readonly write: JournalWrite } {
  const { delivery, outcome, verdict } = one;
  const { id, token, job } = delivery;
  const facts = { outcome, verdict, now: now(), durationMs: attempt.durationMs, worker };
  return { one, write: { id, token, job, journal: afterAttempt(delivery.journal, facts) } };
}

async function late({ delivery, outcome, verdict }: Judged, context: DeliverContext): Promise<void> {
  context.telemetry.lockLost(delivery.id, 'after the reply');
  await context.lateReplies.settle(delivery, outcome, verdict);
  delivery.settle({ kind: 'lost' });
}

function report(judged: Judged, sent: Sent, { late }: { late: boolean }, context: DeliverContext): void {
  const { delivery, outcome, verdict } = judged;
  const { telemetry } = context;
  telemetry.attempt({
    id: delivery.id,
    job: delivery.job,
    attempt: (delivery.journal.history.at(-1)?.n ?? 0) + 1,
    outcome,
    verdict,
    durationMs: sent.attempt.durationMs,
    waitedMs: sent.startedAt - delivery.job.enqueuedAt,
    travelled: sent.messages,
    late,
  });
}
