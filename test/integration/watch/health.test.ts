import { describe, expect, it } from 'vitest';
import { createHealthWatch, type Health, type HealthWatch } from '../../../src/watch/health.ts';
import type { DeliveryWorker } from '../../../src/worker/worker.ts';
import { createDelivery, type DeliveryChoice, type DeliveryWorld } from '../../support/delivery.ts';
import { startRedis } from '../../support/redis.ts';
import { waitFor } from '../../support/wait-for.ts';

interface Watched {
  readonly health: HealthWatch;
  readonly worker: DeliveryWorker;
  /** Waits until the worker is green, or red for a reason like this. */
  green(): Promise<Health>;
  red(says: RegExp): Promise<Health>;
}

/** A worker under watch, looked at often so that tests are quick. */
async function watch(
  world: DeliveryWorld,
  change: { readonly exitAfterMs?: number; readonly onRedTooLong?: (health: Health) => void } = {},
): Promise<Watched> {
  const worker = await world.startWorker();
  const health = createHealthWatch({
    ...worker,
    prefix: world.prefix,
    lockDurationMs: world.settings.lockDurationMs,
    exitAfterMs: 0,
    onRedTooLong: () => {},
    everyMs: 50,
    answerWithinMs: 300,
    stuckAfterMs: 4_000,
    ...change,
  });
  await health.start();
  return {
    health,
    worker,
    green: () =>
      waitFor(() => health.current().ready && health.current(), { what: 'green', limitMs: 20_000 }),
    red: (says) =>
      waitFor(
        () => health.current().checks.some((check) => !check.ok && says.test(check.says)) && health.current(),
        { what: `red because ${says}`, limitMs: 20_000 },
      ),
  };
}

async function withWatch(
  choice: DeliveryChoice,
  test: (watched: Watched, world: DeliveryWorld) => Promise<void>,
): Promise<void> {
  await using world = await createDelivery(choice);
  const watched = await watch(world);
  try {
    await watched.green();
    await test(watched, world);
  } finally {
    watched.health.stop();
  }
}

/** BullMQ's worker of lane transactional. */
const bullOf = (worker: DeliveryWorker) =>
  worker.accounts[0]?.consumers.find(({ lane }) => lane === 'transactional')?.bull;

