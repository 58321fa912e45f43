import type { HoldReason } from '../../queue/hold-reasons.ts';
import { canaryRefused } from './hold-probes.ts';
import type { Hold, HoldRecord } from './hold-record.ts';
import { heldAnew, newHold, type Step, type StepContext, stands, withoutRow } from './hold-steps.ts';

/** A refusal that concerns the account and not one message. */
export interface AccountRefusal {
  readonly reason: Exclude<HoldReason, 'operator' | 'unreachable'>;
  readonly code: string;
  /** When the request began, epoch milliseconds. */
  readonly startedAt: number;
  /** The id of the request's first job. */
  readonly first: string;
  /** The id of its first message, where the job has several. */
  readonly firstMessage?: string;
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

/** So many requests in a row with a code that nobody knows hold the account. */
export const unknownCodeLimit = 5;

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

const witnessOf = ({ first, firstMessage = first }: AccountRefusal): string => firstMessage;

/** Only an account's fault takes a witness: no credit and a wrong address are no message's fault. */
function witnessed(record: HoldRecord, refusal: AccountRefusal): Step<RefusalEffect> {
  const { reason } = refusal;
  const { hold, witnessed: before = [] } = record;
  if (reason !== 'account-fault' || !hold || before.includes(reason)) return { record, result: 'back' };
  const next = { ...record, witnessed: [...before, reason], hold: { ...hold, witness: witnessOf(refusal) } };
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
  const hold = { ...newHold(record, refusal, context), witness: witnessOf(refusal) };
  return { record: { ...next, witnessed: [...before, refusal.reason], hold }, result: 'witness' };
}

/** The canary's refusal is the latest word on the account: of one reason there are several codes. */
function withCanaryRefused(
  record: HoldRecord,
  { isCanary, first, reason, code }: AccountRefusal,
  context: StepContext,
): HoldRecord {
  if (!isCanary) return record;
  const next = canaryRefused(record, first, context);
  const { hold } = next;
  return hold?.reason === reason && hold.code !== code ? { ...next, hold: { ...hold, code } } : next;
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

/** A message was taken in a request that began after the last hold: what is refused from now on is news. */
export function accepted(record: HoldRecord, startedAt: number): HoldRecord {
  const { witnessed: before, ...rest } = record;
  return !before || stands(record.hold) || startedAt < record.liftedAt ? record : rest;
}
