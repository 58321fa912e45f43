import { describe, expect, it } from 'vitest';
import { uncertainKey, withdrawDeadLetter } from '../../../src/bullmq/put-dead-letter.ts';
import { createEvents } from '../../../src/events/index.ts';
import type { AccountSnapshot } from '../../../src/metrics/snapshot.ts';
import { emptyJournal, type Journal } from '../../../src/queue/journal.ts';
import { keys } from '../../../src/queue/names.ts';
import { whenReady } from '../../../src/queue/redis.ts';
import { createQueueSnapshot } from '../../../src/watch/queue-snapshot.ts';
import { openDeadLetterFixture } from '../../support/dead-letters.ts';
import { createDelivery, type DeliveryWorld } from '../../support/delivery.ts';
import { messagesEntry, writeEntry } from '../../support/event-entries.ts';
import { startRedis } from '../../support/redis.ts';

/** What a scrape sees of the world's only account; `aheadMs` moves its clock. */
async function snapshotOf(world: DeliveryWorld, aheadMs = 0): Promise<AccountSnapshot> {
  const [snapshot] = await snapshots(world, aheadMs)();
  if (!snapshot) throw new Error('no account');
  return snapshot;
}

const snapshots = ({ redis, prefix }: DeliveryWorld, aheadMs = 0) =>
  createQueueSnapshot({ redis, prefix, accounts: ['acme'], now: () => Date.now() + aheadMs });

describe('the snapshot of an account', () => {
  it('is all zeros where nothing was ever sent', async () => {
    await using world = await createDelivery();
    const none = { waiting: 0, prioritized: 0, active: 0, delayed: 0, completed: 0, failed: 0 };
    expect(await snapshotOf(world)).toEqual({
      account: 'acme',
      jobs: { otp: none, transactional: none, bulk: none, dead: none },
      oldestWaitingMs: {},
      held: undefined,
      uncertainOpen: 0,
      reportsWaiting: 0,
      reportsOverdueSeconds: 0,
    });
  });

  it('tells of each group of events how much it has not read and not acknowledged, and whether it is read', async () => {
    await using world = await createDelivery();
    const { redis, prefix } = world;
    const open = (group: string) =>
      createEvents({ redis, prefix, account: 'acme', group, pollMs: 10, readAhead: 2 });
    const [idle, read] = [open('idle'), open('read')];
    await Promise.all([idle.subscribed(), read.subscribed()]);
    for (const job of ['m1', 'm2', 'm3', 'm4'])
      await writeEntry(redis, prefix, messagesEntry({ job }), 'acme');
    const iterator = read[Symbol.asyncIterator]();
    await iterator.next();
    expect((await snapshotOf(world)).events).toEqual({
      stored: 4,
      groups: [
        { group: 'idle', unread: 4, unacknowledged: 0, isRead: false },
        { group: 'read', unread: 2, unacknowledged: 2, isRead: true },
      ],
    });
    await Promise.all([idle.close(), read.close()]);
    await redis.set(keys.events(prefix, 'acme'), 'no stream');
    expect((await snapshotOf(world)).events).toBeUndefined();
  });

  it('counts the jobs of each lane, and the dead letters, by state', async () => {
    await using world = await createDelivery();
    const accepted = await world.send();
    const refused = await world.send({ title: 'OTHER' });
    const worker = await world.startWorker();
    await Promise.all([world.end(accepted.id), world.end(refused.id)]);
    await worker.close();
    await world.sendMany(3);
    await world.send({ sendAt: new Date(Date.now() + 60_000) });
    await world.send({ lane: 'bulk' });
    const { transactional, bulk, otp, dead } = (await snapshotOf(world)).jobs;
    expect(transactional).toMatchObject({ waiting: 3, delayed: 1, completed: 1, failed: 1, active: 0 });
    expect([bulk, otp, dead].map(({ waiting }) => waiting)).toEqual([1, 0, 1]);
  });

  it('tells for each lane how long its next message has waited', async () => {
    await using world = await createDelivery();
    await world.send({ lane: 'bulk' });
    await world.send({ lane: 'otp' });
    await world.send({ lane: 'otp', to: '0532 765 43 21' });
    const { oldestWaitingMs } = await snapshotOf(world, 60_000);
    expect(Object.keys(oldestWaitingMs).toSorted()).toEqual(['bulk', 'otp']);
    for (const ageMs of Object.values(oldestWaitingMs)) {
      expect(ageMs).toBeGreaterThanOrEqual(60_000);
      expect(ageMs).toBeLessThan(65_000);
    }
  });

  it('does not count a delay that was asked for as waiting', async () => {
    await using world = await createDelivery();
    const { id } = await world.send({ sendAt: new Date(Date.now() + 50_000) });
    const job = await world.queue.getJob(id);
    await job?.promote();
    const { transactional } = (await snapshotOf(world, 60_000)).oldestWaitingMs;
    expect(transactional).toBeGreaterThan(9_000);
    expect(transactional).toBeLessThan(15_000);
  });

  it('does not count the delay of a retry as waiting', async () => {
    await using world = await createDelivery();
    const { id } = await world.send();
    const journal: Journal = { ...emptyJournal, notBefore: Date.now() + 55_000 };
    const record = keys.record(world.prefix, world.queue.name, id);
    await world.redis.hset(record, { run: 1, journal: JSON.stringify(journal) });
    const { transactional } = (await snapshotOf(world, 60_000)).oldestWaitingMs;
    expect(transactional).toBeGreaterThan(4_000);
    expect(transactional).toBeLessThan(10_000);
  });

  it('names the reason of a hold, also of one that the dashboard made by pausing', async () => {
    await using world = await createDelivery({ provider: { credit: 0 } });
    await world.startWorker();
    await world.send();
    await world.held({ reason: 'no-credit' });
    expect(await snapshotOf(world)).toMatchObject({ held: 'no-credit', oldestWaitingMs: {} });
    await using quiet = await createDelivery();
    await quiet.queue.pause();
    expect(await snapshotOf(quiet)).toMatchObject({ held: 'operator' });
  });

  it('asks for the same few things, however long the queue is', async () => {
    await using redis = await startRedis();
    await using world = await createDelivery({ redisUrl: redis.url });
    const admin = redis.client();
    const collect = snapshots(world);
    /** How often each command was called for one scrape. */
    const commandsOf = async (): Promise<readonly string[]> => {
      await admin.config('RESETSTAT');
      await collect();
      const stats = await admin.info('commandstats');
      const calls = [...stats.matchAll(/^cmdstat_(\S+?):calls=(\d+)/gm)].map(([, name, n]) => `${name} ${n}`);
      return calls.filter((call) => !/^(config|info)/.test(call)).toSorted();
    };
    await world.send();
    await world.send({ lane: 'otp' });
    await world.send({ lane: 'bulk' });
    const short = await commandsOf();
    await world.sendMany(200);
    const long = await commandsOf();
    expect(long).toEqual(short);
    expect(long).toContain('hmget 6');
  });

  it('rejects where Redis is away', async () => {
    await using redis = await startRedis();
    await using world = await createDelivery({ redisUrl: redis.url });
    const client = redis.client({ enableOfflineQueue: false, maxRetriesPerRequest: 0 });
    await whenReady(client, 5_000);
    const { prefix } = world;
    const collect = createQueueSnapshot({ redis: client, prefix, accounts: ['acme'], now: Date.now });
    client.disconnect();
    await expect(collect()).rejects.toThrow();
  });
});

