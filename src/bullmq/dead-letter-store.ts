import { hasMedia, keepMedia } from '../queue/media.ts';
import { type AccountPlace, deadQueueName, keys, queueNames } from '../queue/names.ts';
import { idsBefore } from '../queue/origins.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { readDeadLetter, type StoredDeadLetter } from '../queue/stored-dead-letter.ts';
import { removeEndedLua } from './ended-job.ts';
import { uncertainKey } from './put-dead-letter.ts';

/**
 * - `begun`: the replay may go on; its new id is written down.
 * - `again`: it was begun before, and the new message has been enqueued; only the letter is still there.
 * - `still-settling`: the worker that gave the message up has not finished with it.
 * - `accepted`: a late reply has shown that JetSMS took the message.
 * - `gone`: the letter is no longer there.
 */
export type ReplayStart = 'begun' | 'again' | 'still-settling' | 'accepted' | 'gone';

/**
 * - `replay-begun`: a replay was cut off here; replaying again finishes it.
 * - `still-settling`: the worker that gave the message up has not finished with it.
 */
export type Removal = 'removed' | 'gone' | 'replay-begun' | 'still-settling';

/** A letter that has lain for a while. */
export interface ExpiredDeadLetter {
  readonly id: string;
  /** When it was stored: by BullMQ's own field, which is there whatever lies in the letter. */
  readonly storedAt: number;
}

/** The letter that is replayed, and what stands behind it. */
export interface ReplayIds {
  readonly id: string;
  readonly newId: string;
  /** The send job that became the letter: of the same id, or one that was divided. */
  readonly sourceId: string;
  /** The campaign that has counted the letter's messages as dead, and will count their new end. */
  readonly counted?:
    | { readonly campaign: string; readonly field: string; readonly messages: number }
    | undefined;
}

/** As many letters, after as many as are to be skipped. */
interface Part {
  readonly skip: number;
  readonly count: number;
}

/** One account's dead letters in Redis. */
export interface DeadLetterStore {
  /** The ids of all letters, the oldest first. Only ids are held in memory, some 100 bytes each. */
  ids(): Promise<readonly string[]>;
  /** The oldest letters, after as many as are to be skipped; the oldest first. */
  oldest(part: Part): Promise<readonly ExpiredDeadLetter[]>;
  /** The letters of these ids, in their order; those that are gone are left out. */
  read(ids: readonly string[]): Promise<readonly StoredDeadLetter[]>;
  /** Writes down what a letter is replayed as, if it may be replayed; with `dryRun` it only looks. */
  beginReplay(start: ReplayIds, dryRun: boolean): Promise<ReplayStart>;
  /** Takes a letter away, whatever stands in its replay record. */
  remove(id: string): Promise<Removal>;
  /**
   * Takes a letter away, unless a replay of it was begun, and with it the ended send jobs in which its message lies too.
   */
  discard(id: string): Promise<Removal>;
  /** Keeps a medium for at least so long; false where it is gone. With `dryRun` it only looks. */
  keepMedia(hash: string, keepMs: number, dryRun: boolean): Promise<boolean>;
  /** The id that a letter was replayed as. */
  replayedAs(id: string): Promise<string | undefined>;
}

/** How long it is known what a letter was replayed as, and how long a repeated replay of it changes nothing. */
export const replayMemoryMs: number = 90 * 86_400_000;

/** For scripts: what an account's send job is under, whichever lane it was of. */
const jobsLua = `
local function isUnderWay(prefix, name, id)
  local queue = prefix .. ':' .. name
  return redis.call('EXISTS', queue .. ':' .. id) == 1
    and not redis.call('ZSCORE', queue .. ':failed', id) and not redis.call('ZSCORE', queue .. ':completed', id)
end
local function isAccepted(prefix, name, id)
  local text = redis.call('HGET', prefix .. ':record:' .. name .. ':' .. id, 'journal')
  local isJson, journal = pcall(cjson.decode, text or '')
  return isJson and type(journal) == 'table' and type(journal.settled) == 'table'
    and journal.settled['end'] == 'accepted'
end`;

/**
 * One step, so that a replay begins only where its letter lies and its source job has ended.
 * Where it begins for the first time, the letter's messages no longer count as dead.
 * KEYS: letter, record of the replay, claim of the new job, campaign. ARGV: source id, new id, milliseconds to keep the
 * record (empty = only look), the campaign's count (empty = none), messages, prefix, the queues of the lanes.
 */
const beginScript = `${jobsLua}
if redis.call('EXISTS', KEYS[1]) == 0 then return 'gone' end
for i = 7, #ARGV do
  if isUnderWay(ARGV[6], ARGV[i], ARGV[1]) then return 'still-settling' end
  if isAccepted(ARGV[6], ARGV[i], ARGV[1]) then return 'accepted' end
end
if redis.call('EXISTS', KEYS[2]) == 1 and redis.call('EXISTS', KEYS[3]) == 1 then return 'again' end
if ARGV[3] ~= '' and redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3], 'NX') and ARGV[4] ~= ''
  and redis.call('EXISTS', KEYS[4]) == 1 then redis.pcall('HINCRBY', KEYS[4], ARGV[4], -ARGV[5]) end
return 'begun'`;

