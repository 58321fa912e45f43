import type { Ended } from '../queue/ended-state.ts';
import { dayOf, endedUntil } from '../queue/ended-state.ts';
import type { EventEntry } from '../queue/event-entry.ts';
import { emptyJournal, type Journal } from '../queue/journal.ts';
import { messageIdAt, type SendJob } from '../queue/send-job.ts';

/** What is kept of an end, and how long (epoch milliseconds). A report takes the place of `ended`. */
export interface KeptEnd {
  ended: Ended;
  readonly until: number;
  /** It was called off: its job is gone, too. */
  readonly isCalledOff: boolean;
  /** The id that it is kept under: a message's, or a job's whose messages ended together. */
  readonly id: string;
}

/** One message of a stored job. */
export interface StoredMessage {
  journal: Journal;
  end: KeptEnd | undefined;
  /** Its place among those whose end it shares. */
  indexInEnd: number;
}

/** A send job as Redis would have it. */
export interface StoredJob {
  readonly id: string;
  /** Grows from job to job, whatever the account. */
  readonly order: number;
  job: SendJob;
  /** One for each of the job's recipients; undefined where its key had been used before. */
  readonly messages: readonly (StoredMessage | undefined)[];
  /** The end of the whole job, for those who ask by its id. */
  end: KeptEnd | undefined;
}

/** A claim, and until when it is held (epoch milliseconds). */
export interface HeldClaim {
  readonly value: string;
  until: number;
}

/** A campaign's counts, and until when they are kept (epoch milliseconds). */
export interface StoredCampaign {
  readonly counts: Record<string, string>;
  /** The messages of each job, by its position. */
  readonly jobs: Map<number, number>;
  /** Known once all of its messages are stored. */
  total: number | undefined;
  isFinished: boolean;
  until: number;
}

export interface StoredEntry {
  /** Grows from entry to entry, whatever the account. */
  readonly order: number;
  readonly entryId: string;
  readonly entry: EventEntry;
}

/** What a group of consumers has read of an account's events. */
export interface GroupPlace {
  /** The place of the next entry that nobody of the group has read. */
  next: number;
  /** Read, and not acknowledged. */
  readonly pending: Set<StoredEntry>;
  /** Who reads now. */
  reader: object | undefined;
}

/** What lies in Redis of one account. */
export interface AccountMemory {
  readonly jobs: Map<string, StoredJob>;
  readonly claims: Map<string, HeldClaim>;
  readonly campaigns: Map<string, StoredCampaign>;
  /** The bytes of media by their hashes. */
  readonly media: Map<string, Uint8Array>;
  readonly entries: StoredEntry[];
  readonly groups: Map<string, GroupPlace>;
}

/** What takes the place of Redis: all that a fake producer knows, and those who wait for more of it. */
export interface Memory {
  /** The time that takes the place of Redis' time, epoch milliseconds. */
  now(): number;
  of(account: string): AccountMemory;
  accounts(): readonly (readonly [account: string, memory: AccountMemory])[];
  /** Grows with each call. */
  nextOrder(): number;
  /** Tells others, as the stream of events does. */
  tell(account: string, entry: EventEntry): void;
  /** Resolves when something has been told, or somebody was woken. */
  news(): Promise<void>;
  wake(): void;
  clear(): void;
}

export function createMemory(now: () => number): Memory {
  const all = new Map<string, AccountMemory>();
  let order = 0;
  let news = Promise.withResolvers<void>();

  const of = (account: string): AccountMemory => {
    const known = all.get(account) ?? emptyAccount();
    all.set(account, known);
    return known;
  };
  const nextOrder = (): number => {
    order += 1;
    return order;
  };
  const wake = (): void => {
    news.resolve();
    news = Promise.withResolvers<void>();
  };
  return {
    now,
    of,
    accounts: () => [...all],
    nextOrder,
    tell(account, entry) {
      const order = nextOrder();
      of(account).entries.push({ order, entryId: `${Math.round(entry.at)}-${order}`, entry });
      wake();
    },
    news: () => news.promise,
    wake,
    clear() {
      for (const account of all.values()) empty(account);
      wake();
    },
  };
}

/** Those who are subscribed stay so, and are told of what comes. */
function empty({ groups, entries, ...maps }: AccountMemory): void {
  for (const map of Object.values(maps)) map.clear();
  entries.splice(0);
  for (const place of groups.values()) {
    place.next = 0;
    place.pending.clear();
  }
}

const emptyAccount = (): AccountMemory => ({
  jobs: new Map(),
  claims: new Map(),
  campaigns: new Map(),
  media: new Map(),
  entries: [],
  groups: new Map(),
});

/** A job that was just added, without the messages whose keys were used before. */
export const newStoredJob = (
  id: string,
  job: SendJob,
  { order, lost }: { readonly order: number; readonly lost: readonly number[] },
): StoredJob => ({
  id,
  order,
  job,
  messages: job.to.map((_, index) =>
    lost.includes(index) ? undefined : { journal: emptyJournal, end: undefined, indexInEnd: 0 },
  ),
  end: undefined,
});

/** What is looked for by an id: one message of a job, or all of it. */
export interface FoundJob {
  readonly stored: StoredJob;
  /** Undefined: all of its messages. */
  readonly index: number | undefined;
}

/** Finds what was stored under an id; undefined for what was not, and for what was called a repeat. */
export function findStored(memory: AccountMemory, id: string): FoundJob | undefined {
  const own = memory.jobs.get(id);
  if (own) return { stored: own, index: own.messages.length === 1 ? 0 : undefined };
  const [, base = '', place = ''] = /^(.+)\.(\d{1,5})$/.exec(id) ?? [];
  const shared = memory.jobs.get(base);
  const index = Number(place);
  if (!shared || shared.messages.length === 1 || !shared.messages[index]) return undefined;
  return messageIdAt(base, shared.job, index) === id ? { stored: shared, index } : undefined;
}

/** How long an end is kept. */
export const keptUntil = (ended: Ended, keepStatusMs: number): number =>
  endedUntil(dayOf(ended.at), keepStatusMs);
