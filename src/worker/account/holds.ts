import type { AccountQueues } from '../../bullmq/account-queues.ts';
import { type Lane, lanes } from '../../message/lane.ts';
import {
  type Admission,
  admit,
  answered,
  canaryAccepted,
  canaryFailed,
  canaryReturned,
  claimProbe,
  type ProbeAnswer,
  refusedAsCanary,
} from './hold-probes.ts';
import type { Hold, HoldRecord } from './hold-record.ts';
import {
  type AccountRefusal,
  accepted,
  beginUnreachable,
  codeWasKnown,
  type RefusalEffect,
  refused,
} from './hold-refusals.ts';
import { gateOf, type HoldPolicy, paced, type Step, type StepContext, shownHold } from './hold-steps.ts';
import type { HoldStore, StoredHold } from './hold-store.ts';

/** What one worker knows of, and does about, the hold of one account. */
export interface AccountHolds {
  /** The account's hold as last seen; at most `pollMs` old. */
  current(): Hold | undefined;
  /** The hold as it lies in Redis now. */
  latest(): Promise<Hold | undefined>;
  /** What shall become of a job that was taken while the account is held. */
  admit(id: string): Promise<Admission>;
  /** A request was refused because of the account; what becomes of its first message. */
  refused(refusal: Omit<AccountRefusal, 'acceptedAt'>): Promise<RefusalEffect>;
  /** JetSMS answered with something that it knows how to say of one message. */
  answered(answer: RequestAnswer): Promise<void>;
  /** A canary was not taken, and its end says nothing but that. */
  canaryFailed(id: string): Promise<void>;
  /** A canary made no request. */
  canaryReturned(id: string): Promise<void>;
  /** The endpoint does not answer. */
  unreachable(code: string): Promise<void>;
  /** Looks at Redis, and sets what the queue lets through. */
  refresh(): Promise<void>;
  start(): void;
  stop(): void;
}

/** A request that was not refused because of the account. */
export interface RequestAnswer {
  readonly kind: 'accepted' | 'refused';
  /** When the request began, epoch milliseconds. */
  readonly startedAt: number;
  /** The job that was the canary, if it was one. */
  readonly canary: string | undefined;
}

export interface HoldsOptions {
  readonly store: HoldStore;
  readonly queues: Pick<AccountQueues, 'setGate' | 'waiting'>;
  readonly policy: HoldPolicy;
  readonly worker: string;
  readonly pollMs: number;
  /** Asks JetSMS whether the reason is gone; sends nothing. */
  readonly ask: (hold: Hold) => Promise<Omit<ProbeAnswer, 'hasWaiting'>>;
  readonly now: () => number;
  /** Told once for each change that this worker sees. */
  readonly onChange: (hold: Hold | undefined, before: Hold | undefined) => void;
  readonly onError: (error: unknown) => void;
}

/** Longer than a consumer waits until it asks again while its queue lets nothing through. */
const headStartMs = 500;

