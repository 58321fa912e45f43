import { CliError, redisCliError } from '../errors.ts';
import type { Starting } from './check-redis.ts';

/**
 * Refuses to start beside jobs that nobody would take any more: of an earlier version, or of a single Redis in a cluster.
 * @throws CliError EARLIER_QUEUE, OUTSIDE_ITS_SLOT, REDIS_REFUSED, REDIS_UNAVAILABLE
 */
export async function checkEarlierQueues({ settings, worker }: Omit<Starting, 'log'>): Promise<void> {
  const { findEarlierJobs, findJobsOutside } = await import('../../bullmq/earlier-queues.ts');
  const { prefix } = settings;
  const accounts = [...settings.accounts.keys()];
  const kinds = [
    ['EARLIER_QUEUE', findEarlierJobs],
    ['OUTSIDE_ITS_SLOT', findJobsOutside],
  ] as const;
  for (const [code, find] of kinds) {
    const found = await find(worker.redis, prefix, accounts).catch((error: unknown) => {
      throw redisCliError(error);
    });
    const detail = found.map(({ account, jobs }) => `Account ${account}: ${jobs} jobs.`).join(' ');
    if (detail !== '') throw new CliError(code, { detail });
  }
}
