import { Worker } from 'bullmq';
import { expect, it } from 'vitest';
import { sendJobOptions } from '../../../src/queue/job-options.ts';
import { openWorkerRedis } from '../../../src/queue/redis.ts';
import type { RedisClient } from '../../../src/queue/redis-client.ts';
import { type DeliverContext, deliver } from '../../../src/worker/deliver.ts';
import { createDelivery, type DeliveryWorld } from '../../support/delivery.ts';
import { recordsAt } from '../../support/job-records.ts';
import { startRedis } from '../../support/redis.ts';
import { sendJob } from '../../support/send-job.ts';
import { waitFor } from '../../support/wait-for.ts';

const token = 'mine';

/** What delivering asks of the world before it comes to a request. */
function contextOf({ account, prefix, telemetry }: DeliveryWorld, redis: RedisClient) {
  const records = recordsAt(redis, { prefix, account: account.name });
  const context: Partial<DeliverContext> = {
    records,
    telemetry,
    maxJobBytes: 1_000_000,
    now: Date.now,
    dueAt: (time) => time,
  };
  return context as DeliverContext;
}

// It was told as a bug of ours, with an alert, and the message waited for fifteen seconds.
it('a job whose record Redis does not give amid a failover waits a second: that is Redis, and no bug', async () => {
  await using server = await startRedis();
  await using world = await createDelivery({ redisUrl: server.url });
  const redis = openWorkerRedis(server.url);
  const bull = new Worker(world.queue.name, null, { connection: redis, prefix: world.prefix });
  await world.queue.add('transactional', sendJob(), sendJobOptions({ id: 'm1', now: Date.now() }));
  const job = await waitFor(() => bull.getNextJob(token));
  job.attemptsStarted = 2; // as where its record must be read
  await server.client().config('SET', 'replica-serve-stale-data', 'no');
  await server.client().replicaof('127.0.0.1', 1);
  const delivered = deliver({ job, token }, contextOf(world, redis)).catch((error: Error) => error.name);
  await waitFor(() => world.telemetry.redisErrors.length > 0);
  await server.client().replicaof('NO', 'ONE');
  expect(await delivered).toBe('DelayedError');
  expect(world.telemetry.redisErrors).toMatchObject([{ message: expect.stringMatching(/^MASTERDOWN/) }]);
  const due = Number(await world.redis.zscore(`${world.prefix}:${world.queue.name}:delayed`, 'm1')) / 4_096;
  expect(due).toBeLessThan(Date.now() + 2_000);
  await bull.close();
  redis.disconnect();
});
