import type { SurfaceName } from '../message/surface.ts';
import { SimulatorWaitError } from './errors.ts';
import type { SubmittedMedia, SubmittedSwitches } from './submission.ts';

/** A message that the simulated provider took and would have sent. */
export interface AcceptedMessage {
  /** Digits, country code first. */
  readonly to: string;
  readonly text: string;
  readonly title: string;
  readonly username: string;
  readonly surface: SurfaceName;
  readonly groupId: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Epoch milliseconds; of a message that is to be sent later. */
  readonly startAt?: number;
  readonly parts: number;
  readonly expireAt?: number;
  /** The sender's own id. */
  readonly messageId?: string;
  /** What the request's field `reference` said, where it said anything. */
  readonly reference?: string;
  /** Of an MMS. */
  readonly media?: SubmittedMedia;
  /** The switches of its request, where any was set. */
  readonly switches?: SubmittedSwitches;
}

/** What accepted messages are counted by: their number, number and text, or the sender's own id. */
export const countKeys = ['to', 'message', 'messageId'] as const;
export type CountKey = (typeof countKeys)[number];

/** Everything accepted, kept whole or as counts only. */
export interface Ledger {
  readonly messages: readonly AcceptedMessage[];
  readonly total: number;
  record(messages: readonly AcceptedMessage[]): void;
  /** How often each key was accepted; `message` keys read `<to>|<text>`. */
  counts(by: CountKey): ReadonlyMap<string, number>;
  /** Resolves when so many messages are accepted; rejects with SIMULATOR_WAIT_TIMEOUT. */
  waitFor(total: number, timeoutMs: number): Promise<void>;
  reset(): void;
}

export interface LedgerOptions {
  readonly keep: 'messages' | 'counts';
  readonly onAccepted?: (message: AcceptedMessage) => void;
}

interface Waiter {
  readonly total: number;
  readonly done: () => void;
}

const keyOf: Readonly<Record<CountKey, (message: AcceptedMessage) => string | undefined>> = {
  to: (message) => message.to,
  message: (message) => `${message.to}|${message.text}`,
  messageId: (message) => message.messageId,
};

export function createLedger({ keep, onAccepted }: LedgerOptions): Ledger {
  const messages: AcceptedMessage[] = [];
  const counts = { to: new Map(), message: new Map(), messageId: new Map() } satisfies KeyedCounts;
  const waiters = new Set<Waiter>();
  let total = 0;

  const recordOne = (message: AcceptedMessage) => {
    total += 1;
    if (keep === 'messages') messages.push(message);
    for (const by of countKeys) increment(counts[by], keyOf[by](message));
    onAccepted?.(message);
  };

  return {
    messages,
    get total() {
      return total;
    },
    record(accepted) {
      for (const message of accepted) recordOne(message);
      for (const waiter of waiters) if (total >= waiter.total) waiter.done();
    },
    counts: (by) => counts[by],
    waitFor: (awaited, timeoutMs) => awaitTotal({ awaited, timeoutMs, waiters, current: () => total }),
    reset() {
      total = 0;
      messages.length = 0;
      for (const by of countKeys) counts[by].clear();
    },
  };
}

type KeyedCounts = Readonly<Record<CountKey, Map<string, number>>>;

function increment(counts: Map<string, number>, key: string | undefined): void {
  if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
}

interface Wait {
  readonly awaited: number;
  readonly timeoutMs: number;
  readonly waiters: Set<Waiter>;
  readonly current: () => number;
}

function awaitTotal({ awaited, timeoutMs, waiters, current }: Wait): Promise<void> {
  if (current() >= awaited) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const waiter = { total: awaited, done: () => settle(resolve) };
    const timer = setTimeout(() => {
      settle(() => reject(new SimulatorWaitError({ awaited, accepted: current(), timeoutMs })));
    }, timeoutMs);
    const settle = (end: () => void) => {
      clearTimeout(timer);
      waiters.delete(waiter);
      end();
    };
    waiters.add(waiter);
  });
}
