import type { Redis } from 'ioredis';
import { earlierQueueName, queueNames } from '../queue/names.ts';
import { openQueue } from '../queue/open-queue.ts';

/** Send jobs that lie where an earlier version kept those of all lanes. */
export interface EarlierJobs {
  readonly account: string;
  readonly jobs: number;
}

/** The accounts of which jobs of an earlier version still wait, or are under way: no worker of this version takes them. */
export async function findEarlierJobs(
  redis: Redis,
  prefix: string,
  accounts: readonly string[],
): Promise<readonly EarlierJobs[]> {
  // `jetsms-a-otp` was the queue of an account named `a-otp`, and is that of a lane of `a` now.
  const present = new Set(accounts.flatMap(queueNames));
  const found = await Promise.all(
    accounts
      .filter((account) => !present.has(earlierQueueName(account)))
      .map(async (account) => {
        const queue = openQueue(redis, earlierQueueName(account), prefix);
        const jobs = await queue.getJobCountByTypes('waiting', 'prioritized', 'delayed', 'active');
        await queue.close();
        return { account, jobs };
      }),
  );
  return found.filter(({ jobs }) => jobs > 0);
}
