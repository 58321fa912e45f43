import { afterExclusion } from './exclusion.ts';
import { type Fate, rollFates } from './fate.ts';
import type { AcceptedMessage } from './ledger.ts';
import type { ReportSettings } from './report-settings.ts';

/** A message that questions can be answered about. */
export interface ReportedMessage {
  readonly message: AcceptedMessage;
  /** One a record: of the whole message, or of each of its parts. */
  readonly fates: readonly Fate[];
}

/** Which messages are meant: by the sender's own id, or by group id and perhaps number. */
export type MessageSelector =
  | { readonly messageId: string }
  | { readonly groupId: string; readonly to?: string };

/** The state that messages are given at once. */
export interface GivenStatus {
  /** What reports say from now on: 1 to 4, or any other number that JetSMS might say. */
  readonly status: number;
  /** Counted from 1; all records of the message where nothing is said. */
  readonly part?: number;
}

/** The accepted messages that reports know, newest last, and what becomes of them. */
export interface ReportBook {
  /** Takes the messages of one accepted request. `earlier`: how many a number had before it. */
  record(messages: readonly AcceptedMessage[], earlier: (to: string) => number): void;
  /** The messages of a group; undefined where it is not known. */
  group(groupId: string): readonly ReportedMessage[] | undefined;
  /** The messages with this own id; several where it was used again. */
  byOwnId(messageId: string): readonly ReportedMessage[];
  all(): Iterable<ReportedMessage>;
  /** Sets the status of messages; returns how many. */
  setStatus(selector: MessageSelector, given: GivenStatus): number;
  clear(): void;
}

export interface ReportBookOptions {
  readonly seed: number;
  readonly now: () => number;
  readonly settings: () => ReportSettings;
  /** Of more messages than this the oldest requests are forgotten. */
  readonly limit: number;
}

interface Entry extends ReportedMessage {
  fates: Fate[];
}

export function createReportBook({ seed, now, settings, limit }: ReportBookOptions): ReportBook {
  const groups = new Map<string, Entry[]>();
  const byId = new Map<string, Entry[]>();
  let size = 0;

  const entryOf = (message: AcceptedMessage, earlier: number): Entry => {
    // Our choice: report-parts. One record, or one a part.
    const records = settings().perPart && message.media === undefined ? message.parts : 1;
    const { to, expireAt, startAt = message.at } = message;
    const leavesAt = afterExclusion(startAt, message.switches);
    const facts = { seed, to, earlier, startAt: leavesAt, expireAt, records };
    return { message, fates: [...rollFates(facts, settings())] };
  };

  const forget = (entries: readonly Entry[]) => {
    for (const { message } of entries) {
      const { messageId, groupId } = message;
      if (messageId === undefined) continue;
      const others = (byId.get(messageId) ?? []).filter((entry) => entry.message.groupId !== groupId);
      if (others.length > 0) byId.set(messageId, others);
      else byId.delete(messageId);
    }
    size -= entries.length;
  };

  const forgetOldest = () => {
    for (const [groupId, entries] of groups) {
      // The newest request stays, however large.
      if (size <= limit || groups.size === 1) return;
      groups.delete(groupId);
      forget(entries);
    }
  };

  const find = (selector: MessageSelector): readonly Entry[] => {
    if ('messageId' in selector) return byId.get(selector.messageId) ?? [];
    const { groupId, to } = selector;
    return (groups.get(groupId) ?? []).filter(({ message }) => to === undefined || message.to === to);
  };

  return {
    record(messages, earlier) {
      const inRequest = new Map<string, number>();
      for (const message of messages) {
        const before = inRequest.get(message.to) ?? 0;
        inRequest.set(message.to, before + 1);
        const entry = entryOf(message, earlier(message.to) + before);
        append(groups, message.groupId, entry);
        if (message.messageId !== undefined && message.messageId !== '')
          append(byId, message.messageId, entry);
      }
      size += messages.length;
      forgetOldest();
    },
    group: (groupId) => groups.get(groupId),
    byOwnId: (messageId) => byId.get(messageId) ?? [],
    *all() {
      for (const entries of groups.values()) yield* entries;
    },
    setStatus(selector, { status, part }) {
      const fate: Fate = { status: String(status), at: now() };
      const isMeant = (i: number) => part === undefined || part === i + 1;
      const found = find(selector).filter(({ fates }) => part === undefined || part <= fates.length);
      for (const entry of found) entry.fates = entry.fates.map((old, i) => (isMeant(i) ? fate : old));
      return found.length;
    },
    clear() {
      groups.clear();
      byId.clear();
      size = 0;
    },
  };
}

function append(lists: Map<string, Entry[]>, key: string, entry: Entry): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [entry]);
  else list.push(entry);
}
