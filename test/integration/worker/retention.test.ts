import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDeadLetterStore } from '../../../src/bullmq/dead-letter-store.ts';
import { sweepFinished } from '../../../src/bullmq/finished-jobs.ts';
import { openDeadLetters } from '../../../src/operator/dead-letters.ts';
import { takeLease } from '../../../src/queue/lease.ts';
import { keys } from '../../../src/queue/names.ts';
import { removeExpiredDeadLetters } from '../../../src/worker/retention/expired-dead-letters.ts';
import { openDeadLetterFixture } from '../../support/dead-letters.ts';
import { createDelivery, type DeliveryWorld } from '../../support/delivery.ts';
import { freshPrefix, sharedRedisUrl } from '../../support/redis.ts';
import { contentsOf } from '../../support/redis-contents.ts';
import { waitFor } from '../../support/wait-for.ts';

const day = 86_400_000;
const ended = ({ queue }: DeliveryWorld) => queue.getJobCounts('completed', 'failed');

/** One accepted message and one that was given up. */
async function endTwo(world: DeliveryWorld, key: string = randomUUID()): Promise<readonly string[]> {
  const sent = [
    await world.send({ idempotencyKey: key }),
    await world.send({ idempotencyKey: `${key} refused`, title: 'YOK' }),
  ];
  for (const { id } of sent) await world.end(id);
  return sent.map(({ id }) => id);
}

describe('ended jobs of a quiet account', () => {
  it('go when their age says so, though nothing else ends, and their dead letter stays', async () => {
    await using world = await createDelivery({
      settings: { keepCompletedAgeMs: 1_000, keepFailedAgeMs: 1_000 },
    });
    await world.startWorker();
    const [, refused = ''] = await endTwo(world);
    await waitFor(async () => Object.values(await ended(world)).every((count) => count === 0), {
      limitMs: 10_000,
    });
    expect((await world.letters()).map(({ id }) => id)).toEqual([refused]);
    const jobs = (await contentsOf(world.redis, world.prefix)).filter((line) =>
      line.includes('"processedOn"'),
    );
    expect(jobs).toEqual([]);
    await waitFor(() => world.telemetry.sweeps.length === 2);
    const report = { removed: 1, left: 0, olderThanMs: 1_000 };
    expect(world.telemetry.sweeps).toContainEqual({ what: 'completed', ...report });
    expect(world.telemetry.sweeps).toContainEqual({ what: 'failed', ...report });
  });

  it('are swept by one of many workers', async () => {
    await using world = await createDelivery({ settings: { keepCompletedAgeMs: 1_000 } });
    for (let n = 0; n < 3; n += 1) await world.startWorker();
    await endTwo(world);
    await waitFor(async () => (await ended(world))['completed'] === 0, { limitMs: 10_000 });
    await waitFor(() => world.telemetry.sweeps.length > 0);
    expect(world.telemetry.sweeps.reduce((sum, { removed }) => sum + removed, 0)).toBe(1);
  });
});

