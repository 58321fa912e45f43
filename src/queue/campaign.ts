import { eventField } from './event-entry.ts';
import { type CampaignPlace, keys } from './names.ts';
import type { RedisClient } from './redis-client.ts';
import { isOfAnotherType } from './redis-trouble.ts';

export const campaignStates = ['running', 'paused', 'cancelled'] as const;
/** What a campaign can be. A cancelled one stays so. */
export type CampaignState = (typeof campaignStates)[number];

/** How far a campaign has come, in messages. */
export interface CampaignProgress {
  /** The name that it was enqueued under. */
  readonly id: string;
  /** The account that its messages go through. */
  readonly account: string;
  /** Whether its messages leave. */
  readonly state: CampaignState;
  /** Enqueued so far. */
  readonly messages: number;
  /** Neither accepted nor dead yet. */
  readonly waiting: number;
  /** Accepted by JetSMS. */
  readonly accepted: number;
  /** Dead letters by code, or by reason where there was none (`expired`, `cancelled`). */
  readonly dead: Readonly<Record<string, number>>;
  /** Epoch milliseconds of the first job. */
  readonly startedAt: number;
  /** What of this lies in Redis and is no number, as `accepted` or `dead 12`: it counts as 0. Left out where nothing is. */
  readonly unreadable?: readonly string[];
}

/** A campaign is remembered for so long after the deadline of its messages: its state must outlive their waiting. */
const memoryMs = 30 * 24 * 60 * 60 * 1_000;

const deadField = 'dead:';

/** The count that a dead message goes into. */
export const deadCount = (facts: { readonly reason: string; readonly code?: string }): string =>
  `${deadField}${facts.code ?? facts.reason}`;

/** Where the counts lie, and the messages of each job. */
function keysOf({ prefix, account, campaign }: CampaignPlace): readonly [counts: string, jobs: string] {
  const counts = keys.campaign(prefix, account, campaign);
  return [counts, `${counts}:jobs`];
}

/**
 * KEYS: campaign, its jobs. ARGV: now, position, messages, milliseconds to keep both: never less than before. What lies there
 * and is no campaign is left alone: the messages go without being counted.
 */
const countScript = `
local fields = { { 'startedAt', ARGV[1] }, { ARGV[2], ARGV[3] } }
for i = 1, 2 do
  local answer = redis.pcall('HSETNX', KEYS[i], fields[i][1], fields[i][2])
  if type(answer) ~= 'table' then
    if redis.call('PTTL', KEYS[i]) < tonumber(ARGV[4]) then redis.call('PEXPIRE', KEYS[i], ARGV[4]) end
  elseif not string.find(answer.err, 'WRONGTYPE', 1, true) then
    return answer
  end
end`;

/** KEYS: campaign, its jobs. ARGV: state. 0 where the campaign is unknown, cancelled for good and not to be so, or none. */
const stateScript = `
local jobs = redis.pcall('HLEN', KEYS[2])
local state = redis.pcall('HGET', KEYS[1], 'state')
for _, answer in ipairs({ jobs, state }) do
  if type(answer) == 'table' then return string.find(answer.err, 'WRONGTYPE', 1, true) and 0 or answer end
end
if jobs == 0 then return 0 end
if state == 'cancelled' then return ARGV[1] == 'cancelled' and 1 or 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[1])
return 1`;

/**
 * Tells of a campaign of which every message has ended, once: `total` is known when it was enqueued to its end. Arguments: its
 * key, the stream of events. A count that is none counts as 0, and what is no campaign is left alone.
 */
export const finishCampaignLua: string = `
local function finishCampaign(key, stream)
  local known = redis.pcall('HMGET', key, 'total', 'name', 'finishedAt')
  if known.err or not known[1] or not known[2] or known[3] then return end
  local counts, ended = redis.call('HGETALL', key), 0
  for i = 1, #counts, 2 do
    if counts[i] == 'accepted' or string.sub(counts[i], 1, ${deadField.length}) == '${deadField}' then
      ended = ended + (tonumber(counts[i + 1]) or 0)
    end
  end
  if ended < (tonumber(known[1]) or math.huge) then return end
  local time = redis.call('TIME')
  local at = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('HSET', key, 'finishedAt', at)
  local entry = cjson.encode({ type = 'campaign.finished', at = at, campaign = known[2] })
  redis.pcall('XADD', stream, 'NOMKSTREAM', '*', '${eventField}', entry)
end`;

/** KEYS: campaign, its jobs, the stream of events. ARGV: its name. What is no campaign is left alone. */
const closeScript = `${finishCampaignLua}
local jobs = redis.pcall('HVALS', KEYS[2])
if jobs.err or #jobs == 0 then return end
local total = 0
for _, messages in ipairs(jobs) do total = total + (tonumber(messages) or 0) end
local written = redis.pcall('HSET', KEYS[1], 'total', total, 'name', ARGV[1])
if type(written) == 'number' then finishCampaign(KEYS[1], KEYS[3]) end`;

