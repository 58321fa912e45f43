import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createProducer, type Producer, ProducerError } from '../../../src/producer/index.ts';
import { startRedis } from '../../support/redis.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';

const message = { to: '905321234567', text: 'Kodunuz 481516', title: 'ACME', idempotencyKey: 'order 17' };
const open = (redis: string): Producer => createProducer({ redis, redisTimeoutMs: 300 });

async function errorOf(call: Promise<unknown>): Promise<ProducerError> {
  const error = await call.then(
    (answer) => new Error(`it was answered: ${String(answer)}`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProducerError)) throw error;
  expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/321234567|481516/);
  return error;
}

describe('a cancel that meets trouble with Redis', () => {
  it('is told of it as of a certainty where nothing was changed, and can be repeated', async () => {
    await using redis = await startRedis({ aof: 'always' });
    await using producer = open(redis.url);
    const { id } = await producer.send(message);
    await redis.client().config('SET', 'maxmemory', '1');
    expect(await errorOf(producer.cancel(id))).toMatchObject({
      code: 'REDIS_REFUSED',
      reason: 'OOM',
      mayBeStored: false,
    });
    expect(await producer.status(id)).toMatchObject({ state: 'waiting' });
    await redis.client().config('SET', 'maxmemory', '0');
    expect(await producer.cancel(id)).toBe('cancelled');
  });

  it('is told of a doubt as a doubt, and repeated gives the answer', async () => {
    await using redis = await startRedis({ aof: 'always' });
    await using direct = open(redis.url);
    const { id } = await direct.send(message);
    await using proxy = await startTcpProxy({ port: redis.port });
    await using producer = open(`redis://${proxy.host}:${proxy.port}`);
    expect(await producer.status(id)).toMatchObject({ state: 'waiting' });
    proxy.stall();
    const error = await errorOf(producer.cancel(id));
    expect(error).toMatchObject({ code: 'REDIS_UNAVAILABLE', mayBeStored: true, messageId: id });
    expect(error.message).toMatch(/call again/);
    expect((await errorOf(producer.status(id))).mayBeStored).toBe(false);
    expect(await direct.cancel(id)).toBe('cancelled');
    expect(await direct.status(id)).toMatchObject({ state: 'cancelled' });
  });

  it('is refused after close(), as every call', async () => {
    await using redis = await startRedis();
    const producer = open(redis.url);
    await producer.close();
    for (const call of [producer.cancel('m1'), producer.status('m1'), producer.reschedule('m1', Date.now())])
      expect(await errorOf(call)).toMatchObject({ code: 'PRODUCER_CLOSED' });
  });
});
