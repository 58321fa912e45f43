import type { Gates, Hold, HoldReason, StoredHold } from './hold-store.ts';

/** A change of an account's hold: the record to write (none = forget it) and what the queue lets through. */
export interface HoldStep {
  readonly hold: Hold | undefined;
  readonly gates: Gates;
}

/** The settings that shape a hold. */
export interface HoldPolicy {
  readonly probeIntervalMs: number;
  /** The pace right after a hold; it doubles every `paceStepMs`. */
  readonly resumeRatePerSecond: number;
}

/** How long one step of the rising pace lasts. */
export const paceStepMs = 5_000;

/** A pace above this is no brake any more: the hold is over. */
export const fullPacePerSecond = 10_000;

/** Reasons that only a person can judge; the others are probed. */
const needsPerson = (reason: HoldReason): boolean => reason === 'operator' || reason === 'account-fault';

/** A worse reason is not overwritten by a lesser one: a person's word first, then what only a person can mend. */
const weight: Readonly<Record<HoldReason, number>> = {
  unreachable: 1,
  'no-credit': 2,
  'account-fault': 3,
  operator: 4,
};

export interface HoldCause {
  readonly reason: HoldReason;
  readonly code?: string;
  readonly by: string;
  readonly note?: string;
  readonly now: number;
}

/** Begins a hold, or begins it anew where the account was only probing or resuming. Nothing where a weightier one stands. */
export function beginHold(stored: StoredHold, cause: HoldCause, policy: HoldPolicy): HoldStep | undefined {
  const { now, ...facts } = cause;
  const { hold } = stored;
  if (hold && hold.mode !== 'resuming' && weight[hold.reason] > weight[cause.reason]) return undefined;
  const since = hold?.reason === cause.reason ? hold.since : now;
  if (needsPerson(cause.reason)) {
    const stopped: Hold = { ...facts, mode: 'stopped', since, modeSince: now, ...beneathOf(hold, cause) };
    return { hold: stopped, gates: { paused: true } };
  }
  if (hold?.mode === 'probing' && hold.reason === cause.reason) return undefined;
  const { probeIntervalMs } = policy;
  return {
    hold: { ...facts, mode: 'probing', since, modeSince: now },
    gates: { onePerMs: probeIntervalMs, firstAfterMs: probeIntervalMs },
  };
}

/** A person's hold on top of an account's fault does not mend the fault. */
const beneathOf = (hold: Hold | undefined, { reason }: HoldCause): Pick<Hold, 'beneath'> =>
  reason === 'operator' && (hold?.reason === 'account-fault' || hold?.beneath)
    ? { beneath: 'account-fault' }
    : {};

/** The reason is gone, as a probe has shown: flow again, at a rising pace. */
export function endHold(hold: Hold, now: number, policy: HoldPolicy): HoldStep {
  return {
    hold: { ...hold, mode: 'resuming', modeSince: now },
    gates: { perSecond: policy.resumeRatePerSecond },
  };
}

/**
 * What JetSMS's word on the credit means for an account that is held for want of it. None: no canary is spent,
 * for as long as somebody goes on asking. More than at first: flow again. Some, but no more than at first: it
 * was too little for a message, and a canary shows whether it still is.
 */
export function creditTold(
  { hold }: StoredHold,
  credit: number,
  now: number,
  policy: HoldPolicy,
): HoldStep | undefined {
  if (hold?.mode !== 'probing' || hold.reason !== 'no-credit') return undefined;
  const { probeIntervalMs: onePerMs } = policy;
  // Twice the interval: the next word comes before it is over, and without one a canary goes.
  if (credit <= 0) return { hold: { ...hold, credit: 0 }, gates: { onePerMs, firstAfterMs: 2 * onePerMs } };
  const { credit: atFirst, ...rest } = hold;
  if (atFirst === undefined)
    return { hold: { ...hold, credit }, gates: { onePerMs, firstAfterMs: onePerMs } };
  return credit > atFirst ? endHold(rest, now, policy) : undefined;
}

/** A person resumes: their own hold ends; any other reason is probed at once, one canary first. */
export function resumeByPerson(hold: Hold | undefined, now: number, policy: HoldPolicy): HoldStep {
  if (!hold || (hold.reason === 'operator' && !hold.beneath)) {
    return { hold: undefined, gates: { paused: false } };
  }
  const { beneath, ...present } = hold;
  return {
    hold: { ...present, reason: beneath ?? present.reason, mode: 'probing', modeSince: now },
    gates: { paused: false, onePerMs: policy.probeIntervalMs },
  };
}

/**
 * What a look at Redis calls for: the next step of a rising pace, a resume that somebody did on the dashboard,
 * or gates that do not match the record. Undefined where all is as it should be.
 */
export function reconcile(stored: StoredHold, now: number, policy: HoldPolicy): HoldStep | undefined {
  const { hold } = stored;
  if (!hold) return undefined;
  switch (hold.mode) {
    case 'stopped':
      return stored.paused ? undefined : resumeByPerson(hold, now, policy);
    case 'probing':
      return stored.single ? undefined : { hold, gates: { onePerMs: policy.probeIntervalMs } };
    case 'resuming':
      return nextPace(stored, now, policy);
  }
}

/** The pace of the step that `now` falls into, where it is not set yet. */
function nextPace(
  { hold, perSecond: present }: StoredHold,
  now: number,
  policy: HoldPolicy,
): HoldStep | undefined {
  if (!hold) return undefined;
  const perSecond = policy.resumeRatePerSecond * 2 ** Math.floor((now - hold.modeSince) / paceStepMs);
  if (perSecond > fullPacePerSecond) return { hold: undefined, gates: {} };
  return perSecond === present ? undefined : { hold, gates: { perSecond } };
}

/** The hold as people should see it: the record, or the dashboard's own pause. */
export function shownHold(stored: StoredHold): Hold | undefined {
  if (stored.hold && stored.hold.mode !== 'resuming') return stored.hold;
  if (!stored.paused) return stored.hold;
  return {
    reason: 'operator',
    mode: 'stopped',
    since: 0,
    modeSince: 0,
    by: 'dashboard',
    note: 'The queue was paused on the dashboard.',
  };
}
