import type { Outcome } from '../jetsms/outcome.ts';
import type { Verdict } from './decide.ts';
import {
  beginHold,
  creditTold,
  endHold,
  type HoldPolicy,
  type HoldStep,
  reconcile,
  resumeByPerson,
  shownHold,
} from './hold-steps.ts';
import { anyRecord, type Hold, type HoldReason, type HoldStore, type StoredHold } from './hold-store.ts';

/** One request, as far as holds care. */
export interface Answer {
  readonly outcome: Outcome;
  readonly verdict: Verdict;
  /** When the request began, epoch milliseconds. */
  readonly startedAt: number;
  /** Messages in the request. */
  readonly messages: number;
}

/** What one worker knows of, and does about, the hold of one account. */
export interface AccountHolds {
  /** The hold as last seen; at most `pollMs` old. */
  current(): Hold | undefined;
  /** Learns from a request: begins a hold, ends one, or counts towards one. */
  answered(answer: Answer): Promise<void>;
  /** The endpoint does not answer. */
  unreachable(code: string): Promise<void>;
  /** A job that was let through as a probe made no request: let the next one through. */
  skipped(): Promise<void>;
  /** Looks at Redis, and does what is due there. */
  refresh(): Promise<void>;
  start(): void;
  stop(): void;
}

export interface HoldsOptions extends HoldPolicy {
  readonly store: HoldStore;
  /** 0 = never hold for the account's fault. */
  readonly accountFaultLimit: number;
  readonly worker: string;
  readonly pollMs: number;
  /** Asks JetSMS for the credit; undefined where it is another worker's turn, or there is no answer. */
  readonly askCredit?: () => Promise<number | undefined>;
  readonly now: () => number;
  /** Told once for each change that this worker sees. */
  readonly onChange: (hold: Hold | undefined, before: Hold | undefined) => void;
  readonly onError: (error: unknown) => void;
}

export function createAccountHolds(options: HoldsOptions): AccountHolds {
  const { store, now, worker } = options;
  let seen: StoredHold | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = true;
  let isAsking = false;

  const current = (): Hold | undefined => (seen ? shownHold(seen) : undefined);

  const look = async (): Promise<StoredHold> => {
    const stored = await store.read();
    // Without a pause in between: several may look at once, and one of them tells.
    const before = current();
    seen = stored;
    const after = current();
    if (before?.reason !== after?.reason || before?.mode !== after?.mode) options.onChange(after, before);
    return stored;
  };

  /** Takes a step if nobody else changed the hold since `stored` was read; what counts is what stands there afterwards. */
  const take = async (stored: StoredHold, step: HoldStep | undefined): Promise<void> => {
    if (!step) return;
    await store.set(stored.raw, step.hold, step.gates);
    await look();
  };

  const refresh = async (): Promise<void> => {
    const stored = await look();
    await take(stored, reconcile(stored, now(), options));
  };

  const begin = async (reason: HoldReason, code: string): Promise<void> => {
    const stored = await look();
    await take(stored, beginHold(stored, { reason, code, by: `worker ${worker}`, now: now() }, options));
  };

  const end = async (startedAt: number): Promise<void> => {
    const stored = await look();
    const { hold } = stored;
    if (hold?.mode !== 'probing' || startedAt < hold.modeSince) return;
    await take(stored, endHold(hold, now(), options));
  };

  /** What this worker did to the count itself counts at once, or it would take its own refusals for a row. */
  const rememberFaults = (accountFaults: number): void => {
    if (seen) seen = { ...seen, accountFaults };
  };

  /** Asked before a person resumed: such a refusal says nothing of what that person has mended. */
  const isOutdated = (hold: Hold | undefined, startedAt: number): boolean =>
    hold?.reason === 'account-fault' && startedAt < hold.modeSince;

  const accountFault = async ({ startedAt, messages }: Answer, code: string): Promise<void> => {
    if (isOutdated(current(), startedAt)) return;
    const inRow = await store.countAccountFaults(messages);
    rememberFaults(inRow);
    const onProbation = current()?.reason === 'account-fault';
    const { accountFaultLimit } = options;
    if (accountFaultLimit === 0 || (!onProbation && inRow < accountFaultLimit)) return;
    // What was seen of the hold can be a moment old; this is not.
    if (!isOutdated((await look()).hold, startedAt)) await begin('account-fault', code);
  };

  /** A probe that costs no message. */
  const probeByAsking = async (): Promise<void> => {
    const hold = current();
    if (isAsking || !options.askCredit || hold?.reason !== 'no-credit' || hold.mode !== 'probing') return;
    isAsking = true;
    try {
      const credit = await options.askCredit();
      if (credit === undefined) return;
      const stored = await look();
      await take(stored, creditTold(stored, credit, now(), options));
    } catch (error) {
      options.onError(error);
    } finally {
      isAsking = false;
    }
  };

  const poll = async (): Promise<void> => {
    try {
      await refresh();
    } catch (error) {
      options.onError(error);
    }
    // An answer can take as long as a request: the next look does not wait for it.
    void probeByAsking();
    if (!stopped) timer = setTimeout(() => void poll(), options.pollMs);
  };

  return {
    current,
    refresh,
    unreachable: (code) => begin('unreachable', code),
    async answered(answer) {
      const { outcome, verdict, startedAt } = answer;
      if (verdict.kind === 'hold') return begin(verdict.reason, verdict.code);
      if (verdict.kind === 'dead-letter' && verdict.accountFault)
        return accountFault(answer, verdict.facts.code ?? '');
      if (outcome.kind === 'accepted') {
        if (seen && seen.accountFaults > 0) {
          await store.clearAccountFaults();
          rememberFaults(0);
        }
        if (current()?.mode === 'probing') await end(startedAt);
        return undefined;
      }
      return inconclusive(outcome, startedAt);
    },
    async skipped() {
      if (current()?.mode === 'probing') await store.returnProbe();
    },
    start() {
      stopped = false;
      void poll();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };

  /** A refusal that says nothing of credit or account still shows that the endpoint answers. */
  async function inconclusive(outcome: Outcome, startedAt: number): Promise<void> {
    const hold = current();
    if (hold?.mode !== 'probing' || outcome.kind !== 'refused') return;
    if (hold.reason === 'unreachable') await end(startedAt);
    else await store.returnProbe();
  }
}

/** A person holds an account; overrides whatever stands there. */
export async function holdByPerson(
  store: HoldStore,
  { by, note, now }: { readonly by: string; readonly note: string; readonly now: number },
): Promise<void> {
  const stored = await store.read();
  const step = beginHold(stored, { reason: 'operator', by: `operator ${by}`, note, now }, noPolicy);
  if (step) await store.set(anyRecord, step.hold, step.gates);
}

/** A person resumes an account: their own hold ends, any other reason is probed at once. Says what stood there. */
export async function resumeAsPerson(
  store: HoldStore,
  { now, policy }: { readonly now: number; readonly policy: HoldPolicy },
): Promise<Hold | undefined> {
  const stored = await store.read();
  const step = resumeByPerson(stored.hold, now, policy);
  await store.set(anyRecord, step.hold, step.gates);
  await store.clearAccountFaults();
  return shownHold(stored);
}

/** An operator's hold knows no probing, so no policy shapes it. */
const noPolicy: HoldPolicy = { probeIntervalMs: 0, resumeRatePerSecond: 0 };
