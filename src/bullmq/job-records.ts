import type { Redis } from 'ioredis';
import { recordKeepMs } from '../queue/add-jobs.ts';
import { isCount, isListOf } from '../queue/checks.ts';
import type { Journal } from '../queue/journal.ts';
import { readJson } from '../queue/json.ts';
import { type AccountPlace, keys, queueName } from '../queue/names.ts';
import type { SendJob } from '../queue/send-job.ts';
import { tallyOf, tallyOfChange } from '../queue/tally.ts';

/** A job as this run of it knows it. */
export interface JobRun {
  readonly id: string;
  readonly job: SendJob;
  /** Which run of the job this is, from 1 (BullMQ's `attemptsStarted`): what fences every write. */
  readonly run: number;
}

/** What tells where a job's record lies. */
export interface Whereabouts {
  readonly id: string;
  readonly job: Pick<SendJob, 'lane'>;
}

/** What lies in Redis of a job beside BullMQ's. */
export interface JobRecord {
  /** JSON of the journal; '' where nothing was ever written. */
  readonly journal: string;
  /** Messages of the job whose claims were lost, by index; -1 = all of them. */
  readonly lost: readonly number[];
}

export const emptyRecord: JobRecord = { journal: '', lost: [] };

/** A run that is about to make a request. */
export interface Beginning extends JobRun {
  /** Written where a second request would matter. */
  readonly mark?: Journal;
  /** What this run has seen as lost. */
  readonly lost: readonly number[];
}

/** What a run has come to. */
export interface JournalWrite extends JobRun {
  readonly journal: Journal;
  /** The run has written a mark: that must still be there. */
  readonly isMarked: boolean;
}

/**
 * - `written`: the run still owns the job, and the journal is stored.
 * - `lost`: a later run has begun; nothing was written.
 * - `superseded`: its end was recorded meanwhile, by an earlier run or a late reply; nothing was written.
 */
export type WriteResult = 'written' | 'lost' | 'superseded';

/**
 * - `changed`: the record has what this run has not seen: messages that have lost their claims, or the mark of another run,
 *   which had begun without knowing that its lock was lost.
 * - `held`: the account stands still.
 */
export type BeginResult = WriteResult | 'changed' | 'held';

/** A journal that replaces another, whose end it may take back. */
export interface LateJournal {
  readonly job: SendJob;
  readonly before: Journal;
  readonly after: Journal;
}

