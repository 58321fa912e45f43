import { isObject } from '../queue/checks.ts';
import { readJson } from '../queue/json.ts';
import { earlierQueueName, placeOf, queueNames } from '../queue/names.ts';
import { openQueue, type Queue } from '../queue/open-queue.ts';
import type { RedisClient } from '../queue/redis-client.ts';

/** Send jobs that lie where an earlier version kept those of all lanes. */
export interface EarlierJobs {
  readonly account: string;
  readonly jobs: number;
}

const states = ['waiting', 'prioritized', 'delayed', 'active'] as const;

/** The accounts of which jobs of an earlier version still wait, or are under way: no worker of this version takes them. */
export async function findEarlierJobs(
  redis: RedisClient,
  prefix: string,
  accounts: readonly string[],
): Promise<readonly EarlierJobs[]> {
  // `jetsms-a-otp` was the queue of an account named `a-otp`, and is that of a lane of `a` now.
  const present = new Set(accounts.flatMap(queueNames));
  const found = await Promise.all(
    accounts
      .filter((account) => !present.has(earlierQueueName(account)))
      .map(async (account) => {
        const queue = openQueue(redis, earlierQueueName(account), placeOf(redis, prefix, account).prefix);
        const jobs = await queue.getJobCountByTypes(...states);
        const isOwn = jobs > 0 && !(await isLaneOfAnother(redis, queue, account));
        await queue.close();
        return { account, jobs: isOwn ? jobs : 0 };
      }),
  );
  return found.filter(({ jobs }) => jobs > 0);
}

/**
 * The accounts of which jobs wait in a cluster where a single Redis kept them, outside of their slot: copied there as they lay. No
 * worker takes them.
 */
export async function findJobsOutside(
  redis: RedisClient,
  prefix: string,
  accounts: readonly string[],
): Promise<readonly EarlierJobs[]> {
  if (!redis.isCluster) return [];
  const found = await Promise.all(
    accounts.map(async (account) => {
      const counts = await Promise.all(queueNames(account).map((name) => countOpen(redis, name, prefix)));
      return { account, jobs: counts.reduce((sum, count) => sum + count, 0) };
    }),
  );
  return found.filter(({ jobs }) => jobs > 0);
}

/** One command for each state: without a hash tag in the prefix each lies in another slot. */
async function countOpen(redis: RedisClient, name: string, prefix: string): Promise<number> {
  const [waiting, active, prioritized, delayed] = await Promise.all([
    redis.llen(`${prefix}:${name}:wait`),
    redis.llen(`${prefix}:${name}:active`),
    redis.zcard(`${prefix}:${name}:prioritized`),
    redis.zcard(`${prefix}:${name}:delayed`),
  ]);
  return waiting + active + prioritized + delayed;
}

/** Whether another account, which these settings do not have, has a lane of this name: then its jobs lie there. */
async function isLaneOfAnother(redis: RedisClient, queue: Queue, account: string): Promise<boolean> {
  const ids = await Promise.all(states.map((state) => queue.getRanges([state], 0, 0)));
  const texts = await Promise.all(ids.flat().map((id) => redis.hget(queue.toKey(id), 'data')));
  const owners = texts
    .map((text) => readJson(text ?? ''))
    .map((data) => (isObject(data) ? Reflect.get(data, 'account') : undefined));
  return owners.every((owner) => typeof owner === 'string' && owner !== account);
}
