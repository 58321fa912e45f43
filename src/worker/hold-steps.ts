import type { AccountSettings } from '../settings/account.ts';
import type { Hold, HoldReason, HoldRecord } from './hold-record.ts';

/** The settings that shape a hold. */
export interface HoldPolicy {
  /** Before the first probe; the waits grow from there. */
  readonly probeIntervalMs: number;
  readonly maxProbeIntervalMs: number;
  /** How long a canary may be under way. */
  readonly canaryLimitMs: number;
  /** The pace right after a hold; it doubles every `paceStepMs`. */
  readonly resumeRatePerSecond: number;
}

/** A canary is given its whole request, and a while for the pace and for Redis. */
const canaryGraceMs = 10_000;

/** The policy of an account's settings. */
export function holdPolicyOf(
  account: Pick<
    AccountSettings,
    'probeIntervalMs' | 'maxProbeIntervalMs' | 'requestTimeoutMs' | 'resumeRatePerSecond'
  >,
): HoldPolicy {
  const { probeIntervalMs, maxProbeIntervalMs, requestTimeoutMs, resumeRatePerSecond } = account;
  return {
    probeIntervalMs,
    maxProbeIntervalMs,
    resumeRatePerSecond,
    canaryLimitMs: requestTimeoutMs + canaryGraceMs,
  };
}

/** What a step knows of the moment and of who takes it. */
export interface StepContext {
  readonly policy: HoldPolicy;
  /** Epoch milliseconds, by Redis's clock. */
  readonly now: number;
  readonly worker: string;
}

/** A refusal that concerns the account and not one message. */
export interface AccountRefusal {
  readonly reason: Exclude<HoldReason, 'operator' | 'unreachable'>;
  readonly code: string;
  /** When the request began, epoch milliseconds. */
  readonly startedAt: number;
  /** The id of the request's first message. */
  readonly first: string;
  /** The request was the canary of the hold that stands. */
  readonly isCanary: boolean;
  /** When the first message was refused with its account before; it travels alone since. */
  readonly refusedBefore?: number;
  /** The messages of the request are those among which one was found at fault. */
  readonly isAtFault: boolean;
  /** When the latest request began that this worker knows to have been accepted. */
  readonly acceptedAt: number;
}

/**
 * What becomes of the request's first message; all others go back to wait.
 *
 * - `witness`: it dies, for it bears witness to what is wrong with the account.
 * - `back`: it waits with the others.
 * - `on-trial`: others are accepted, so perhaps it is the message: it is tried once more in a while.
 * - `aside`: the same, but another message is on trial.
 * - `at-fault`: it was on trial, and nothing else was refused meanwhile.
 */
export type RefusalEffect = 'witness' | 'back' | 'on-trial' | 'aside' | 'at-fault';

/** A step changes the record, and says what it has come to. The record is the same object where nothing changes. */
export interface Step<Result> {
  readonly record: HoldRecord;
  readonly result: Result;
}

/**
 * How much longer each wait between two probes is. With 1.5 the end of an outage is noticed after at most half as
 * long as it lasted.
 */
const probeGrowth = 1.5;

/** So many requests in a row with a code that nobody knows hold the account. */
export const unknownCodeLimit = 5;

/** How long one step of the rising pace lasts. */
export const paceStepMs = 5_000;

/** A pace above this is no brake any more: the hold is over. */
const fullPacePerSecond = 10_000;

/** Whether a hold lets nothing pass but a canary. */
export const stands = (hold: Hold | undefined): hold is Hold =>
  hold !== undefined && hold.mode !== 'resuming';

/** The wait before the probe after so many. */
export const probeWaitMs = (probes: number, { probeIntervalMs, maxProbeIntervalMs }: HoldPolicy): number =>
  Math.round(Math.min(maxProbeIntervalMs, probeIntervalMs * probeGrowth ** Math.min(probes, 50)));

/**
 * A refusal of the account. The first one sets the hold, and its first message is the witness. One that meets a
 * standing hold of the same reason, or whose request began before the last hold was lifted, goes back. So does one
 * of a reason that had its witness, until a message is taken: that an account could log in, or that somebody resumed
 * it, does not make the next refusal another incident.
 */
export function refused(
  record: HoldRecord,
  refusal: AccountRefusal,
  context: StepContext,
): Step<RefusalEffect> {
  const { hold } = record;
  if (refusal.startedAt < record.liftedAt) return { record, result: 'back' };
  if (refusal.reason === 'unknown-code') return unknownCode(record, refusal, context);
  if (!stands(hold))
    return tried(record, refusal, context) ?? witnessed(heldAnew(record, refusal, context), refusal);
  if (hold.reason === refusal.reason || hold.beneath?.reason === refusal.reason)
    return { record: withCanaryRefused(record, refusal, context), result: 'back' };
  const next =
    hold.reason === 'operator' ? laidBeneath(record, hold, refusal) : heldAnew(record, refusal, context);
  return witnessed(next, refusal);
}