describe('what waits for a report', () => {
  it('is counted, with how long the next question has been due', async () => {
    await using world = await createDelivery();
    const reports = keys.reports(world.prefix, 'acme');
    await world.redis.zadd(reports, Date.now() - 60_000, 'm1', Date.now() + 60_000, 'm2');
    const { reportsWaiting, reportsOverdueSeconds = 0 } = await snapshotOf(world);
    expect(reportsWaiting).toBe(2);
    expect(reportsOverdueSeconds).toBeGreaterThanOrEqual(60);
    await world.redis.zrem(reports, 'm1');
    expect(await snapshotOf(world)).toMatchObject({ reportsWaiting: 1, reportsOverdueSeconds: 0 });
  });

  it('is not told where something else lies in its place; all else is', async () => {
    await using world = await createDelivery();
    await world.redis.set(keys.reports(world.prefix, 'acme'), 'no set');
    const snapshot = await snapshotOf(world);
    expect(snapshot).not.toHaveProperty('reportsWaiting');
    expect(snapshot.uncertainOpen).toBe(0);
  });
});

describe('the open uncertain messages', () => {
  const uncertain = { facts: { reason: 'uncertain', code: 'reply-timeout' } } as const;

  it('are counted from their dead letter until that is gone', async () => {
    await using world = await createDelivery();
    await using yard = openDeadLetterFixture(world.redis, world.prefix, 'acme');
    await yard.put('a', uncertain);
    await yard.put('a', uncertain);
    await yard.put('b', uncertain);
    await yard.put('c');
    expect((await snapshotOf(world)).uncertainOpen).toBe(2);
    await withdrawDeadLetter(world.deadQueue, 'a');
    expect((await snapshotOf(world)).uncertainOpen).toBe(1);
  });

  it('are counted for a message whose answer never came', async () => {
    await using world = await createDelivery();
    world.simulator.faults.add({ kind: 'reset-after-read', times: 1 });
    await world.startWorker();
    const { id } = await world.send();
    expect((await world.end(id)).letter?.reason).toBe('uncertain');
    expect((await snapshotOf(world)).uncertainOpen).toBe(1);
  });

  it('are no longer counted when somebody has removed the letter on the dashboard', async () => {
    await using world = await createDelivery();
    await using yard = openDeadLetterFixture(world.redis, world.prefix, 'acme');
    await yard.put('a', uncertain);
    await (await yard.deadQueue.getJob('a'))?.remove();
    await snapshotOf(world);
    expect((await snapshotOf(world)).uncertainOpen).toBe(0);
    expect(await world.redis.exists(uncertainKey(yard.deadQueue.qualifiedName))).toBe(0);
  });
});
