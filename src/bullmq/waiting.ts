import { readJson } from '../queue/json.ts';
import { type AccountPlace, queueNames } from '../queue/names.ts';
import { run } from '../queue/pipeline.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { parseSendJob } from '../queue/send-job.ts';

/** What waits to be sent, and what it will cost. */
export interface WaitingMessages {
  readonly jobs: number;
  readonly messages: number;
  /** SMS parts as the producers counted them: an assumption about what is charged. */
  readonly parts: number;
  /** Estimated from a sample of the jobs, where there are many. */
  readonly isEstimate: boolean;
}

/** Jobs that are looked at in each state. */
const sampleSize = 50;

/** Where BullMQ keeps jobs that have not ended. */
const states: readonly (readonly [key: string, kind: 'list' | 'set'])[] = [
  ['prioritized', 'set'],
  ['delayed', 'set'],
  ['active', 'list'],
  ['wait', 'list'],
];

/**
 * What waits in an account's queues. With at most 50 jobs of a lane in each state it is exact; else it is estimated from
 * 50 jobs that lie evenly in the order of the state, so that it costs the same whatever the backlog.
 */
export async function readWaiting(
  redis: RedisClient,
  { prefix, account }: AccountPlace,
): Promise<WaitingMessages> {
  const queues = queueNames(account).map((name) => `${prefix}:${name}`);
  const found = await Promise.all(
    queues.flatMap((queue) => states.map((state) => readState(redis, queue, state))),
  );
  const sum = (of: (waiting: WaitingMessages) => number): number =>
    found.reduce((total, waiting) => total + of(waiting), 0);
  return {
    jobs: sum(({ jobs }) => jobs),
    messages: Math.round(sum(({ messages }) => messages)),
    parts: Math.round(sum(({ parts }) => parts)),
    isEstimate: found.some(({ isEstimate }) => isEstimate),
  };
}

async function readState(
  redis: RedisClient,
  queue: string,
  [key, kind]: (typeof states)[number],
): Promise<WaitingMessages> {
  const place = `${queue}:${key}`;
  const jobs = kind === 'list' ? await redis.llen(place) : await redis.zcard(place);
  const ids = await sampleOf(redis, place, { kind, jobs });
  const sizes = await sizesOf(redis, queue, ids);
  const scale = sizes.length === 0 ? 0 : jobs / sizes.length;
  const total = (of: (size: Size) => number): number =>
    sizes.reduce((sum, size) => sum + of(size), 0) * scale;
  return {
    jobs,
    messages: total(({ messages }) => messages),
    parts: total(({ parts }) => parts),
    isEstimate: jobs > sampleSize,
  };
}

async function sampleOf(
  redis: RedisClient,
  place: string,
  { kind, jobs }: { readonly kind: 'list' | 'set'; readonly jobs: number },
): Promise<readonly string[]> {
  if (jobs === 0) return [];
  if (jobs <= sampleSize)
    return kind === 'list' ? redis.lrange(place, 0, -1) : redis.zrange(place, '0', '-1');
  const pipeline = redis.pipeline();
  for (let n = 0; n < sampleSize; n += 1) {
    const rank = Math.floor(((n + 0.5) * jobs) / sampleSize);
    if (kind === 'list') pipeline.lrange(place, rank, rank);
    else pipeline.zrange(place, String(rank), String(rank));
  }
  return ((await run(pipeline)) as string[][]).flat();
}

interface Size {
  readonly messages: number;
  readonly parts: number;
}

/** Jobs that have ended meanwhile, and those that nobody can read, are left out. */
async function sizesOf(redis: RedisClient, queue: string, ids: readonly string[]): Promise<readonly Size[]> {
  if (ids.length === 0) return [];
  const pipeline = redis.pipeline();
  for (const id of ids) pipeline.hget(`${queue}:${id}`, 'data');
  return ((await run(pipeline)) as (string | null)[]).flatMap((data) => sizeOf(data) ?? []);
}

function sizeOf(data: string | null): Size | undefined {
  if (data === null) return undefined;
  const parsed = parseSendJob(readJson(data));
  return parsed.ok ? { messages: parsed.job.to.length, parts: parsed.job.parts } : undefined;
}