/** A trial of which nothing was heard for so long is over. */
const trialLimitMs = 60_000;

/**
 * A message that was refused before, while others have been accepted since: it or the account may be the reason. So it
 * is tried once more. Were it the account, another message is refused meanwhile, which begins a hold and ends the
 * trial. One at a time, or the next incident would cost all that the one before has sent back. Of several messages that
 * were found at fault together none is given up, nor divided further, before somebody was accepted after that.
 */
function tried(
  record: HoldRecord,
  { reason, first, startedAt, acceptedAt, refusedBefore, isAtFault, isCanary }: AccountRefusal,
  { now }: StepContext,
): Step<RefusalEffect> | undefined {
  if (reason !== 'endpoint' || refusedBefore === undefined || isCanary) return undefined;
  const othersWereAccepted = Math.max(acceptedAt, record.provenAt) > refusedBefore;
  if (isAtFault) return othersWereAccepted ? { record, result: 'at-fault' } : undefined;
  const { trial, ...rest } = record;
  const isOn = trial !== undefined && trial.since > record.liftedAt && now - trial.since < trialLimitMs;
  if (isOn && trial.id === first && startedAt > trial.since) return { record: rest, result: 'at-fault' };
  if (!othersWereAccepted) return undefined;
  if (isOn) return { record, result: 'aside' };
  return { record: { ...record, trial: { id: first, since: now } }, result: 'on-trial' };
}

/** A person's hold stays on top; what was met meanwhile comes to light when they resume. */
const laidBeneath = (record: HoldRecord, hold: Hold, { reason, code }: AccountRefusal): HoldRecord => ({
  ...record,
  hold: { ...hold, beneath: { reason, code } },
});

const heldAnew = (record: HoldRecord, cause: HoldCause, context: StepContext): HoldRecord => ({
  ...record,
  hold: newHold(record, cause, context),
});

/** Only an account's fault takes a witness: no credit and a wrong address are no message's fault. */
function witnessed(record: HoldRecord, { reason, first }: AccountRefusal): Step<RefusalEffect> {
  const { hold, witnessed: before = [] } = record;
  if (reason !== 'account-fault' || !hold || before.includes(reason)) return { record, result: 'back' };
  const next = { ...record, witnessed: [...before, reason], hold: { ...hold, witness: first } };
  return { record: next, result: 'witness' };
}

/** Each request's first message is given up, until there have been too many in a row: then the account is held. */
function unknownCode(record: HoldRecord, refusal: AccountRefusal, context: StepContext): Step<RefusalEffect> {
  if (stands(record.hold)) return { record: withCanaryRefused(record, refusal, context), result: 'back' };
  const { witnessed: before = [] } = record;
  if (before.includes('unknown-code')) return { record: heldAnew(record, refusal, context), result: 'back' };
  const unknownInRow = record.unknownInRow + 1;
  const unknownAt = Math.max(record.unknownAt ?? 0, refusal.startedAt);
  const next = { ...record, unknownInRow, unknownAt };
  if (unknownInRow < unknownCodeLimit) return { record: next, result: 'witness' };
  const hold = { ...newHold(record, refusal, context), witness: refusal.first };
  return { record: { ...next, witnessed: [...before, refusal.reason], hold }, result: 'witness' };
}

function withCanaryRefused(record: HoldRecord, { isCanary, first }: AccountRefusal, context: StepContext) {
  return isCanary ? canaryFailed(record, context, first) : record;
}

interface HoldCause {
  readonly reason: HoldReason;
  readonly code: string;
}

function newHold(
  { hold }: HoldRecord,
  { reason, code }: HoldCause,
  { now, worker, policy }: StepContext,
): Hold {
  const isRelapse = hold?.reason === reason;
  return {
    reason,
    code,
    mode: 'probing',
    since: isRelapse ? hold.since : now,
    modeSince: now,
    by: `worker ${worker}`,
    probes: 0,
    nextProbeAt: now + probeWaitMs(0, policy),
    canaryMayGo: false,
  };
}

/** The endpoint does not answer: held, unless the account is held already. */
export function beginUnreachable(record: HoldRecord, code: string, context: StepContext): HoldRecord {
  if (stands(record.hold)) return record;
  return heldAnew(record, { reason: 'unreachable', code }, context);
}

/**
 * A listed code, or an acceptance: no row of unknown codes any more. The answers to requests that left before the row
 * did come among those of the row, and say nothing about it.
 */
