import type { Redis } from 'ioredis';
import { type CampaignPlace, keys } from './names.ts';

export const campaignStates = ['running', 'paused', 'cancelled'] as const;
export type CampaignState = (typeof campaignStates)[number];

/** How far a campaign has come, in messages. */
export interface CampaignProgress {
  readonly id: string;
  readonly account: string;
  readonly state: CampaignState;
  /** Enqueued so far. */
  readonly messages: number;
  /** Neither accepted nor dead yet. */
  readonly waiting: number;
  readonly accepted: number;
  /** Dead letters by code, or by reason where there was none (`expired`, `cancelled`). */
  readonly dead: Readonly<Record<string, number>>;
  /** Epoch milliseconds of the first job. */
  readonly startedAt: number;
}

/** A campaign is remembered for so long after the deadline of its messages: its state must outlive their waiting. */
const memoryMs = 30 * 24 * 60 * 60 * 1_000;

const deadField = 'dead:';

/** The count that a dead message goes into. */
export const deadCount = (facts: { readonly reason: string; readonly code?: string }): string =>
  `${deadField}${facts.code ?? facts.reason}`;

const keyOf = ({ prefix, account, campaign }: CampaignPlace): string =>
  keys.campaign(prefix, account, campaign);

/**
 * KEYS: campaign, its jobs. ARGV: now, position, messages, milliseconds to keep both: never less than before.
 */
const countScript = `
redis.call('HSETNX', KEYS[1], 'startedAt', ARGV[1])
redis.call('HSETNX', KEYS[2], ARGV[2], ARGV[3])
for i = 1, 2 do
  if redis.call('PTTL', KEYS[i]) < tonumber(ARGV[4]) then redis.call('PEXPIRE', KEYS[i], ARGV[4]) end
end`;

/** KEYS: campaign, its jobs. ARGV: state. 0 where the campaign is unknown, or cancelled for good. */
const stateScript = `
if redis.call('EXISTS', KEYS[2]) == 0 or redis.call('HGET', KEYS[1], 'state') == 'cancelled' then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[1])
return 1`;

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

/** Counts a job of a campaign by its position, so that counting it again changes nothing. */
export async function countCampaignJob(
  redis: Redis,
  place: CampaignPlace,
  { position, messages, deadlineAt, now }: CampaignJob,
): Promise<void> {
  const key = keyOf(place);
  const keepMs = Math.max(0, deadlineAt - now) + memoryMs;
  await redis.eval(countScript, 2, key, `${key}:jobs`, now, position, messages, keepMs);
}

/** How far a campaign has come; undefined for one that was never enqueued, or is forgotten. */
export async function readCampaign(
  redis: Redis,
  place: CampaignPlace,
): Promise<CampaignProgress | undefined> {
  const key = keyOf(place);
  const [counts, jobs] = await Promise.all([redis.hgetall(key), redis.hvals(`${key}:jobs`)]);
  if (jobs.length === 0) return undefined;
  const messages = jobs.reduce((sum, count) => sum + countIn(count), 0);
  const accepted = countIn(counts['accepted']);
  const dead = Object.fromEntries(
    Object.entries(counts)
      .filter(([field, count]) => field.startsWith(deadField) && countIn(count) !== 0)
      .map(([field, count]) => [field.slice(deadField.length), countIn(count)]),
  );
  const ended = Object.values(dead).reduce((sum, count) => sum + count, accepted);
  return {
    id: place.campaign,
    account: place.account,
    state: stateIn(counts['state']),
    messages,
    waiting: Math.max(0, messages - ended),
    accepted,
    dead,
    startedAt: countIn(counts['startedAt']),
  };
}

/** The state alone: what a worker asks before it sends. */
export async function readCampaignState(redis: Redis, place: CampaignPlace): Promise<CampaignState> {
  return stateIn((await redis.hget(keyOf(place), 'state')) ?? undefined);
}

/** Pauses, resumes or cancels. A cancelled campaign stays cancelled. False where it is unknown or cancelled. */
export async function setCampaignState(
  redis: Redis,
  place: CampaignPlace,
  state: CampaignState,
): Promise<boolean> {
  const key = keyOf(place);
  return (await redis.eval(stateScript, 2, key, `${key}:jobs`, state)) === 1;
}

/** What counts as nothing where it is no whole number: a field that nobody of ours wrote. */
const countIn = (text: string | undefined): number =>
  text !== undefined && /^-?\d{1,15}$/.test(text) ? Number(text) : 0;

const stateIn = (text: string | undefined): CampaignState =>
  campaignStates.find((state) => state === text) ?? 'running';