/** Our own records of an account's send jobs. BullMQ's job says when to try; the record says what is true. */
export interface JobRecords {
  read(job: Whereabouts): Promise<JobRecord>;
  /**
   * Of jobs that go in one request, in one step: sees that they may still go, and marks those that ask for it.
   * @param isCanary goes although the account is held: to see whether it still need be
   */
  begin(beginnings: readonly Beginning[], isCanary: boolean): Promise<readonly BeginResult[]>;
  /** Writes many journals in one step, each fenced by its run. An end is counted in the same step, once. */
  write(writes: readonly JournalWrite[]): Promise<readonly WriteResult[]>;
  /** Replaces a journal whoever owns the job, but only while it is still `expected`. True when it was replaced. */
  replace(id: string, expected: string, late: LateJournal): Promise<boolean>;
  /** Of jobs that are through: nothing more needs to be known of them, but which of their messages were duplicates. */
  forget(jobs: readonly Pick<JobRun, 'id' | 'job'>[]): Promise<void>;
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

/** A journal that a late reply settled carries `"late":true`, which no quoted text can contain unescaped. */
const stateLua = `
local function isSettled(journal) return journal and string.find(journal, '"settled":{', 1, true) end
local function isSettledLate(journal)
  return isSettled(journal) and string.find(journal, '"late":true', 1, true)
end`;

/**
 * A hold lets nothing pass until it is resuming. What cannot be read holds nothing, as for everybody else (`hold-record.ts`).
 * KEYS: the hold, then records. ARGV: for each record its run, what it has seen as lost, its mark ('' = none) and how long to
 * keep it; at the end 1 for a canary.
 */
const beginScript = `${stateLua}
local function isSending(journal) return journal and string.find(journal, '"sending":{', 1, true) end
local function isHeld()
  local text = redis.pcall('GET', KEYS[1])
  local isJson, record = pcall(cjson.decode, type(text) == 'string' and text or '')
  return isJson and type(record) == 'table' and type(record.hold) == 'table' and record.hold.mode ~= 'resuming'
end
local results = {}
if ARGV[#ARGV] ~= '1' and isHeld() then
  for i = 1, #KEYS - 1 do results[i] = 'held' end
  return results
end
for i = 1, #KEYS - 1 do
  local record = KEYS[i + 1]
  local run, seen, mark, keepMs = tonumber(ARGV[4 * i - 3]), ARGV[4 * i - 2], ARGV[4 * i - 1], ARGV[4 * i]
  local known = redis.call('HMGET', record, 'run', 'journal', 'lost')
  if tonumber(known[1] or 0) > run then
    results[i] = 'lost'
  elseif isSettled(known[2]) then
    results[i] = 'superseded'
  elseif (known[3] or '') ~= seen or (isSending(known[2]) and tonumber(known[1] or 0) ~= run) then
    results[i] = 'changed'
  else
    results[i] = 'written'
    if mark ~= '' then redis.call('HSET', record, 'run', run, 'journal', mark)
    elseif run > 1 then redis.call('HSET', record, 'run', run) end
    if mark ~= '' or run > 1 then redis.call('PEXPIRE', record, keepMs) end
  end
end
return results`;

/**
 * KEYS: records. ARGV[1]: JSON of a list for each: run, whether it is marked, number of its journal, milliseconds to keep
 * it, campaign ('' = none), tally. ARGV from 2 on: the journals.
 */
const writeScript = `${countLua}${stateLua}
local results = {}
for i, write in ipairs(cjson.decode(ARGV[1])) do
  local record, run, isMarked = KEYS[i], write[1], write[2] == 1
  local known = redis.call('HMGET', record, 'run', 'journal')
  local owner = tonumber(known[1] or 0)
  if owner > run or (isMarked and owner ~= run) then
    results[i] = 'lost'
  elseif isSettledLate(known[2]) or (isSettled(known[2]) and owner ~= run) then
    results[i] = 'superseded'
  else
    results[i] = 'written'
    redis.call('HSET', record, 'run', run, 'journal', ARGV[write[3] + 1])
    redis.call('PEXPIRE', record, write[4])
    if write[5] ~= '' and not isSettled(known[2]) then count(write[5], write[6]) end
  end
end
return results`;

/** KEYS: record, campaign. ARGV: the journal that must lie there, the new one, the change of counts. */
const replaceScript = `${countLua}
if (redis.call('HGET', KEYS[1], 'journal') or '') ~= ARGV[1] or redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'journal', ARGV[2])
count(KEYS[2], ARGV[3])
return 1`;

/** What a job has lost stays known: BullMQ's job does not tell. KEYS: records. */
const forgetScript = `
for _, record in ipairs(KEYS) do
  if redis.call('HEXISTS', record, 'lost') == 0 then redis.call('UNLINK', record) end
end`;

interface RecordCommands {
  jetsmsBegin(keyCount: number, ...keysAndArgs: (string | number)[]): Promise<BeginResult[]>;
  jetsmsWriteJournals(keyCount: number, ...keysAndArgs: (string | number)[]): Promise<WriteResult[]>;
  jetsmsReplaceJournal(...keysAndArgs: string[]): Promise<number>;
  jetsmsForget(keyCount: number, ...keys: string[]): Promise<unknown>;
}

const isIndices = isListOf((value) => value === -1 || isCount(value));

/** Reads the fields `journal` and `lost` of a record. Total. */
export const parseRecord = ([journal, lost]: readonly (string | null | undefined)[]): JobRecord => ({
  journal: journal ?? '',
  lost: parseLost(lost),
});

/** What is no list of ours says that nobody knows which messages may go: none of them. */
function parseLost(text: string | null | undefined): readonly number[] {
  if (text === null || text === undefined || text === '') return [];
  const lost = readJson(text);
  return isIndices(lost) ? (lost as readonly number[]) : [-1];
}

const lostText = (lost: readonly number[]): string => (lost.length === 0 ? '' : JSON.stringify(lost));

export function createJobRecords(
  redis: Redis,
  { prefix, account }: AccountPlace,
  now: () => number,
): JobRecords {
  redis.defineCommand('jetsmsBegin', { lua: beginScript });
  redis.defineCommand('jetsmsWriteJournals', { lua: writeScript });
  redis.defineCommand('jetsmsReplaceJournal', { lua: replaceScript, numberOfKeys: 2 });
  redis.defineCommand('jetsmsForget', { lua: forgetScript });
  const commands = redis as unknown as RecordCommands; // defineCommand adds methods that ioredis' types cannot know
  const keyOf = ({ id, job }: Whereabouts): string => keys.record(prefix, queueName(account, job.lane), id);
  const campaignKey = ({ campaign }: SendJob): string =>
    campaign === undefined ? '' : keys.campaign(prefix, account, campaign);
  return {
    async read(one) {
      return parseRecord(await redis.hmget(keyOf(one), 'journal', 'lost'));
    },
    async begin(beginnings, isCanary) {
      if (beginnings.length === 0) return [];
      const args = beginnings.flatMap(({ run, lost, mark, job }) => [
        run,
        lostText(lost),
        mark === undefined ? '' : JSON.stringify(mark),
        recordKeepMs(job, now()),
      ]);
      const recordKeys = beginnings.map(keyOf);
      return commands.jetsmsBegin(
        recordKeys.length + 1,
        keys.hold(prefix, account),
        ...recordKeys,
        ...args,
        isCanary ? 1 : 0,
      );
    },
    async write(writes) {
      if (writes.length === 0) return [];
      const journals = [...new Set(writes.map(({ journal }) => journal))];
      const placeOf = new Map(journals.map((journal, index) => [journal, index + 1]));
      const at = now();
      const heads = writes.map(({ run, isMarked, journal, job }) => {
        const tally = job.campaign !== undefined && journal.settled ? tallyOf(job, journal.settled) : {};
        const counted = journal.settled ? campaignKey(job) : '';
        const place = placeOf.get(journal);
        return [run, isMarked ? 1 : 0, place, recordKeepMs(job, at), counted, JSON.stringify(tally)];
      });
      return commands.jetsmsWriteJournals(
        writes.length,
        ...writes.map(keyOf),
        JSON.stringify(heads),
        ...journals.map((journal) => JSON.stringify(journal)),
      );
    },
    async replace(id, expected, { job, before, after }) {
      const isCounted = job.campaign !== undefined && after.settled !== undefined;
      const tally =
        isCounted && after.settled ? JSON.stringify(tallyOfChange(job, before.settled, after.settled)) : '';
      const args = [expected, JSON.stringify(after), tally];
      return (await commands.jetsmsReplaceJournal(keyOf({ id, job }), campaignKey(job), ...args)) === 1;
    },
    async forget(jobs) {
      if (jobs.length > 0) await commands.jetsmsForget(jobs.length, ...jobs.map(keyOf));
    },
  };
}