describe('the health of a worker', () => {
  it('is green while it waits for work, with a check of Redis, of eviction, of the clock and of each account', async () => {
    await withWatch({}, async ({ health }) => {
      expect(health.current().checks).toEqual([
        { check: 'redis', ok: true, says: 'Redis answers and takes writes' },
        { check: 'eviction', ok: true, says: 'Redis never evicts' },
        { check: 'clock', ok: true, says: "this machine's clock is 0 s from Redis'" },
        { check: 'consuming', account: 'acme', ok: true, says: 'takes jobs (0 in hand)' },
      ]);
    });
  });

  it('turns red when Redis is killed, and green again when it is back and jobs are taken', async () => {
    await using redis = await startRedis({ aof: 'always' });
    await withWatch({ redisUrl: redis.url }, async ({ green, red }, world) => {
      await redis.kill();
      await red(/cannot be reached|did not answer|broke off/);
      await redis.restart();
      await green();
      const { id } = await world.send();
      expect((await world.end(id, { limitMs: 20_000 })).state).toBe('completed');
    });
  });

  it('turns red when Redis stands still, and green again when it goes on', async () => {
    await using redis = await startRedis();
    await withWatch({ redisUrl: redis.url }, async ({ green, red }) => {
      redis.freeze();
      await red(/did not answer within/);
      redis.thaw();
      await green();
    });
  });

  it('turns red when Redis becomes a read-only replica', async () => {
    await using redis = await startRedis();
    await withWatch({ redisUrl: redis.url }, async ({ green, red }, world) => {
      const admin = redis.client();
      await admin.replicaof('127.0.0.1', '1');
      await red(/refuses writes \(READONLY\)/);
      await admin.replicaof('NO', 'ONE');
      await green();
      const { id } = await world.send();
      expect((await world.end(id, { limitMs: 20_000 })).state).toBe('completed');
    });
  });

  it('turns red when Redis may evict, whoever set it and when', async () => {
    await using redis = await startRedis();
    await withWatch({ redisUrl: redis.url }, async ({ green, red }) => {
      const admin = redis.client();
      await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
      await red(/may throw messages away when its memory is full \(maxmemory-policy is allkeys-lru\)/);
      await admin.config('SET', 'maxmemory-policy', 'noeviction');
      await green();
    });
  });

  it('turns red when Redis is full', async () => {
    await using redis = await startRedis();
    await withWatch({ redisUrl: redis.url }, async ({ green, red }) => {
      const admin = redis.client();
      await admin.config('SET', 'maxmemory', '1');
      await red(/refuses writes \(OOM\)/);
      await admin.config('SET', 'maxmemory', '0');
      await green();
    });
  });

  it('turns red when its consumer is paused in this process, and green when it goes on', async () => {
    await withWatch({}, async ({ green, red, worker }, world) => {
      const bull = bullOf(worker);
      await bull?.pause();
      await world.send();
      await red(/is paused in this process/);
      await bull?.resume();
      await green();
    });
  });

  it('turns red when its main loop has stopped asking for jobs, though BullMQ says that it runs', async () => {
    await withWatch({}, async ({ red, worker }) => {
      const bull = bullOf(worker);
      const hanging = Promise.withResolvers<null>();
      // A loop that hangs, as after a connection that came back without its consumer.
      const backend = bull?.getBackend();
      if (backend) backend.waitForJob = () => hanging.promise;
      await red(/has not asked for a job for \d+ s/);
      expect(bull?.isRunning()).toBe(true);
      hanging.resolve(null);
    });
  });

  it('stays green, and takes jobs, when its blocking connection is killed', async () => {
    await withWatch({}, async ({ green, health, worker }, world) => {
      const backend = bullOf(worker)?.getBackend();
      const blocking = await backend?.blockingClient;
      const idOf = async (): Promise<string | undefined> => {
        const clients = String(await world.redis.client('LIST'));
        const name = Buffer.from(world.queue.name).toString('base64');
        const line = clients
          .split('\n')
          .find((one) => one.includes('cmd=bzpopmin') && one.includes(':w:w1') && one.includes(name));
        return /^id=(\d+)/.exec(line?.includes(world.prefix) ? line : '')?.[1];
      };
      const before = await waitFor(idOf, { what: 'the blocking connection' });
      await world.redis.client('KILL', 'ID', before);
      const after = await waitFor(async () => {
        const id = await idOf();
        return id !== before && id;
      });
      expect(after).not.toBe(before);
      expect(blocking?.status).toBe('ready');
      const { id } = await world.send();
      await world.end(id);
      await green();
      expect(health.current().ready).toBe(true);
    });
  });

  it('stays green while the account is held, with jobs waiting', async () => {
    await withWatch(
      { provider: { credit: 0 }, account: { probeIntervalMs: 60_000 } },
      async (watched, world) => {
        await world.sendMany(3);
        await world.held({ reason: 'no-credit', mode: 'probing' });
        const consumer = watched.worker.accounts[0]?.consumers[1];
        const askedAt = consumer?.signs().askedAt ?? 0;
        // Two questions later it has waited longer than a worker that is limited may.
        await waitFor(() => (consumer?.signs().askedAt ?? 0) > askedAt + 1_500, { limitMs: 15_000 });
        expect(watched.health.current().ready).toBe(true);
      },
    );
  });

  it('is red while it shuts down', async () => {
    await withWatch({}, async ({ health }) => {
      health.stop();
      expect(health.current()).toMatchObject({
        ready: false,
        checks: [{ account: 'acme', says: 'is shutting down' }],
      });
    });
  });

  it('tells once when it has been red for too long, and not before', async () => {
    await using redis = await startRedis();
    await using world = await createDelivery({ redisUrl: redis.url });
    const told: Health[] = [];
    const { health, green, red } = await watch(world, {
      exitAfterMs: 500,
      onRedTooLong: (state) => void told.push(state),
    });
    await green();
    expect(told).toEqual([]);
    redis.freeze();
    await red(/did not answer/);
    await waitFor(() => told.length > 0);
    const { since } = health.current();
    await waitFor(() => Date.now() - since > 1_500);
    expect(told).toHaveLength(1);
    redis.thaw();
    await green();
    health.stop();
  });
});
