import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDemoRedis } from '../../../src/cli/demo-redis.ts';
import { freshPrefix, sharedRedisUrl } from '../../support/redis.ts';

describe('openDemoRedis', () => {
  it('uses the Redis that REDIS_URL names and leaves it running', async () => {
    const redis = await openDemoRedis({ REDIS_URL: sharedRedisUrl(), PATH: process.env['PATH'] });
    expect(redis).toMatchObject({ kind: 'given', url: sharedRedisUrl() });
    await redis.close();
    expect(await ping(redis.url)).toBe('PONG');
  });

  it('starts a private server where one is on the PATH, and ends it', async () => {
    const redis = await openDemoRedis({ PATH: process.env['PATH'] });
    expect(redis.kind).toBe('local');
    expect(await ping(redis.url)).toBe('PONG');
    await redis.close();
    await expect(ping(redis.url)).rejects.toThrow();
  });

  it('falls back to the embedded server, which carries a queue', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'jetsms-no-redis-'));
    onTestFinished(() => rm(empty, { recursive: true }));
    await access(empty);
    const redis = await openDemoRedis({ REDIS_URL: '', PATH: empty });
    onTestFinished(() => redis.close());
    expect(redis.kind).toBe('embedded');
    expect(await throughQueue(redis.url)).toBe('delivered');
  });
});

async function ping(url: string): Promise<string> {
  const client = new Redis(url, { maxRetriesPerRequest: 0, retryStrategy: () => null });
  client.on('error', () => {});
  try {
    return await client.ping();
  } finally {
    client.disconnect();
  }
}

async function throughQueue(url: string): Promise<unknown> {
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  const prefix = freshPrefix();
  const queue = new Queue('look', { connection, prefix });
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const worker = new Worker('look', async (job) => job.data.say, { connection, prefix });
  worker.on('completed', (_job, value) => resolve(value));
  await queue.add('one', { say: 'delivered' }, { priority: 2 });
  const value = await promise;
  await worker.close();
  await queue.close();
  connection.disconnect();
  return value;
}