export function createAccountHolds(options: HoldsOptions): AccountHolds {
  const { store, queues, policy, now, worker } = options;
  let seen: StoredHold | undefined;
  let looking: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = true;
  let isProbing = false;
  let acceptedAt = 0;

  const context = (): StepContext => ({ policy, now: now(), worker });
  const current = (): Hold | undefined => seen?.record.hold;
  const shown = (): Hold | undefined => seen && shownHold(seen.record, seen.pausedLanes);

  const see = (stored: StoredHold): void => {
    const before = shown();
    seen = stored;
    const after = shown();
    if (before?.reason !== after?.reason || before?.mode !== after?.mode) options.onChange(after, before);
  };

  const look = (): Promise<void> => {
    looking ??= store
      .read()
      .then(see)
      .finally(() => {
        looking = undefined;
      });
    return looking;
  };

  /** Takes a step for all workers; the queue follows. */
  const change = async <Result>(
    step: (record: HoldRecord, context: StepContext) => Step<Result>,
  ): Promise<Result> => {
    const before = seen?.record.hold;
    const { record, result } = await store.change((found) => step(found, context()));
    see({ record, pausedLanes: seen?.pausedLanes ?? [] });
    if (record.hold !== before) await setGate();
    return result;
  };

  const changeTo = (step: (record: HoldRecord, context: StepContext) => HoldRecord): Promise<void> =>
    change((record, at) => ({ record: step(record, at), result: undefined }));

  /**
   * Of a held account only the most urgent lane that has a message may give the canary. And when a hold has just ended,
   * the less urgent lanes wait a moment for it: consumers that stood still wake in any order.
   */
  const setGate = async (): Promise<void> => {
    if (!seen) return;
    const gate = gateOf(seen.record, now(), policy);
    const isBeginning = gate.kind === 'paced' && now() - (current()?.modeSince ?? 0) < headStartMs;
    if (gate.kind !== 'one' && !isBeginning) return queues.setGate(() => gate);
    const waiting = await queues.waiting();
    const first = lanes.find((lane) => waiting[lane] > 0) ?? (isBeginning ? 'bulk' : 'otp');
    const mayGo = (lane: Lane): boolean =>
      lane === first || (isBeginning && lanes.indexOf(lane) < lanes.indexOf(first));
    await queues.setGate((lane) => (mayGo(lane) ? gate : { kind: 'closed' }));
  };

  const hasWaiting = async (): Promise<boolean> => {
    const waiting = await queues.waiting();
    return lanes.some((lane) => waiting[lane] > 0);
  };

  const refresh = async (): Promise<void> => {
    await look();
    if (seen?.record.hold?.mode === 'resuming' && paced(seen.record, context()) !== seen.record)
      await changeTo(paced);
    await setGate();
  };

  /** One probe, where it is time for one: a question, and where that says yes or there is none, a canary may go. */
  const probe = async (): Promise<void> => {
    const hold = current();
    if (isProbing || hold?.mode !== 'probing' || hold.nextProbeAt > now()) return;
    isProbing = true;
    try {
      if (!(await change(claimProbe))) return;
      const answer = await options.ask(hold);
      const answerNow = { ...answer, hasWaiting: await hasWaiting() };
      await changeTo((record, at) =>
        // The answer can take its time; meanwhile another reason may hold the account.
        record.hold?.reason === hold.reason ? answered(record, answerNow, at) : record,
      );
    } catch (error) {
      options.onError(error);
    } finally {
      isProbing = false;
    }
  };

  const poll = async (): Promise<void> => {
    try {
      await refresh();
    } catch (error) {
      options.onError(error);
    }
    // An answer can take as long as a request: the next look does not wait for it.
    void probe();
    if (!stopped) timer = setTimeout(() => void poll(), options.pollMs);
  };

  return {
    current,
    refresh,
    async latest() {
      await look();
      return current();
    },
    async admit(id) {
      const wasRefused = refusedAsCanary(current()).includes(id);
      const letsBy = wasRefused && (await hasWaiting());
      return change((record, at) => admit(record, { id, othersWait: letsBy }, at));
    },
    refused: (refusal) => change((record, at) => refused(record, { ...refusal, acceptedAt }, at)),
    async answered({ kind, startedAt, canary }) {
      if (kind === 'accepted') acceptedAt = Math.max(acceptedAt, startedAt);
      if (seen && seen.record.unknownInRow > 0) await changeTo((record) => codeWasKnown(record, startedAt));
      if (kind === 'accepted' && seen?.record.witnessed)
        await changeTo((record) => accepted(record, startedAt));
      if (canary === undefined) return;
      if (kind === 'accepted') await changeTo((record, at) => canaryAccepted(record, startedAt, at));
      else await changeTo((record, at) => canaryRefusedForItself(record, canary, at));
    },
    canaryFailed: (id) => changeTo((record, at) => canaryFailed(record, id, at)),
    canaryReturned: (id) => changeTo((record) => canaryReturned(record, id)),
    unreachable: (code) => changeTo((record, at) => beginUnreachable(record, code, at)),
    start() {
      stopped = false;
      void poll();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** A refusal that speaks of the message shows that JetSMS answers and knows what it says; of credit and login, nothing. */
function canaryRefusedForItself(record: HoldRecord, id: string, context: StepContext): HoldRecord {
  const reason = record.hold?.reason;
  if (reason === 'no-credit' || reason === 'account-fault') return canaryReturned(record, id);
  return canaryAccepted(record, 0, context);
}
