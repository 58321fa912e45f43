import type { Redis } from 'ioredis';
import type { Journal } from '../queue/journal.ts';

/** One job's journal to be written, and the lock that must still be ours. */
export interface JournalWrite {
  readonly id: string;
  readonly token: string;
  readonly journal: Journal;
}

/**
 * - `written`: the lock is ours and the journal is stored.
 * - `lost`: the lock is gone or another's; nothing was written.
 * - `superseded`: a late reply has settled the message meanwhile; nothing was written.
 */
export type WriteResult = 'written' | 'lost' | 'superseded';

/** Journals in Redis. They are the `progress` of BullMQ's job hashes. */
export interface JournalStore {
  /** Writes many journals in one round trip, each fenced by its job's lock. */
  write(writes: readonly JournalWrite[]): Promise<readonly WriteResult[]>;
  /** Replaces a journal without a lock, but only while it is still `expected`. True when it was replaced. */
  replace(id: string, expected: string, journal: Journal): Promise<boolean>;
  /** The journal as it lies in Redis; undefined where the job is gone. */
  read(id: string): Promise<{ readonly raw: string; readonly journal: unknown } | undefined>;
}

/**
 * KEYS: job hash and lock by turns; ARGV: token and journal by turns. A journal that a late reply settled
 * carries `"late":true`, which no quoted text can contain unescaped.
 */
const writeScript = `
local results = {}
for i = 1, #KEYS, 2 do
  local result = 0
  if redis.call('GET', KEYS[i + 1]) == ARGV[i] then
    local current = redis.call('HGET', KEYS[i], 'progress')
    local settledLate = current and string.find(current, '"settled":{', 1, true)
      and string.find(current, '"late":true', 1, true)
    if settledLate then
      result = 2
    else
      redis.call('HSET', KEYS[i], 'progress', ARGV[i + 1])
      result = 1
    end
  end
  results[#results + 1] = result
end
return results`;

const replaceScript = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if (redis.call('HGET', KEYS[1], 'progress') or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'progress', ARGV[2])
return 1`;

const results: readonly WriteResult[] = ['lost', 'written', 'superseded'];

interface JournalCommands {
  jetsmsWriteJournals(keyCount: number, ...keysAndArgs: string[]): Promise<number[]>;
  jetsmsReplaceJournal(key: string, expected: string, journal: string): Promise<number>;
}

/** @param keyPrefix prefix and name of the account's queue, as in `{jetsms}:jetsms-default` */
export function createJournalStore(redis: Redis, keyPrefix: string): JournalStore {
  redis.defineCommand('jetsmsWriteJournals', { lua: writeScript });
  redis.defineCommand('jetsmsReplaceJournal', { lua: replaceScript, numberOfKeys: 1 });
  const commands = redis as unknown as JournalCommands; // defineCommand adds methods that ioredis' types cannot know
  const keyOf = (id: string): string => `${keyPrefix}:${id}`;
  return {
    async write(writes) {
      if (writes.length === 0) return [];
      const keys = writes.flatMap(({ id }) => [keyOf(id), `${keyOf(id)}:lock`]);
      const args = writes.flatMap(({ token, journal }) => [token, JSON.stringify(journal)]);
      const codes = await commands.jetsmsWriteJournals(keys.length, ...keys, ...args);
      return codes.map((code) => results[code] ?? 'lost');
    },
    async replace(id, expected, journal) {
      return (await commands.jetsmsReplaceJournal(keyOf(id), expected, JSON.stringify(journal))) === 1;
    },
    async read(id) {
      const [exists, raw] = await Promise.all([redis.exists(keyOf(id)), redis.hget(keyOf(id), 'progress')]);
      if (!exists) return undefined;
      return { raw: raw ?? '', journal: raw ? JSON.parse(raw) : undefined };
    },
  };
}