/** Notes that all of a campaign's messages are enqueued: when all have ended, others are told. Repeating it changes nothing. */
export async function closeCampaign(redis: RedisClient, place: CampaignPlace): Promise<void> {
  const stream = keys.events(place.prefix, place.account);
  await redis.eval(closeScript, 3, ...keysOf(place), stream, place.campaign);
}

/** A job of a campaign that is about to be enqueued. */
export interface CampaignJob {
  /** Place of the job among the campaign's. */
  readonly position: number;
  readonly messages: number;
  /** Epoch milliseconds. */
  readonly deadlineAt: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** How long a campaign is remembered from now on, for the sake of one of its jobs. */
export const campaignKeepMs = ({ deadlineAt, now }: Pick<CampaignJob, 'deadlineAt' | 'now'>): number =>
  Math.max(0, deadlineAt - now) + memoryMs;

/** Counts a job of a campaign by its position, so that counting it again changes nothing. */
export async function countCampaignJob(
  redis: RedisClient,
  place: CampaignPlace,
  { position, messages, deadlineAt, now }: CampaignJob,
): Promise<void> {
  const keepMs = campaignKeepMs({ deadlineAt, now });
  await redis.eval(countScript, 2, ...keysOf(place), now, position, messages, keepMs);
}

/** How far a campaign has come; undefined for one that was never enqueued, or is forgotten, and for what is none. */
export async function readCampaign(
  redis: RedisClient,
  place: CampaignPlace,
): Promise<CampaignProgress | undefined> {
  const found = await readHashes(redis, place);
  return found === 'other' ? undefined : progressOf(place, found);
}

/** How far a campaign has come, as its counts say; undefined where no job was counted. Total. */
export function progressOf(
  { campaign, account }: Pick<CampaignPlace, 'account' | 'campaign'>,
  { counts, jobs }: CampaignHashes,
): CampaignProgress | undefined {
  if (jobs.length === 0) return undefined;
  const unreadable: string[] = [];
  const count = (name: string, text: string | undefined): number => {
    if (!isCount(text)) unreadable.push(name);
    return countIn(text);
  };
  const messages = jobs.reduce((sum, text) => sum + count('messages', text), 0);
  const accepted = count('accepted', counts['accepted'] ?? '0');
  const dead = Object.entries(counts)
    .filter(([field]) => field.startsWith(deadField))
    .map(([field, text]) => [field.slice(deadField.length), text] as const)
    .map(([code, text]) => [code, count(`dead ${code}`, text)] as const)
    .filter(([, messages]) => messages !== 0);
  const ended = dead.reduce((sum, [, messages]) => sum + messages, accepted);
  return {
    id: campaign,
    account,
    state: stateIn(counts['state']),
    messages,
    waiting: Math.max(0, messages - ended),
    accepted,
    dead: Object.fromEntries(dead),
    startedAt: countIn(counts['startedAt']),
    ...(unreadable.length === 0 ? {} : { unreadable: [...new Set(unreadable)] }),
  };
}

/** Whether something lies under the campaign's keys that is no campaign, so that nothing can be counted there. */
export const isNoCampaign = async (redis: RedisClient, place: CampaignPlace): Promise<boolean> =>
  (await readHashes(redis, place)) === 'other';

/** What is counted of a campaign. */
export interface CampaignHashes {
  readonly counts: Readonly<Record<string, string>>;
  /** The messages of each job. */
  readonly jobs: readonly string[];
}

async function readHashes(redis: RedisClient, place: CampaignPlace): Promise<CampaignHashes | 'other'> {
  const [countsKey, jobsKey] = keysOf(place);
  try {
    const [counts, jobs] = await Promise.all([redis.hgetall(countsKey), redis.hvals(jobsKey)]);
    return { counts, jobs };
  } catch (error) {
    if (isOfAnotherType(error)) return 'other';
    throw error;
  }
}

/** The state alone: what a worker asks before it sends. What is no campaign holds nothing back. */
export async function readCampaignState(redis: RedisClient, place: CampaignPlace): Promise<CampaignState> {
  try {
    return stateIn((await redis.hget(keysOf(place)[0], 'state')) ?? undefined);
  } catch (error) {
    if (isOfAnotherType(error)) return 'running';
    throw error;
  }
}

/** Pauses, resumes or cancels. False where it is unknown, or cancelled for good and was to be something else. */
export async function setCampaignState(
  redis: RedisClient,
  place: CampaignPlace,
  state: CampaignState,
): Promise<boolean> {
  return (await redis.eval(stateScript, 2, ...keysOf(place), state)) === 1;
}

const isCount = (text: string | undefined): text is string => text !== undefined && /^-?\d{1,15}$/.test(text);

/** What counts as nothing where it is no whole number: a field that nobody of ours wrote. */
const countIn = (text: string | undefined): number => (isCount(text) ? Number(text) : 0);

const stateIn = (text: string | undefined): CampaignState =>
  campaignStates.find((state) => state === text) ?? 'running';
