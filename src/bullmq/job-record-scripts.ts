import type { Redis } from 'ioredis';

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

/** Gives the connection the commands that change records: `RecordCommands` in job-records.ts. */
export function defineRecordCommands(redis: Redis): void {
  redis.defineCommand('jetsmsBegin', { lua: beginScript });
  redis.defineCommand('jetsmsWriteJournals', { lua: writeScript });
  redis.defineCommand('jetsmsReplaceJournal', { lua: replaceScript, numberOfKeys: 2 });
  redis.defineCommand('jetsmsForget', { lua: forgetScript });
}
