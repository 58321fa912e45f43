import type { AccountQueues } from '../../bullmq/account-queues.ts';
import { lanes } from '../../message/lane.ts';
import { createRounds } from '../rounds.ts';
import {
  type Admission,
  admit,
  canaryAccepted,
  canaryFailed,
  canaryReturned,
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
import { type HoldPolicy, paced, type StepContext } from './hold-steps.ts';
import type { HoldStore } from './hold-store.ts';
import { setGates } from './lane-gates.ts';
import { createProber, type ProberOptions } from './prober.ts';
import { createSeenHold } from './seen-hold.ts';

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
  readonly ask: ProberOptions['ask'];
  readonly now: () => number;
  /** Told once for each change that this worker sees. */
  readonly onChange: (hold: Hold | undefined, before: Hold | undefined) => void;
  readonly onError: (error: unknown) => void;
}

export function createAccountHolds(options: HoldsOptions): AccountHolds {
  const { queues, policy, now, worker } = options;
  let acceptedAt = 0;

  const context = (): StepContext => ({ policy, now: now(), worker });
  const setQueueGates = (record: HoldRecord): Promise<void> => setGates(queues, record, context());
  const seen = createSeenHold({ ...options, context, onStep: setQueueGates });
  const { change, changeTo } = seen;

  const hasWaiting = async (): Promise<boolean> => {
    const waiting = await queues.waiting();
    return lanes.some((lane) => waiting[lane] > 0);
  };

  const refresh = async (): Promise<void> => {
    await seen.look();
    const record = seen.record();
    if (record.hold?.mode === 'resuming' && paced(record, context()) !== record) await changeTo(paced);
    await setQueueGates(seen.record());
  };

  const probe = createProber({ ...options, seen, hasWaiting });
  const rounds = createRounds(async () => {
    await refresh().catch(options.onError);
    // An answer can take as long as a request: the next look does not wait for it.
    void probe();
  }, options.pollMs);

  return {
    current: seen.hold,
    refresh,
    async latest() {
      await seen.look();
      return seen.hold();
    },
    async admit(id) {
      const wasRefused = refusedAsCanary(seen.hold()).includes(id);
      const othersWait = wasRefused && (await hasWaiting());
      return change((record, at) => admit(record, { id, othersWait }, at));
    },
    refused: (refusal) => change((record, at) => refused(record, { ...refusal, acceptedAt }, at)),
    async answered({ kind, startedAt, canary }) {
      const isAccepted = kind === 'accepted';
      if (isAccepted) acceptedAt = Math.max(acceptedAt, startedAt);
      if (seen.record().unknownInRow > 0) await changeTo((record) => codeWasKnown(record, startedAt));
      if (isAccepted && seen.record().witnessed) await changeTo((record) => accepted(record, startedAt));
      if (canary === undefined) return;
      await changeTo((record, at) =>
        isAccepted ? canaryAccepted(record, startedAt, at) : canaryRefusedForItself(record, canary, at),
      );
    },
    canaryFailed: (id) => changeTo((record, at) => canaryFailed(record, id, at)),
    canaryReturned: (id) => changeTo((record) => canaryReturned(record, id)),
    unreachable: (code) => changeTo((record, at) => beginUnreachable(record, code, at)),
    start: () => void rounds.start(),
    stop: rounds.stop,
  };
}

/** A refusal that speaks of the message shows that JetSMS answers and knows what it says; of credit and login, nothing. */
function canaryRefusedForItself(record: HoldRecord, id: string, context: StepContext): HoldRecord {
  const reason = record.hold?.reason;
  if (reason === 'no-credit' || reason === 'account-fault') return canaryReturned(record, id);
  return canaryAccepted(record, 0, context);
}