describe('a sweep of ended jobs', () => {
  const place = ({ prefix, account }: DeliveryWorld) => ({ prefix, account: account.name });

  it('takes the oldest, no more than it may in one step, and none that is too young', async () => {
    await using world = await createDelivery();
    await world.startWorker();
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) ids.push((await world.send()).id);
    for (const id of ids) await world.end(id);
    const set = `${world.prefix}:${world.queue.name}:completed`;
    for (const [n, id] of ids.entries()) await world.redis.zadd(set, Date.now() - (3 - n) * day, id);
    const sweep = (olderThanMs: number) =>
      sweepFinished(world.redis, place(world), { set: 'completed', olderThanMs, limit: 1 });
    expect(await sweep(1.5 * day)).toBe(1);
    expect(await world.redis.zrange(set, '0', '-1')).toEqual(ids.slice(1));
    expect(await world.queue.getJob(ids[0] ?? '')).toBeUndefined();
    expect([await sweep(1.5 * day), await sweep(1.5 * day)]).toEqual([1, 0]);
    expect(await world.redis.zrange(set, '0', '-1')).toEqual(ids.slice(2));
  });

  it('takes the record of a job along', async () => {
    await using world = await createDelivery();
    await world.startWorker();
    const [, refused = ''] = await endTwo(world);
    const record = keys.record(world.prefix, world.queue.name, refused);
    expect(await world.redis.exists(record)).toBe(1);
    await sweepFinished(world.redis, place(world), { set: 'failed', olderThanMs: 0, limit: 10 });
    expect(await world.redis.exists(record)).toBe(0);
  });

  it('shortens no idempotency window', async () => {
    await using world = await createDelivery();
    await world.startWorker();
    const sent = await endTwo(world, 'order 1');
    for (const set of ['completed', 'failed'] as const) {
      expect(await sweepFinished(world.redis, place(world), { set, olderThanMs: 0, limit: 10 })).toBe(1);
    }
    const again = [
      await world.send({ idempotencyKey: 'order 1' }),
      await world.send({ idempotencyKey: 'order 1 refused', title: 'YOK' }),
    ];
    expect(again.map(({ id, duplicate }) => [id, duplicate])).toEqual(sent.map((id) => [id, true]));
    await waitFor(async () => (await world.queue.getJobCountByTypes('waiting', 'active')) === 0);
    expect(world.simulator.accepted).toHaveLength(1);
  });
});

describe('dead letters that have a highest age', () => {
  it('are thrown away with every copy, counted, and only when they are old enough', async () => {
    await using world = await createDelivery({ settings: { keepDeadLettersAgeMs: 60_000 } });
    const young = await world.send({ title: 'YOK', text: 'genç' });
    const old = await world.send({ title: 'YOK', text: 'eski' });
    const first = await world.startWorker();
    for (const { id } of [young, old]) await world.end(id);
    await first.close();
    const letter = `${world.prefix}:${world.deadQueue.name}:${old.id}`;
    await world.redis.hset(letter, 'timestamp', Date.now() - 61_000);
    // As if it had died first.
    await world.redis.lrem(`${world.prefix}:${world.deadQueue.name}:wait`, 0, old.id);
    await world.redis.rpush(`${world.prefix}:${world.deadQueue.name}:wait`, old.id);
    await world.redis.del(keys.lease(world.prefix, world.account.name, 'sweep'));
    await world.startWorker();
    await waitFor(() => world.telemetry.sweeps.length > 0);
    expect(world.telemetry.sweeps).toEqual([
      { what: 'dead-letters', removed: 1, left: 0, olderThanMs: 60_000 },
    ]);
    expect((await world.letters()).map(({ id }) => id)).toEqual([young.id]);
    const contents = (await contentsOf(world.redis, world.prefix)).join('\n');
    expect(contents).not.toContain('eski');
    expect(contents).toContain('genç');
  });

  it('stay for ever where there is none', async () => {
    await using world = await createDelivery({
      settings: { keepCompletedAgeMs: 1_000, keepFailedAgeMs: 1_000 },
    });
    await world.startWorker();
    const [, refused = ''] = await endTwo(world);
    await world.redis.hset(`${world.prefix}:${world.deadQueue.name}:${refused}`, 'timestamp', 1);
    await waitFor(() => world.telemetry.sweeps.length === 2, { limitMs: 10_000 });
    expect(await world.letters()).toHaveLength(1);
  });
});

