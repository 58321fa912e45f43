import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { keys } from '../../src/queue/names.ts';
import type { RateLimits } from '../../src/worker/account/buckets.ts';
import { createRate } from '../../src/worker/account/pace.ts';
import { freshPrefix, sharedRedisUrl } from '../support/redis.ts';

const redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
afterAll(() => redis.disconnect());

function world(limits: Partial<RateLimits>) {
  const prefix = freshPrefix();
  const place = { redis, prefix, account: 'acme' };
  const build = () => createRate({ ...place, messagesPerSecond: 0, requestsPerSecond: 0, ...limits });
  return { prefix, rate: build(), another: build };
}

async function took(what: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await what();
  return performance.now() - began;
}

describe("an account's pace", () => {
  it('is one for all workers', async () => {
    const { rate, another } = world({ messagesPerSecond: 20 });
    const second = another();
    const ms = await took(() => Promise.all([rate.pay('bulk', 20), second.pay('bulk', 6)]));
    expect(ms).toBeGreaterThan(250);
    expect(ms).toBeLessThan(1_500);
  });

  it('lets an OTP leave at once, and the others pay for it', async () => {
    const { rate } = world({ requestsPerSecond: 5 });
    for (let n = 0; n < 5; n += 1) await rate.pay('bulk', 1);
    expect(await took(() => rate.pay('otp', 1))).toBeLessThan(150);
    expect(await took(() => rate.pay('bulk', 1))).toBeGreaterThan(250);
  });

  it('turns away who waits when the worker stops', async () => {
    const { rate } = world({ messagesPerSecond: 1 });
    await rate.pay('bulk', 1);
    const waiting = [rate.pay('bulk', 5), rate.pay('transactional', 1)];
    rate.stop();
    expect(await Promise.all(waiting)).toEqual([false, false]);
    expect(await rate.pay('bulk', 1)).toBe(false);
  });

  it('begins anew where what lies in Redis is no pace', async () => {
    const { rate, prefix } = world({ messagesPerSecond: 100, requestsPerSecond: 100 });
    await redis.hset(keys.rate(prefix, 'acme', 'messages'), { tokens: 'some', at: 'noon' });
    await redis.hset(keys.rate(prefix, 'acme', 'requests'), { tokens: '{}', constructor: '1' });
    expect(await rate.pay('bulk', 1)).toBe(true);
    expect(await rate.pay('otp', 1)).toBe(true);
  });

  it('goes on after Redis has refused: who waited is told, and who comes later gets their turn', async () => {
    const { rate, prefix } = world({ messagesPerSecond: 100 });
    const bucket = keys.rate(prefix, 'acme', 'messages');
    await redis.set(bucket, 'no hash');
    const refused = await Promise.allSettled([rate.pay('bulk', 1), rate.pay('transactional', 1)]);
    expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await redis.del(bucket);
    expect(await rate.pay('bulk', 1)).toBe(true);
  });
});
