import { type EventEntry, eventField, parseEventEntry } from '../queue/event-entry.ts';
import { keys, type NamedAccount, placeOf } from '../queue/names.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { groupCommands } from './group-scripts.ts';

/** An entry as it lies in the stream; without `entry` nobody of ours wrote it. */
export interface StreamEntry {
  readonly entryId: string;
  readonly entry: EventEntry | undefined;
}

/** What a look at the stream has given. */
export interface StreamRead {
  readonly entries: readonly StreamEntry[];
  /** Entries that were dropped from the stream before they were acknowledged. */
  readonly dropped: number;
}

export interface AccountStreamOptions extends NamedAccount {
  readonly redis: RedisClient;
  readonly group: string;
  readonly consumer: string;
  readonly takeOverAfterMs: number;
  readonly readAhead: number;
  /** Milliseconds by a clock that never jumps. */
  readonly monotonic: () => number;
}

/** One account's stream of events, as one consumer of a group reads it. Every function rejects with what Redis said. */
export interface AccountStream {
  readonly account: string;
  /** Makes stream and group where they are not there. `from`: '0', '$', or where the group was when it was lost. */
  subscribe(from: string): Promise<void>;
  /** The last entry that was read, by its id; '0' before the first. */
  position(): string;
  /**
   * The next entries: those that a consumer before this one left, then new ones; undefined while another consumer of the group
   * reads. `token` stands for one reading from beginning to end.
   */
  read(token: string): Promise<StreamRead | undefined>;
  /**
   * Whether what was read is surely this consumer's still: another has not taken over meanwhile. Once it is not, the next read
   * begins with what is not acknowledged.
   */
  isOurs(): boolean;
  renew(token: string): Promise<void>;
  release(token: string): Promise<void>;
  ack(entryIds: readonly string[]): Promise<void>;
}

/** Before any time: nothing that was read is this consumer's. */
const lost = Number.NEGATIVE_INFINITY;

/** As many ids as a script takes at once without its stack growing too far. */
const idsAtOnce = 1_000;

export function createAccountStream(options: AccountStreamOptions): AccountStream {
  const { redis, account, group, consumer, takeOverAfterMs, readAhead, monotonic } = options;
  const commands = groupCommands(redis);
  const { prefix } = placeOf(redis, options.prefix, account);
  const stream = keys.events(prefix, account);
  const reader = keys.eventsReader(prefix, account, group);
  const fromFirst = '0-0';
  let cursor = fromFirst;
  let position = '0';
  let readUpTo = '';
  let oursUntil = lost;

  const lose = (): void => {
    cursor = fromFirst;
    oursUntil = lost;
  };

  return {
    account,
    async subscribe(from) {
      await commands.jetsmsSubscribe(stream, group, from);
    },
    position: () => position,
    async read(token) {
      const askedAt = monotonic();
      const args = [group, consumer, token, takeOverAfterMs, readAhead, cursor, readUpTo];
      const answer = parseRead(await commands.jetsmsReadEvents(stream, reader, ...args));
      if (answer === undefined) {
        lose();
        return undefined;
      }
      cursor = answer.cursor;
      readUpTo = answer.readUpTo;
      oursUntil = askedAt + takeOverAfterMs;
      position = answer.read.entries.at(-1)?.entryId ?? position;
      return answer.read;
    },
    isOurs() {
      if (monotonic() < oursUntil) return true;
      // Redis may go on calling it ours: an answer that came late. What was not handed out for that comes again.
      lose();
      return false;
    },
    async renew(token) {
      const askedAt = monotonic();
      if ((await commands.jetsmsRenewReader(reader, token, takeOverAfterMs)) !== 1) return lose();
      // What was given up meanwhile stays so until it is read again.
      if (oursUntil !== lost) oursUntil = Math.max(oursUntil, askedAt + takeOverAfterMs);
    },
    async release(token) {
      lose();
      await commands.jetsmsReleaseReader(reader, token);
    },
    async ack(entryIds) {
      for (let first = 0; first < entryIds.length; first += idsAtOnce) {
        await commands.jetsmsAckEvents(stream, group, ...entryIds.slice(first, first + idsAtOnce));
      }
    },
  };
}

interface ReadAnswer {
  readonly cursor: string;
  /** How far the group has read. */
  readonly readUpTo: string;
  readonly read: StreamRead;
}

/** Reads the answer of the script; undefined where another consumer reads. Total. */
function parseRead(answer: unknown): ReadAnswer | undefined {
  if (!Array.isArray(answer) || answer[0] !== 'read') return undefined;
  const [, cursor, entries, dropped, readUpTo] = answer as readonly unknown[];
  return {
    cursor: String(cursor),
    readUpTo: String(readUpTo),
    read: {
      entries: Array.isArray(entries) ? entries.flatMap(parseStreamEntry) : [],
      dropped: Number(dropped),
    },
  };
}

function parseStreamEntry(found: unknown): readonly StreamEntry[] {
  if (!Array.isArray(found) || typeof found[0] !== 'string') return [];
  const [entryId, fields] = found;
  return [{ entryId, entry: parseEventEntry(fieldIn(fields)) }];
}

/** The text of our one field; '' where there is none, which is no entry. */
function fieldIn(fields: unknown): string {
  if (!Array.isArray(fields)) return '';
  const at = fields.findIndex((name, index) => index % 2 === 0 && name === eventField);
  const text: unknown = at === -1 ? '' : fields[at + 1];
  return typeof text === 'string' ? text : '';
}