describe('a sweep of dead letters', () => {
  async function yardOf(ages: Readonly<Record<string, number>>) {
    const prefix = freshPrefix();
    const redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
    const yard = openDeadLetterFixture(redis, prefix);
    onTestFinished(async () => {
      await yard[Symbol.asyncDispose]();
      redis.disconnect();
    });
    const now = Date.now();
    for (const [id, days] of Object.entries(ages)) {
      await yard.put(id);
      await redis.hset(`${prefix}:${yard.deadQueue.name}:${id}`, 'timestamp', now - days * day);
    }
    const store = createDeadLetterStore(redis, { prefix, account: 'default' });
    const sweep = (days: number, isStopped = () => false) =>
      removeExpiredDeadLetters(store, { olderThanMs: days * day, now, page: 2, isStopped });
    return { prefix, redis, yard, sweep };
  }

  it('goes on page by page until one is young enough', async () => {
    const { yard, sweep } = await yardOf({ a: 9, b: 8, c: 7, d: 6, e: 5, f: 1, g: 0 });
    expect(await sweep(5)).toEqual({ removed: 5, left: 0 });
    expect(await yard.letterIds()).toEqual(['f', 'g']);
    expect(await sweep(0)).toEqual({ removed: 2, left: 0 });
    expect(await sweep(0)).toEqual({ removed: 0, left: 0 });
  });

  it('leaves those whose replay was begun, says so, and goes on behind them', async () => {
    const { yard, sweep, redis, prefix } = await yardOf({ a: 9, b: 8, c: 7, d: 6, e: 5 });
    for (const id of ['a', 'b', 'd']) await redis.set(keys.replayed(prefix, 'default', id), `${id}.r1`);
    expect(await sweep(5)).toEqual({ removed: 2, left: 3 });
    expect(await yard.letterIds()).toEqual(['a', 'b', 'd']);
  });

  it('goes by the age in the queue, whatever a letter says of itself', async () => {
    const { yard, sweep, redis, prefix } = await yardOf({ a: 9, b: 1 });
    for (const id of ['a', 'b']) {
      await redis.hset(`${prefix}:${yard.deadQueue.name}:${id}`, 'data', '{"v":1,"diedAt":"never"');
    }
    expect(await sweep(5)).toEqual({ removed: 1, left: 0 });
    expect(await redis.lrange(`${prefix}:${yard.deadQueue.name}:wait`, 0, -1)).toEqual(['b']);
  });

  it('passes over an id without a letter', async () => {
    const { yard, sweep, redis, prefix } = await yardOf({ a: 9, b: 8, c: 7 });
    await redis.del(`${prefix}:${yard.deadQueue.name}:a`);
    expect(await sweep(5)).toEqual({ removed: 2, left: 0 });
  });

  it('ends between two letters when the worker ends', async () => {
    const { yard, sweep } = await yardOf({ a: 9, b: 8, c: 7 });
    let looks = 0;
    expect(await sweep(5, () => ++looks > 1)).toEqual({ removed: 1, left: 0 });
    expect(await yard.letterIds()).toEqual(['b', 'c']);
  });

  it('leaves the uncertain ones that it takes out of their count', async () => {
    const { yard, sweep, redis, prefix } = await yardOf({});
    const facts = { reason: 'uncertain', code: 'reply-timeout' } as const;
    await yard.put('u', { facts, diedAt: Date.now() - day });
    expect(await sweep(0)).toEqual({ removed: 1, left: 0 });
    expect(await redis.exists(`${prefix}:${yard.deadQueue.name}:uncertain`)).toBe(0);
    await using letters = openDeadLetters({ redis, prefix });
    expect(await letters.summary()).toMatchObject({ letters: 0 });
  });
});

describe('a lease', () => {
  it('is held by one worker at a time, for each thing by itself', async () => {
    const place = { prefix: freshPrefix(), account: 'default' };
    const redis = new Redis(sharedRedisUrl());
    onTestFinished(() => redis.disconnect());
    const takes = [1, 2, 3].map(() => takeLease(redis, place, 'sweep', 60_000));
    expect((await Promise.all(takes)).filter(Boolean)).toHaveLength(1);
    expect(await takeLease(redis, place, 'check', 60_000)).toBe(true);
  });
});
