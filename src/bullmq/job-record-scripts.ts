import { countLua, endLua } from '../queue/end-lua.ts';
import { seenLua } from '../queue/job-record.ts';
import type { RedisClient } from '../queue/redis-client.ts';

/**
 * From here on until its journal is written, a request may be under way: `begun` says so of every job, since a job can be called off
 * by another process. What an earlier run had begun and never told of stays in doubt (`doubt`). A hold lets nothing pass until it is
 * resuming. What cannot be read holds nothing, as for everybody else (`hold-record.ts`).
 * KEYS: the hold, then records, then, where the lock is looked at, the locks. ARGV: for each record its run, what it has seen
 * of it, its mark ('' = none), how long to keep it and who must hold its lock ('' = whoever); at the end 1 for a canary.
 */
export const beginScript: string = `${seenLua}
local function isSending(journal) return journal and string.find(journal, '"sending":{', 1, true) end
local function isHeld()
  local text = redis.pcall('GET', KEYS[1])
  local isJson, record = pcall(cjson.decode, type(text) == 'string' and text or '')
  return isJson and type(record) == 'table' and type(record.hold) == 'table' and record.hold.mode ~= 'resuming'
end
local results, count = {}, (#ARGV - 1) / 5
if ARGV[#ARGV] ~= '1' and isHeld() then
  for i = 1, count do results[i] = 'held' end
  return results
end
for i = 1, count do
  local record = KEYS[i + 1]
  local run, seen, mark = tonumber(ARGV[5 * i - 4]), ARGV[5 * i - 3], ARGV[5 * i - 2]
  local keepMs, token = ARGV[5 * i - 1], ARGV[5 * i]
  local known = redis.call('HMGET', record, 'run', 'journal', 'lost', 'cancelled', 'moved', 'begun', 'told')
  if tonumber(known[1] or 0) > run or (token ~= '' and redis.call('GET', KEYS[count + 1 + i]) ~= token) then
    results[i] = 'lost'
  elseif known[7] then
    results[i] = 'superseded'
  elseif seenOf(known[3], known[4], known[5]) ~= seen or (isSending(known[2]) and tonumber(known[1] or 0) ~= run) then
    results[i] = 'changed'
  else
    results[i] = 'written'
    if known[6] == '1' and tonumber(known[1] or 0) ~= run then redis.call('HSET', record, 'doubt', '1') end
    if mark ~= '' then redis.call('HSET', record, 'run', run, 'begun', '1', 'journal', mark)
    else redis.call('HSET', record, 'run', run, 'begun', '1') end
    redis.call('PEXPIRE', record, keepMs)
  end
end
return results`;

/**
 * KEYS: the stream of events, waiting reports, records, then what is found by ARGV. ARGV[1]: JSON of a list for each record: run, whether it is marked, where
 * in ARGV its journal is, milliseconds to keep it, campaign ('' = none), tally, where in ARGV its ends begin, their number, 1 where
 * the journal says how the job ended, what the run has seen of the record ('' = what nobody could change). ARGV[2]: the most events.
 * Then journals and ends.
 *
 * An end is counted and told once: `told` says that it has been, and `late` that a late reply has settled the job, whatever its
 * runs think. What stands in the journal's place may be anything.
 */
const writeScript = `${countLua}${endLua}${seenLua}
local results = {}
for i, write in ipairs(cjson.decode(ARGV[1])) do
  local record, run, isMarked = KEYS[i + 2], write[1], write[2] == 1
  local known = redis.call('HMGET', record, 'run', 'told', 'lost', 'cancelled', 'moved')
  local owner = tonumber(known[1] or 0)
  if owner > run or (isMarked and owner ~= run) then
    results[i] = 'lost'
  elseif known[2] == 'late' or (known[2] and owner ~= run) then
    results[i] = 'superseded'
  elseif write[10] ~= '' and seenOf(known[3], known[4], known[5]) ~= write[10] then
    results[i] = 'changed'
  else
    results[i] = 'written'
    redis.call('HSET', record, 'run', run, 'begun', '', 'journal', ARGV[write[3]])
    redis.call('PEXPIRE', record, write[4])
    if write[9] == 1 and not known[2] then
      redis.call('HSET', record, 'told', 'once')
      tellEnds(KEYS[1], KEYS[2], ARGV[2], write[7], write[8])
      if write[5] ~= '' then count(write[5], write[6], KEYS[1]) end
    end
  end
end
return results`;

/**
 * KEYS: record, campaign, the stream of events, waiting reports, then what is found by ARGV. ARGV: the journal that must lie there, the new one, the change of
 * counts, the most events, 1 where the new one says how the job ended, then ends.
 */
const replaceScript = `${countLua}${endLua}
if (redis.call('HGET', KEYS[1], 'journal') or '') ~= ARGV[1] or redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'journal', ARGV[2])
if ARGV[5] == '1' then redis.call('HSET', KEYS[1], 'told', 'late') end
tellEnds(KEYS[3], KEYS[4], ARGV[4], 6, (#ARGV - 5) / 7)
count(KEYS[2], ARGV[3], KEYS[3])
return 1`;

/** KEYS: the stream of events, waiting reports, then what is found by ARGV. ARGV: the most events, then ends. */
const tellScript = `${endLua}
tellEnds(KEYS[1], KEYS[2], ARGV[1], 2, (#ARGV - 1) / 7)`;

/** Which messages were lost or called off stays known: BullMQ's job does not tell. KEYS: records. */
const forgetScript = `
for _, record in ipairs(KEYS) do
  if redis.call('HEXISTS', record, 'lost') + redis.call('HEXISTS', record, 'cancelled') == 0 then
    redis.call('UNLINK', record)
  end
end`;

/** Gives the connection the commands that change records: `RecordCommands` in job-records.ts. */
export function defineRecordCommands(redis: RedisClient): void {
  redis.defineCommand('jetsmsBegin', { lua: beginScript });
  redis.defineCommand('jetsmsWriteJournals', { lua: writeScript });
  redis.defineCommand('jetsmsReplaceJournal', { lua: replaceScript });
  redis.defineCommand('jetsmsTellEnds', { lua: tellScript });
  redis.defineCommand('jetsmsForget', { lua: forgetScript });
}
