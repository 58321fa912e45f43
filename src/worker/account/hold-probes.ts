import type { Hold, HoldRecord } from './hold-record.ts';
import { canaryIsOut, probeWaitMs, type Step, type StepContext, stands, withoutRow } from './hold-steps.ts';

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

/** It came to nothing: the next one goes after the next, longer wait. Where another is out by now, that one counts. */
export function canaryFailed(record: HoldRecord, id: string, { now, policy }: StepContext): HoldRecord {
  const { hold } = record;
  if (hold?.mode !== 'probing' || hold.canary?.id !== id) return record;
  const { canary: _done, ...rest } = hold;
  const nextProbeAt = now + probeWaitMs(hold.probes, policy);
  return { ...record, hold: { ...rest, canaryMayGo: false, nextProbeAt } };
}

/** It was refused: it goes behind those that have not been tried. */
export function canaryRefused(record: HoldRecord, id: string, context: StepContext): HoldRecord {
  const failed = canaryFailed(record, id, context);
  const { hold } = failed;
  if (hold?.mode !== 'probing') return failed;
  const others = refusedAsCanary(hold).filter((other) => other !== id);
  return { ...failed, hold: { ...hold, refusedCanaries: [...others, id].slice(-refusedCanariesKept) } };
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
