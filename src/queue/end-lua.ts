import { finishCampaignLua } from './campaign.ts';
import type { EndWrite } from './ends.ts';
import { eventField } from './event-entry.ts';

/**
 * Adds a tally to the counts of a campaign that is still known: a table of field and change. A count that is none is
 * left as it is: an error would take the journals of the whole request with it. The last end finishes the campaign.
 */
export const countLua: string = `${finishCampaignLua}
local function count(key, tally, stream)
  if tally == '' or redis.call('EXISTS', key) == 0 then return end
  for field, change in pairs(cjson.decode(tally)) do redis.pcall('HINCRBY', key, field, change) end
  finishCampaign(key, stream)
end`;

/**
 * Records the ends that begin at `first` of ARGV, seven values each: id, key, until, text, event, waiting, due (`EndWrite`), in the
 * step in which the journal says so. What cannot be written is left out: an error would take the journals of the whole request
 * with it. An event is written where somebody has subscribed: then the stream is there. Where `most` is '', the stream is not
 * shortened.
 */
export const endLua: string = `
local function tell(stream, most, event)
  if most == '' then redis.pcall('XADD', stream, 'NOMKSTREAM', '*', '${eventField}', event)
  else redis.pcall('XADD', stream, 'NOMKSTREAM', 'MAXLEN', '~', most, '*', '${eventField}', event) end
end
local function tellEnds(stream, reports, most, first, count)
  for i = 0, count - 1 do
    local at = first + 7 * i
    local key, event, waiting = ARGV[at + 1], ARGV[at + 4], ARGV[at + 5]
    if key ~= '' then
      redis.pcall('HSET', key, ARGV[at], ARGV[at + 3])
      redis.pcall('PEXPIREAT', key, ARGV[at + 2])
    end
    if event ~= '' then tell(stream, most, event) end
    if waiting ~= '' then redis.pcall('ZADD', reports, ARGV[at + 6], waiting) end
  end
end`;

/** An end as `tellEnds` takes it. */
export const argsOfEnd = ({
  id,
  key,
  until,
  text,
  event,
  waiting,
  dueAt,
}: EndWrite): readonly (string | number)[] => [id, key, until, text, event, waiting, dueAt];
