import type { RedisClient } from '../queue/redis-client.ts';

/**
 * Makes stream and group, where they are not there. KEYS: stream. ARGV: group, and where it begins: '0', '$', or the last entry that it had
 * read when it was lost. An id that is ahead of the stream is that of a stream which was lost too: the group then begins with
 * the first entry of the new one.
 */
const subscribeScript = `
local from = ARGV[2]
local function partsOf(id) return tonumber(string.match(id, '^%d+')), tonumber(string.match(id, '%d+$')) end
local function isAhead()
  if redis.call('EXISTS', KEYS[1]) == 0 then return true end
  local info = redis.call('XINFO', 'STREAM', KEYS[1])
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then
      local ms, seq = partsOf(from)
      local lastMs, lastSeq = partsOf(info[i + 1])
      return ms > lastMs or (ms == lastMs and seq > lastSeq)
    end
  end
end
if from ~= '$' and from ~= '0' and isAhead() then from = '0' end
local made = redis.pcall('XGROUP', 'CREATE', KEYS[1], ARGV[1], from, 'MKSTREAM')
if made.err and not string.find(made.err, 'BUSYGROUP', 1, true) then return made end
return 1`;

/**
 * One consumer of a group reads at a time: whoever holds the key. Whoever has just got it takes over what the one before had read
 * and not acknowledged, in the order of the stream, before anything new. It does so too where the group has read further than this
 * consumer knows: an answer was lost. Consumers that hold nothing any more are forgotten.
 * KEYS: stream, reader. ARGV: group, consumer, token, milliseconds to hold, most entries, cursor of what is taken over ('' = it is
 * through), how far the group has read to this consumer's knowledge. Gives 'held', or 'read', the next cursor, entries, the
 * number of those that were dropped from the stream, and how far the group has read.
 */
const readScript = `
local group, consumer, token, cursor = ARGV[1], ARGV[2], ARGV[3], ARGV[6]
local function valueIn(info, field)
  for i = 1, #info, 2 do if info[i] == field then return info[i + 1] end end
end
local function readUpTo()
  local groups = redis.pcall('XINFO', 'GROUPS', KEYS[1])
  if groups.err then return false end
  for _, info in ipairs(groups) do
    if valueIn(info, 'name') == group then return valueIn(info, 'last-delivered-id') end
  end
end
local function failed(answer)
  redis.call('DEL', KEYS[2])
  return answer
end
local holder = redis.call('GET', KEYS[2])
if holder and holder ~= token then return { 'held' } end
if not holder or (cursor == '' and readUpTo() ~= ARGV[7]) then cursor = '0-0' end
redis.call('SET', KEYS[2], token, 'PX', ARGV[4])
if cursor == '' then
  local read = redis.pcall('XREADGROUP', 'GROUP', group, consumer, 'COUNT', ARGV[5], 'STREAMS', KEYS[1], '>')
  if not read then return { 'read', '', {}, 0, ARGV[7] } end
  if read.err then return failed(read) end
  return { 'read', '', read[1][2], 0, readUpTo() }
end
local claimed = redis.pcall('XAUTOCLAIM', KEYS[1], group, consumer, 0, cursor, 'COUNT', ARGV[5])
if claimed.err then return failed(claimed) end
local entries, dropped = {}, 0
for _, entry in ipairs(claimed[2]) do
  if entry then entries[#entries + 1] = entry else dropped = dropped + 1 end
end
if claimed[3] then dropped = dropped + #claimed[3] end
if claimed[1] ~= '0-0' then return { 'read', claimed[1], entries, dropped, readUpTo() } end
for _, info in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], group)) do
  local name = valueIn(info, 'name')
  if name ~= consumer and valueIn(info, 'pending') == 0 then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], group, name)
  end
end
return { 'read', '', entries, dropped, readUpTo() }`;

/** KEYS: reader. ARGV: token, milliseconds. 0 where somebody else holds it. */
const renewScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

/** KEYS: reader. ARGV: token. */
const releaseScript = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end`;

/** A script, not XACK itself: it is sent again by itself where a server turns out to be a replica. KEYS: stream. ARGV: group, ids. */
const ackScript = `return redis.call('XACK', KEYS[1], unpack(ARGV))`;

/** What the commands of a group take and give; replies are read by `account-stream.ts`. */
export interface GroupCommands {
  jetsmsSubscribe(stream: string, group: string, from: string): Promise<unknown>;
  jetsmsReadEvents(stream: string, reader: string, ...args: (string | number)[]): Promise<unknown>;
  jetsmsRenewReader(reader: string, token: string, forMs: number): Promise<unknown>;
  jetsmsReleaseReader(reader: string, token: string): Promise<unknown>;
  jetsmsAckEvents(stream: string, group: string, ...ids: string[]): Promise<unknown>;
}

/** Gives the connection the commands of groups. */
export function groupCommands(redis: RedisClient): GroupCommands {
  redis.defineCommand('jetsmsSubscribe', { lua: subscribeScript, numberOfKeys: 1 });
  redis.defineCommand('jetsmsReadEvents', { lua: readScript, numberOfKeys: 2 });
  redis.defineCommand('jetsmsRenewReader', { lua: renewScript, numberOfKeys: 1 });
  redis.defineCommand('jetsmsReleaseReader', { lua: releaseScript, numberOfKeys: 1 });
  redis.defineCommand('jetsmsAckEvents', { lua: ackScript, numberOfKeys: 1 });
  return redis as unknown as GroupCommands; // defineCommand adds methods that ioredis' types cannot know
}
