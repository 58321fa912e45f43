import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openOperatorRedis, openProducerRedis, openWorkerRedis } from '../../../src/queue/redis.ts';
import { createDelivery } from '../../support/delivery.ts';
import { startRedis } from '../../support/redis.ts';
import { stays, waitFor } from '../../support/wait-for.ts';

describe('a connection that is ended between two connections', () => {
  it.each([
    ['producer', () => openProducerRedis('redis://127.0.0.1:1', 1_000)],
    ['operator', () => openOperatorRedis('redis://127.0.0.1:1', 1_000)],
    ['worker', () => openWorkerRedis('redis://127.0.0.1:1')],
  ])('tells that it is at its end, and leaves nothing waiting: of a %s', async (_, open) => {
    const redis = open();
    redis.on('error', () => {});
    await waitFor(() => redis.status === 'reconnecting', { everyMs: 1 });
    const waiting = redis.get('key').then(
      () => 'answered',
      () => 'ended',
    );
    const ended = once(redis, 'end');
    redis.disconnect();
    await ended;
    expect(await waiting).toBe('ended');
    expect(redis.status).toBe('end');
    await stays(() => redis.status, 300);
  });
});

const codeOf = (error: unknown): unknown => (error as NodeJS.ErrnoException).code;

describe('a worker that is closed', () => {
  const batches = { batchSize: 100, batchWaitMs: 100, concurrency: 200 };

  it('while Redis has just come back from being a replica, ends', async () => {
    // Whether a connection is between two others at that moment is chance: each pause is another try.
    for (let n = 0; n < 6; n += 1) {
      await using own = await startRedis();
      await using world = await createDelivery({ redisUrl: own.url, account: batches });
      await world.startWorker();
      await world.end((await world.send()).id);
      await world.redis.replicaof('127.0.0.1', '1');
      await pause(200 + 20 * n);
      await world.redis.replicaof('NO', 'ONE');
    }
  });

  it('while Redis is away, ends', async () => {
    await using own = await startRedis();
    const world = await createDelivery({ redisUrl: own.url, account: batches });
    const worker = await world.startWorker();
    await world.end((await world.send()).id);
    await own.kill();
    await waitFor(() => world.telemetry.redisErrors.some((error) => codeOf(error) === 'ECONNREFUSED'));
    await worker.close();
    await own.restart();
    await world[Symbol.asyncDispose]();
  });
});
