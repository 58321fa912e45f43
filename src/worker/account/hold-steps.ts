import type { Gate } from '../../bullmq/queue-gate.ts';
import { type Lane, lanes } from '../../message/lane.ts';
import type { HoldReason } from '../../queue/hold-reasons.ts';
import type { AccountSettings } from '../../settings/account.ts';
import type { Hold, HoldRecord } from './hold-record.ts';

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

export const heldAnew = (record: HoldRecord, cause: HoldCause, context: StepContext): HoldRecord => ({
  ...record,
  hold: newHold(record, cause, context),
});

interface HoldCause {
  readonly reason: HoldReason;
  readonly code: string;
}

export function newHold(
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

export const withoutRow = ({ unknownAt: _latest, ...record }: HoldRecord): HoldRecord => ({
  ...record,
  unknownInRow: 0,
});

export const canaryIsOut = ({ canary }: Hold, now: number): boolean =>
  canary !== undefined && canary.until > now;

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

export function gateOf({ hold }: HoldRecord, now: number, policy: HoldPolicy): Gate {
  if (!hold) return { kind: 'open' };
  if (hold.mode === 'resuming') return { kind: 'paced', perSecond: paceOf(hold, now, policy) };
  const mayGo = hold.mode === 'probing' && hold.canaryMayGo && !canaryIsOut(hold, now);
  return { kind: mayGo ? 'one' : 'closed' };
}

/** The hold as people should see it: the record, or the dashboard's own pauses. */
export function shownHold({ hold }: HoldRecord, pausedLanes: readonly Lane[]): Hold | undefined {
  if (stands(hold) || pausedLanes.length === 0) return hold;
  const others = pausedLanes.length < lanes.length ? '; the other lanes send' : '';
  return {
    reason: 'operator',
    mode: 'stopped',
    since: 0,
    modeSince: 0,
    by: 'dashboard',
    lanes: pausedLanes,
    note: `Paused on the dashboard: ${pausedLanes.join(', ')}${others}`,
    probes: 0,
    nextProbeAt: 0,
    canaryMayGo: false,
  };
}
