import type { Redis } from 'ioredis';
import type { Journal } from '../queue/journal.ts';
import { type AccountPlace, keys, queueName } from '../queue/names.ts';
import { type ParsedJournal, parseJournalText } from '../queue/parse-journal.ts';
import type { SendJob } from '../queue/send-job.ts';
import { tallyOf, tallyOfChange } from '../queue/tally.ts';
import { packed } from './packed.ts';

/** One job's journal to be written, and the lock that must still be ours. */
export interface JournalWrite {
  readonly id: string;
  readonly token: string;
  readonly journal: Journal;
  /** The job, where its campaign counts the end that the journal records. */
  readonly job?: SendJob;
}

/**
 * - `written`: the lock is ours and the journal is stored.
 * - `lost`: the lock is gone or another's; nothing was written.
 * - `superseded`: a late reply has settled the message meanwhile; nothing was written.
 */
export type WriteResult = 'written' | 'lost' | 'superseded';

/** A journal that replaces another, whose end it may take back. */
export interface LateJournal {
  readonly job: SendJob;
  readonly before: Journal;
  readonly after: Journal;
}

/** Journals in Redis. They are the `progress` of BullMQ's job hashes. */
export interface JournalStore {
  /** Writes many journals in one round trip, each fenced by its job's lock. */
  write(writes: readonly JournalWrite[]): Promise<readonly WriteResult[]>;
  /** Replaces a journal without a lock, but only while it is still `expected`. True when it was replaced. */
  replace(id: string, expected: string, late: LateJournal): Promise<boolean>;
  /** The journal as it lies in Redis; undefined where the job is gone. */
  read(id: string): Promise<{ readonly raw: string; readonly read: ParsedJournal } | undefined>;
}

/**
 * Adds a tally to the counts of a campaign that is still known: a table of field and change. A count that is none is
 * left as it is: an error would take the journals of the whole request with it.
 */
const countLua = `
local function count(key, tally)
  if tally == '' or redis.call('EXISTS', key) == 0 then return end
  for field, change in pairs(cjson.decode(tally)) do redis.pcall('HINCRBY', key, field, change) end
end`;

/**
 * KEYS: the queue, whose name begins the keys of its jobs and their locks. ARGV, each packed: job id, token and the
 * place of the journal for each job; the journals; then job, campaign key and tally of each end that a campaign
 * counts. A journal that a late reply settled carries `"late":true`, which no quoted text can contain unescaped.
 * An end is counted in the same step in which it is first recorded: neither twice nor never.
 */
const writeScript = `${countLua}
local jobs, journals, tallies = cmsgpack.unpack(ARGV[1]), cmsgpack.unpack(ARGV[2]), cmsgpack.unpack(ARGV[3])
local results, first = {}, {}
for n = 1, #jobs / 3 do
  local job = KEYS[1] .. ':' .. jobs[3 * n - 2]
  results[n] = 0
  if redis.call('GET', job .. ':lock') == jobs[3 * n - 1] then
    local current = redis.call('HGET', job, 'progress')
    local settled = current and string.find(current, '"settled":{', 1, true)
    if settled and string.find(current, '"late":true', 1, true) then
      results[n] = 2
    else
      redis.call('HSET', job, 'progress', journals[tonumber(jobs[3 * n])])
      results[n] = 1
      first[n] = not settled
    end
  end
end
for i = 1, #tallies, 3 do
  if first[tonumber(tallies[i])] then count(tallies[i + 1], tallies[i + 2]) end
end
return results`;

const replaceScript = `${countLua}
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if (redis.call('HGET', KEYS[1], 'progress') or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'progress', ARGV[2])
count(KEYS[2], ARGV[3])
return 1`;

const results: readonly WriteResult[] = ['lost', 'written', 'superseded'];

interface JournalCommands {
  jetsmsWriteJournals(queueKey: string, jobs: Buffer, journals: Buffer, tallies: Buffer): Promise<number[]>;
  jetsmsReplaceJournal(...keysAndArgs: string[]): Promise<number>;
}

export function createJournalStore(redis: Redis, { prefix, account }: AccountPlace): JournalStore {
  redis.defineCommand('jetsmsWriteJournals', { lua: writeScript, numberOfKeys: 1 });
  redis.defineCommand('jetsmsReplaceJournal', { lua: replaceScript, numberOfKeys: 2 });
  const commands = redis as unknown as JournalCommands; // defineCommand adds methods that ioredis' types cannot know
  const queueKey = `${prefix}:${queueName(account)}`;
  const keyOf = (id: string): string => `${queueKey}:${id}`;
  const campaignKey = (job: SendJob | undefined): string =>
    keys.campaign(prefix, account, job?.campaign ?? '');
  return {
    async write(writes) {
      if (writes.length === 0) return [];
      const journals = [...new Set(writes.map(({ journal }) => journal))];
      const placeOf = new Map(journals.map((journal, index) => [journal, index + 1]));
      const jobs = writes.flatMap(({ id, token, journal }) => [id, token, placeOf.get(journal)]);
      const tallies = writes.flatMap(({ journal, job }, index) =>
        job?.campaign && journal.settled
          ? [index + 1, campaignKey(job), JSON.stringify(tallyOf(job, journal.settled))]
          : [],
      );
      const codes = await commands.jetsmsWriteJournals(
        queueKey,
        packed(jobs),
        packed(journals.map((journal) => JSON.stringify(journal))),
        packed(tallies),
      );
      return codes.map((code) => results[code] ?? 'lost');
    },
    async replace(id, expected, { job, before, after }) {
      const tally =
        job.campaign && after.settled
          ? JSON.stringify(tallyOfChange(job, before.settled, after.settled))
          : '';
      const args = [expected, JSON.stringify(after), tally];
      return (await commands.jetsmsReplaceJournal(keyOf(id), campaignKey(job), ...args)) === 1;
    },
    async read(id) {
      const [exists, raw] = await Promise.all([redis.exists(keyOf(id)), redis.hget(keyOf(id), 'progress')]);
      if (!exists) return undefined;
      return { raw: raw ?? '', read: parseJournalText(raw ?? '') };
    },
  };
}
