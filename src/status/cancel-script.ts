import { countLua, endLua } from '../queue/end-lua.ts';

/**
 * Calls messages of one job off, in one step with the look at whether they still may be: from `begin` on a request may be under
 * way, and then the journal says what came of it. A piece that is yet to be made is called off before: its claim is made in one
 * step with it.
 *
 * Messages that are off already are passed over, so that it may be repeated. `again`: something has changed since the caller
 * looked. `too-late`: a request may be under way, or nobody can tell.
 *
 * KEYS: record, job, campaign, stream of events, waiting reports, of a piece its parent's job and its claim (else the job twice
 * more), then what is found by ARGV.
 * ARGV: the journal that the caller has seen, milliseconds to keep the record, messages of the job, the most events ('' = all),
 * how many ends follow, their messages' indices, the ends, and the end of the whole job.
 */
export const cancelScript: string = `${countLua}${endLua}
local known = redis.call('HMGET', KEYS[1], 'journal', 'lost', 'cancelled', 'begun', 'doubt')
if known[4] == '1' or known[5] == '1' then return { 'too-late', 0 } end
if (known[1] or '') ~= ARGV[1] then return { 'again', 0 } end
-- What others have put beside an end is not forgotten sooner for it: an app may have another keepStatusMs than the workers.
local tellShorter = tellEnds
local function tellEnds(stream, reports, most, first, count)
  local key = ARGV[first + 1]
  local left = key == '' and 0 or redis.call('PTTL', key)
  tellShorter(stream, reports, most, first, count)
  if left > 0 and redis.call('PTTL', key) < left then redis.call('PEXPIRE', key, left) end
end
local function isUnfinished(job)
  return redis.call('EXISTS', job) == 1 and redis.call('HEXISTS', job, 'finishedOn') == 0
end
local isYetToCome = redis.call('EXISTS', KEYS[2], KEYS[7]) == 0 and isUnfinished(KEYS[6])
if not isYetToCome and not isUnfinished(KEYS[2]) then return { 'again', 0 } end
local function listOf(text)
  if not text or text == '' then return true, {} end
  return pcall(cjson.decode, text)
end
local isLostRead, lost = listOf(known[2])
local isRead, cancelled = listOf(known[3])
if not isRead or not isLostRead or type(cancelled) ~= 'table' or type(lost) ~= 'table' then return { 'too-late', 0 } end
local isGone, gone = {}, 0
for _, list in ipairs({ lost, cancelled }) do
  for _, index in ipairs(list) do
    if not isGone[index] then gone = gone + 1 end
    isGone[index] = true
  end
end
local most, ends = tonumber(ARGV[5]), {}
for i = 1, most do
  local index = tonumber(ARGV[5 + i])
  if not isGone[index] then
    isGone[index] = true
    gone = gone + 1
    cancelled[#cancelled + 1] = index
    ends[#ends + 1] = 6 + most + 7 * (i - 1)
  end
end
if #ends > 0 then
  redis.call('HSET', KEYS[1], 'cancelled', cjson.encode(cancelled))
  if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
  count(KEYS[3], '{"dead:cancelled":' .. #ends .. '}', KEYS[4])
  for _, first in ipairs(ends) do tellEnds(KEYS[4], KEYS[5], ARGV[4], first, 1) end
end
local isEmpty = gone >= tonumber(ARGV[3]) and 1 or 0
if isEmpty == 1 and #ends > 0 and tonumber(ARGV[3]) > 1 then
  tellEnds(KEYS[4], KEYS[5], ARGV[4], 6 + most + 7 * most, 1)
end
return { 'cancelled', isEmpty }`;