export const codeWasKnown = (record: HoldRecord, startedAt: number): HoldRecord =>
  startedAt > (record.unknownAt ?? Number.POSITIVE_INFINITY) ? withoutRow(record) : record;

const withoutRow = ({ unknownAt: _latest, ...record }: HoldRecord): HoldRecord => ({
  ...record,
  unknownInRow: 0,
});

/** A message was taken in a request that began after the last hold: what is refused from now on is news. */
export function accepted(record: HoldRecord, startedAt: number): HoldRecord {
  const { witnessed: before, ...rest } = record;
  return !before || stands(record.hold) || startedAt < record.liftedAt ? record : rest;
}

const canaryIsOut = ({ canary }: Hold, now: number): boolean => canary !== undefined && canary.until > now;

/** Whether it is time to probe; then this worker does so, and nobody else until the next time. */
export function claimProbe(record: HoldRecord, { now, policy }: StepContext): Step<boolean> {
  const { hold } = record;
  if (hold?.mode !== 'probing' || now < hold.nextProbeAt || canaryIsOut(hold, now))
    return { record, result: false };
  const probes = hold.probes + 1;
  const { canary: _lost, ...rest } = hold;
  const claimed: Hold = { ...rest, probes, nextProbeAt: now + probeWaitMs(probes, policy) };
  return { record: { ...record, hold: claimed }, result: true };
}

/** What the question to JetSMS came to; `cannot-tell` too where there is no question. */
export interface ProbeAnswer {
  readonly says: 'yes' | 'no' | 'cannot-tell';
  readonly credit?: number;
  /** Whether the account has a message that could be the canary. */
  readonly hasWaiting: boolean;
}

/**
 * Each so many probes one message goes although the answer is no: an account may be refused nothing but its
 * questions, or be told of a credit that says nothing, and a hold must not stand on that for ever.
 */
export const probesToDoubt = 10;

/** A yes lifts the hold of an account with nothing to send; otherwise one message shows whether it is true. */
export function answered(record: HoldRecord, answer: ProbeAnswer, context: StepContext): HoldRecord {
  const { hold } = record;
  if (hold?.mode !== 'probing') return record;
  const { credit, says, hasWaiting } = answer;
  const next = hold.reason === 'no-credit' && credit !== undefined ? { ...hold, credit } : hold;
  if (says === 'no' && hold.probes % probesToDoubt !== 0) return { ...record, hold: next };
  if (says === 'yes' && !hasWaiting) return lifted(record, 0, context);
  return { ...record, hold: { ...next, canaryMayGo: true } };
}

/** A job taken while the account is held. */
export interface TakenWhileHeld {
  readonly id: string;
  /** Whether other jobs wait besides. */
  readonly othersWait: boolean;
}

/**
 * - `canary`: one message of it goes.
 * - `aside`: its message was a canary before and was refused, so it lets the others by.
 * - `back`: it waits.
 * - `free`: there is no hold any more.
 */
export type Admission = 'canary' | 'aside' | 'back' | 'free';

/** The jobs whose messages were refused as canaries of this hold. */
export const refusedAsCanary = (hold: Hold | undefined): readonly string[] => hold?.refusedCanaries ?? [];

export function admit(
  record: HoldRecord,
  { id, othersWait }: TakenWhileHeld,
  { now, worker, policy }: StepContext,
): Step<Admission> {
  const { hold } = record;
  if (!stands(hold)) return { record, result: 'free' };
  if (othersWait && refusedAsCanary(hold).includes(id)) return { record, result: 'aside' };
  if (hold.mode !== 'probing' || !hold.canaryMayGo || canaryIsOut(hold, now))
    return { record, result: 'back' };
  const canary = { id, worker, until: now + policy.canaryLimitMs };
  return { record: { ...record, hold: { ...hold, canaryMayGo: false, canary } }, result: 'canary' };
}

/** The canary was accepted: the reason is gone. Flow again, at a rising pace. */
export const canaryAccepted = (record: HoldRecord, startedAt: number, context: StepContext): HoldRecord =>
  record.hold?.mode === 'probing' ? lifted(record, startedAt, context) : record;

/** It was not taken: the next one goes after the next, longer wait. @param refused the message, where it was refused */
export function canaryFailed(record: HoldRecord, { now, policy }: StepContext, refused?: string): HoldRecord {
  const { hold } = record;
  if (hold?.mode !== 'probing') return record;
  const { canary: _done, ...rest } = hold;
  const nextProbeAt = now + probeWaitMs(hold.probes, policy);
  const failed: Hold = { ...rest, canaryMayGo: false, nextProbeAt };
  if (refused === undefined) return { ...record, hold: failed };
  const others = refusedAsCanary(hold).filter((id) => id !== refused);
  const refusedCanaries = [...others, refused].slice(-refusedCanariesKept);
  return { ...record, hold: { ...failed, refusedCanaries } };
}

