import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findEarlierJobs } from '../../../src/bullmq/earlier-queues.ts';
import { freshPrefix, sharedRedisUrl } from '../../support/redis.ts';

let redis: Redis;
beforeAll(() => {
  redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
});
afterAll(() => redis.disconnect());

async function put(prefix: string, name: string, delay = 0, data: object = {}): Promise<void> {
  const queue = new Queue(name, { connection: redis, prefix });
  await queue.add('otp', data, { delay });
  await queue.close();
}

describe('jobs of an earlier version', () => {
  it('are found where all lanes had one queue, waiting or scheduled', async () => {
    const prefix = freshPrefix();
    await put(prefix, 'jetsms-acme');
    await put(prefix, 'jetsms-acme', 60_000);
    expect(await findEarlierJobs(redis, prefix, ['acme', 'other'])).toEqual([{ account: 'acme', jobs: 2 }]);
  });

  it('are not taken for those of a lane, whatever the accounts are called', async () => {
    const prefix = freshPrefix();
    await put(prefix, 'jetsms-acme-otp');
    expect(await findEarlierJobs(redis, prefix, ['acme', 'acme-otp'])).toEqual([]);
  });

  it('are not taken for those of a lane of an account that only other workers have', async () => {
    const prefix = freshPrefix();
    await put(prefix, 'jetsms-acme-otp', 0, { account: 'acme' });
    expect(await findEarlierJobs(redis, prefix, ['acme-otp'])).toEqual([]);
    await put(prefix, 'jetsms-acme-otp', 60_000, { account: 'acme-otp' });
    expect(await findEarlierJobs(redis, prefix, ['acme-otp'])).toEqual([{ account: 'acme-otp', jobs: 2 }]);
  });
});