/**
 * What BullMQ's own removal does for a job without lock, parent, children and deduplication, but looking for it
 * from the oldest end: BullMQ's takes 100,000 steps for the oldest of 100,000 letters.
 * KEYS: letter, its logs, record of the replay, note of open uncertain ones, wait list, then the sets where
 * somebody may have moved it.
 * ARGV: id, `discard` to keep a letter whose replay was begun, prefix, how many queues the lanes have, these, then the
 * send jobs whose copies go too.
 */
const removeScript = `${removeEndedLua}${jobsLua}
local firstCopy = 5 + tonumber(ARGV[4])
local function forEachCopy(visit)
  for copy = firstCopy, #ARGV do
    for queue = 5, firstCopy - 1 do
      if visit(ARGV[3], ARGV[queue], ARGV[copy]) then return true end
    end
  end
end
if redis.call('EXISTS', KEYS[1]) == 0 then return 'gone' end
if ARGV[2] == 'discard' and redis.call('EXISTS', KEYS[3]) == 1 then return 'replay-begun' end
if forEachCopy(isUnderWay) then return 'still-settling' end
forEachCopy(removeEnded)
if redis.call('LREM', KEYS[5], -1, ARGV[1]) == 0 then
  for i = 6, 9 do redis.call('ZREM', KEYS[i], ARGV[1]) end
end
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('HDEL', KEYS[4], ARGV[1])
return 'removed'`;

interface DeadLetterCommands {
  jetsmsBeginReplay(...keysAndArgs: string[]): Promise<ReplayStart>;
  jetsmsRemoveLetter(...keysAndArgs: string[]): Promise<Removal>;
}

/** Ids asked for at a time; each page overlaps the one before, in case letters are removed meanwhile. */
const idPage = 10_000;
const idOverlap = 500;

async function allIds(read: (part: Part) => Promise<readonly string[]>): Promise<readonly string[]> {
  const found = new Set<string>();
  for (let skip = 0; ; skip += idPage - idOverlap) {
    const page = await read({ skip, count: idPage });
    for (const id of page) found.add(id);
    if (page.length < idPage) return [...found];
  }
}

/**
 * @param call runs each question to Redis; for those who turn its errors into their own
 */
export function createDeadLetterStore(
  redis: RedisClient,
  place: AccountPlace,
  call: <T>(ask: () => Promise<T>) => Promise<T> = (ask) => ask(),
): DeadLetterStore {
  const { prefix, account } = place;
  redis.defineCommand('jetsmsBeginReplay', { lua: beginScript, numberOfKeys: 4 });
  redis.defineCommand('jetsmsRemoveLetter', { lua: removeScript, numberOfKeys: 9 });
  const commands = redis as unknown as DeadLetterCommands; // defineCommand adds methods that ioredis' types cannot know
  const queues = queueNames(account);
  const dead = `${prefix}:${deadQueueName(account)}`;
  const recordOf = (id: string): string => keys.replayed(prefix, account, id);

  /** From the end where the oldest lie: new letters come in at the other one and move nothing. */
  const oldestIds = async ({ skip, count }: Part): Promise<readonly string[]> =>
    (await redis.lrange(`${dead}:wait`, -(skip + count), -(skip + 1))).reverse();

  const removeAs = (id: string, why: 'discard' | 'replayed', copies: readonly string[]): Promise<Removal> =>
    call(() =>
      commands.jetsmsRemoveLetter(
        ...[`${dead}:${id}`, `${dead}:${id}:logs`, recordOf(id), uncertainKey(dead), `${dead}:wait`],
        ...['prioritized', 'delayed', 'failed', 'completed'].map((set) => `${dead}:${set}`),
        ...[id, why, prefix, String(queues.length), ...queues, ...copies],
      ),
    );

  return {
    ids: () => allIds((part) => call(() => oldestIds(part))),
    oldest: (part) =>
      call(async () => {
        const ids = await oldestIds(part);
        const times = await Promise.all(ids.map((id) => redis.hget(`${dead}:${id}`, 'timestamp')));
        return ids.map((id, index) => ({ id, storedAt: Number(times[index] ?? 0) }));
      }),
    async read(ids) {
      if (ids.length === 0) return [];
      const raws = await call(() => Promise.all(ids.map((id) => redis.hget(`${dead}:${id}`, 'data'))));
      return ids.flatMap((id, index) => {
        const raw = raws[index];
        return typeof raw === 'string' ? [readDeadLetter(id, raw)] : [];
      });
    },
    beginReplay: ({ id, newId, sourceId, counted }, dryRun) =>
      call(() =>
        commands.jetsmsBeginReplay(
          ...[`${dead}:${id}`, recordOf(id), keys.claim(prefix, account, newId)],
          ...[keys.campaign(prefix, account, counted?.campaign ?? ''), sourceId, newId],
          ...[dryRun ? '' : String(replayMemoryMs), counted?.field ?? '', String(counted?.messages ?? 0)],
          ...[prefix, ...queues],
        ),
      ),
    remove: (id) => removeAs(id, 'replayed', []),
    // Beside the letter its message may lie in its own job, the one that it is a piece of, and the ones that it repeats.
    discard: (id) => removeAs(id, 'discard', idsBefore(id)),
    keepMedia: (hash, keepMs, dryRun) =>
      call(() => (dryRun ? hasMedia(redis, place, hash) : keepMedia(redis, place, { hash, keepMs }))),
    async replayedAs(id) {
      return (await call(() => redis.get(recordOf(id)))) ?? undefined;
    },
  };
}