/** More messages in a row that a firewall dislikes, and the first is tried anew. */
const refusedCanariesKept = 20;

/** It ended without saying anything of the account: the next message may go at once. */
export function canaryReturned(record: HoldRecord, id: string): HoldRecord {
  const { hold } = record;
  if (hold?.mode !== 'probing' || hold.canary?.id !== id) return record;
  const { canary: _done, ...rest } = hold;
  return { ...record, hold: { ...rest, canaryMayGo: true } };
}

function lifted(record: HoldRecord, provenAt: number, { now }: StepContext): HoldRecord {
  const { hold, witnessed: before, ...rest } = withoutRow(record);
  if (!hold) return record;
  const { reason, code, since, by } = hold;
  return {
    ...rest,
    ...(before && provenAt === 0 ? { witnessed: before } : {}),
    liftedAt: now,
    provenAt: Math.max(record.provenAt, provenAt),
    hold: {
      reason,
      mode: 'resuming',
      ...(code === undefined ? {} : { code }),
      since,
      modeSince: now,
      by,
      probes: 0,
      nextProbeAt: 0,
      canaryMayGo: false,
    },
  };
}

/** A person holds the account; what stood there comes to light again when they resume. */
export function holdByPerson(
  record: HoldRecord,
  { by, note, now }: { readonly by: string; readonly note: string; readonly now: number },
): HoldRecord {
  const { hold } = record;
  const beneath = beneathOf(hold);
  return {
    ...record,
    hold: {
      reason: 'operator',
      mode: 'stopped',
      since: now,
      modeSince: now,
      by: `operator ${by}`,
      note,
      probes: 0,
      nextProbeAt: 0,
      canaryMayGo: false,
      ...(beneath ? { beneath } : {}),
    },
  };
}

function beneathOf(hold: Hold | undefined): Hold['beneath'] {
  if (!stands(hold)) return undefined;
  if (hold.reason === 'operator') return hold.beneath;
  return { reason: hold.reason, ...(hold.code === undefined ? {} : { code: hold.code }) };
}

/** A person resumes: their own hold ends; any other reason is probed at once, by a message whatever a question says. */
export function resumeByPerson(record: HoldRecord, now: number): HoldRecord {
  const { hold, ...rest } = withoutRow(record);
  if (!stands(hold)) return record;
  const { beneath, note: _note, ...facts } = hold;
  if (hold.reason === 'operator' && !beneath) return { ...rest, liftedAt: now };
  const { canary: _canary, refusedCanaries: _refused, ...present } = facts;
  return {
    ...rest,
    hold: {
      ...present,
      ...beneath,
      mode: 'probing',
      modeSince: now,
      probes: 0,
      nextProbeAt: now,
      canaryMayGo: true,
    },
  };
}

/** The rising pace comes to its end: then there is nothing left of the hold. */
export function paced(record: HoldRecord, { now, policy }: StepContext): HoldRecord {
  const { hold, ...rest } = record;
  return hold?.mode === 'resuming' && paceOf(hold, now, policy) > fullPacePerSecond ? rest : record;
}

/** Send jobs a second while an account resumes. */
export const paceOf = ({ modeSince }: Hold, now: number, { resumeRatePerSecond }: HoldPolicy): number =>
  resumeRatePerSecond * 2 ** Math.max(0, Math.floor((now - modeSince) / paceStepMs));

/** What the queue may let through, as an economy: it spares taking jobs that would only go back. */
export type Gate =
  | { readonly kind: 'open' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'one' }
  | { readonly kind: 'paced'; readonly perSecond: number };

export function gateOf({ hold }: HoldRecord, now: number, policy: HoldPolicy): Gate {
  if (!hold) return { kind: 'open' };
  if (hold.mode === 'resuming') return { kind: 'paced', perSecond: paceOf(hold, now, policy) };
  const mayGo = hold.mode === 'probing' && hold.canaryMayGo && !canaryIsOut(hold, now);
  return { kind: mayGo ? 'one' : 'closed' };
}

/** The hold as people should see it: the record, or the dashboard's own pause. */
export function shownHold({ hold }: HoldRecord, isPaused: boolean): Hold | undefined {
  if (stands(hold) || !isPaused) return hold;
  return {
    reason: 'operator',
    mode: 'stopped',
    since: 0,
    modeSince: 0,
    by: 'dashboard',
    note: 'The queue was paused on the dashboard.',
    probes: 0,
    nextProbeAt: 0,
    canaryMayGo: false,
  };
}
