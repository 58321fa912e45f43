import type { Redis } from 'ioredis';
import { finishCampaignLua } from '../queue/campaign.ts';
import { eventField } from '../queue/event-entry.ts';

/**
 * Adds a tally to the counts of a campaign that is still known: a table of field and change. A count that is none is
 * left as it is: an error would take the journals of the whole request with it. The last end finishes the campaign.
 */
const countLua = `${finishCampaignLua}
local function count(key, tally, stream)
  if tally == '' or redis.call('EXISTS', key) == 0 then return end
  for field, change in pairs(cjson.decode(tally)) do redis.pcall('HINCRBY', key, field, change) end
  finishCampaign(key, stream)
end`;

/**
 * Records the ends that begin at `first` of ARGV, seven values each: id, key, until, text, event, waiting, due (`EndWrite`), in the
 * step in which the journal says so. What cannot be written is left out: an error would take the journals of the whole request
 * with it. An event is written where somebody has subscribed: then the stream is there.
 */
const endLua = `
local function tellEnds(stream, reports, most, first, count)
  for i = 0, count - 1 do
    local at = first + 7 * i
    local key, event, waiting = ARGV[at + 1], ARGV[at + 4], ARGV[at + 5]
    if key ~= '' then
      redis.pcall('HSET', key, ARGV[at], ARGV[at + 3])
      redis.pcall('PEXPIREAT', key, ARGV[at + 2])
    end
    if event ~= '' then redis.pcall('XADD', stream, 'NOMKSTREAM', 'MAXLEN', '~', most, '*', '${eventField}', event) end
    if waiting ~= '' then redis.pcall('ZADD', reports, ARGV[at + 6], waiting) end
  end
end`;

/**
 * From here on until its journal is written, a request may be under way: `begun` says so of every job, since a job can be called off
 * by another process. A hold lets nothing pass until it is resuming. What cannot be read holds nothing, as for everybody else (`hold-record.ts`).
 * KEYS: the hold, then records. ARGV: for each record its run, what it has seen as lost, its mark ('' = none) and how long to
 * keep it; at the end 1 for a canary.
 */
const beginScript = `
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
  local known = redis.call('HMGET', record, 'run', 'journal', 'lost', 'told')
  if tonumber(known[1] or 0) > run then
    results[i] = 'lost'
  elseif known[4] then
    results[i] = 'superseded'
  elseif (known[3] or '') ~= seen or (isSending(known[2]) and tonumber(known[1] or 0) ~= run) then
    results[i] = 'changed'
  else
    results[i] = 'written'
    if mark ~= '' then redis.call('HSET', record, 'run', run, 'begun', '1', 'journal', mark)
    else redis.call('HSET', record, 'run', run, 'begun', '1') end
    redis.call('PEXPIRE', record, keepMs)
  end
end
return results`;

/**
 * KEYS: the stream of events, waiting reports, records. ARGV[1]: JSON of a list for each record: run, whether it is marked, where
 * in ARGV its journal is, milliseconds to keep it, campaign ('' = none), tally, where in ARGV its ends begin, their number, 1 where
 * the journal says how the job ended. ARGV[2]: the most events. Then journals and ends.
 *
 * An end is counted and told once: `told` says that it has been, and `late` that a late reply has settled the job, whatever its
 * runs think. What stands in the journal's place may be anything.
 */
const writeScript = `${countLua}${endLua}
local results = {}
for i, write in ipairs(cjson.decode(ARGV[1])) do
  local record, run, isMarked = KEYS[i + 2], write[1], write[2] == 1
  local known = redis.call('HMGET', record, 'run', 'journal', 'told')
  local owner = tonumber(known[1] or 0)
  if owner > run or (isMarked and owner ~= run) then
    results[i] = 'lost'
  elseif known[3] == 'late' or (known[3] and owner ~= run) then
    results[i] = 'superseded'
  else
    results[i] = 'written'
    redis.call('HSET', record, 'run', run, 'begun', '', 'journal', ARGV[write[3]])
    redis.call('PEXPIRE', record, write[4])
    if write[9] == 1 and not known[3] then
      redis.call('HSET', record, 'told', 'once')
      tellEnds(KEYS[1], KEYS[2], ARGV[2], write[7], write[8])
      if write[5] ~= '' then count(write[5], write[6], KEYS[1]) end
    end
  end
end
return results`;

/**
 * KEYS: record, campaign, the stream of events, waiting reports. ARGV: the journal that must lie there, the new one, the change of
 * counts, the most events, 1 where the new one says how the job ended, then ends.
 */
const replaceScript = `${countLua}${endLua}
if (redis.call('HGET', KEYS[1], 'journal') or '') ~= ARGV[1] or redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'journal', ARGV[2])
if ARGV[5] == '1' then redis.call('HSET', KEYS[1], 'told', 'late') end
tellEnds(KEYS[3], KEYS[4], ARGV[4], 6, (#ARGV - 5) / 7)
count(KEYS[2], ARGV[3], KEYS[3])
return 1`;

/** KEYS: the stream of events, waiting reports. ARGV: the most events, then ends. */
const tellScript = `${endLua}
tellEnds(KEYS[1], KEYS[2], ARGV[1], 2, (#ARGV - 1) / 7)`;

/** What a job has lost stays known: BullMQ's job does not tell. KEYS: records. */
const forgetScript = `
for _, record in ipairs(KEYS) do
  if redis.call('HEXISTS', record, 'lost') == 0 then redis.call('UNLINK', record) end
end`;

/** Gives the connection the commands that change records: `RecordCommands` in job-records.ts. */
export function defineRecordCommands(redis: Redis): void {
  redis.defineCommand('jetsmsBegin', { lua: beginScript });
  redis.defineCommand('jetsmsWriteJournals', { lua: writeScript });
  redis.defineCommand('jetsmsReplaceJournal', { lua: replaceScript, numberOfKeys: 4 });
  redis.defineCommand('jetsmsTellEnds', { lua: tellScript, numberOfKeys: 2 });
  redis.defineCommand('jetsmsForget', { lua: forgetScript });
}
