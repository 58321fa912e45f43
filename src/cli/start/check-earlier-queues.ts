import { CliError, redisCliError } from '../errors.ts';
import type { Starting } from './check-redis.ts';

/**
 * Refuses to start beside jobs of an earlier version, which nobody would take any more.
 * @throws CliError EARLIER_QUEUE, REDIS_REFUSED, REDIS_UNAVAILABLE
 */
export async function checkEarlierQueues({ settings, worker }: Omit<Starting, 'log'>): Promise<void> {
  const { findEarlierJobs } = await import('../../bullmq/earlier-queues.ts');
  const { prefix, accounts } = settings;
  const found = await findEarlierJobs(worker.redis, prefix, [...accounts.keys()]).catch((error: unknown) => {
    throw redisCliError(error);
  });
  if (found.length === 0) return;
  const detail = found.map(({ account, jobs }) => `Account ${account}: ${jobs} jobs.`).join(' ');
  throw new CliError('EARLIER_QUEUE', { detail });
}
