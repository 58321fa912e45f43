import { describe, expect, it } from 'vitest';
import { createLetterStore } from '../../../src/bullmq/dead-letter-store.ts';
import { traceView } from '../../../src/cli/render/message-trace.ts';
import { traceMessage } from '../../../src/operator/dead-letters/trace.ts';
import { createDelivery } from '../../support/delivery.ts';
import { startRedis } from '../../support/redis.ts';
import { stays, waitFor } from '../../support/wait-for.ts';

const batches = { batchSize: 100, batchWaitMs: 100, concurrency: 200 };

describe('jobs that end at the same moment', () => {
  it('are finished in few commands, and each gives the worker its next job', async () => {
    await using own = await startRedis();
    await using world = await createDelivery({
      redisUrl: own.url,
      account: { ...batches, batchSize: 10, concurrency: 10, connections: 1, concurrencyForOtp: 0 },
    });
    const ids = await world.sendMany(200);
    await world.redis.config('RESETSTAT');
    await world.startWorker();
    await waitFor(async () => (await world.queue.getCompletedCount()) === 200);
    const info = await world.redis.info('commandstats');
    const scripts = Number(/cmdstat_evalsha:calls=(\d+)/.exec(info)?.[1]);
    // One to take each of the first ten, then one to mark and one to finish each batch of ten.
    expect(scripts).toBeLessThan(110);
    for (const id of ids) {
      const ended = await world.end(id);
      expect(ended).toMatchObject({ state: 'completed', way: ['accepted 00 complete'] });
      expect(ended.groupId).toMatch(/^\d+$/);
    }
    // What `jetsms dead show` says of it, though its journal holds no more than the mark.
    const store = createLetterStore(world.redis, { prefix: world.prefix, account: world.account.name });
    const trace = await traceMessage(ids[0] ?? '', { store, queue: world.queue });
    const view = trace && traceView(trace, {});
    expect(view).toMatchObject({ state: 'accepted', groupId: expect.stringMatching(/^\d+$/) });
    expect(view?.history).toMatchObject([
      { n: 1, outcome: 'accepted', code: '00', verdict: 'complete', worker: 'w1' },
    ]);
    expect(world.simulator.accepted).toHaveLength(200);
  });

  it('fail singly: one whose lock is lost stops nobody else, and its acceptance is not forgotten', async () => {
    await using world = await createDelivery({ account: batches, settings: { stalledIntervalMs: 100 } });
    world.simulator.setLatency({ minMs: 400, maxMs: 400 });
    const ids = await world.sendMany(5);
    await world.startWorker();
    await waitFor(() => world.simulator.stats().requests === 1);
    const [lost = ''] = ids;
    await world.redis.set(`${world.queue.toKey(lost)}:lock`, 'another', 'PX', 1_000);
    for (const id of ids) {
      const ended = await world.end(id);
      expect(ended).toMatchObject({ state: 'completed', letter: undefined });
      expect(ended.journal.settled).toMatchObject({ end: 'accepted' });
    }
    await waitFor(() => world.telemetry.lateReplies.length > 0);
    expect(world.telemetry.locksLost).toEqual([{ id: lost, when: 'after the reply' }]);
    expect(world.telemetry.lateReplies).toMatchObject([{ id: lost, settled: true }]);
    expect(world.simulator.stats().requests).toBe(1);
  });

  it('wait while Redis takes no writes, as after a failover: what JetSMS accepted stays accepted', async () => {
    await using own = await startRedis();
    await using world = await createDelivery({ redisUrl: own.url, account: batches });
    world.simulator.setLatency({ minMs: 400, maxMs: 400 });
    const ids = await world.sendMany(5);
    await world.startWorker();
    await waitFor(() => world.simulator.stats().requests === 1);
    await world.redis.replicaof('127.0.0.1', '1');
    await waitFor(() => world.simulator.accepted.length === 5);
    const refusals = () =>
      world.telemetry.redisErrors.filter((error) => String(error).includes('READONLY')).length;
    const before = refusals();
    await waitFor(() => refusals() >= before + 2);
    expect(await world.queue.getCompletedCount()).toBe(0);
    await world.redis.replicaof('NO', 'ONE');
    for (const id of ids) {
      expect(await world.end(id)).toMatchObject({ state: 'completed', way: ['accepted 00 complete'] });
    }
    expect(await world.letters()).toEqual([]);
    expect(world.simulator.stats().requests).toBe(1);
  });

  it('of lane bulk are recorded together, and end only while few commands are on their way to Redis', async () => {
    await using own = await startRedis();
    const many = { batchSize: 600, batchWaitMs: 300, concurrency: 600 };
    await using world = await createDelivery({ redisUrl: own.url, account: many });
    world.simulator.setLatency({ minMs: 300, maxMs: 300 });
    const ids = await world.sendMany(600, { lane: 'bulk' });
    await world.startWorker();
    await waitFor(() => world.telemetry.ends.length > 0);
    // The worker's own connection stands still now, as far as it writes.
    const redis = world.redis.duplicate();
    await redis.client('PAUSE', 1_200, 'WRITE');
    const written = await redis.zcard(world.queue.toKey('completed'));
    expect(written).toBeLessThan(500);
    await waitFor(() => world.telemetry.ends.length >= written + 20);
    await stays(() => world.telemetry.ends.length - written, 100);
    expect(world.telemetry.ends).toHaveLength(written + 20);
    // Whatever happens to this worker now: that they were accepted is known.
    for (const id of ids) {
      expect(await redis.hget(world.queue.toKey(id), 'progress')).toContain('"settled":{"end":"accepted"');
    }
    redis.disconnect();
    for (const id of ids) expect(await world.end(id)).toMatchObject({ state: 'completed' });
    expect(world.simulator.stats().requests).toBe(1);
  });
});
