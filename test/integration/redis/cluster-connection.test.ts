import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findJobsOutside } from '../../../src/bullmq/earlier-queues.ts';
import { freePort } from '../../../src/cli/redis-process.ts';
import { createProducer } from '../../../src/producer/index.ts';
import { placeOf } from '../../../src/queue/names.ts';
import {
  openOperatorRedis,
  openProducerRedis,
  openWorkerRedis,
  whenReady,
} from '../../../src/queue/redis.ts';
import type { RedisClient } from '../../../src/queue/redis-client.ts';
import { type RedisTrouble, readTrouble } from '../../../src/queue/redis-trouble.ts';
import { freshPrefix, sharedRedisUrl, startRedis } from '../../support/redis.ts';
import { startCluster, type TestCluster } from '../../support/redis-cluster.ts';
import { waitFor } from '../../support/wait-for.ts';

const openers: readonly (readonly [string, (url: string) => RedisClient])[] = [
  ['a producer', (url) => openProducerRedis(url, 1_000)],
  ['an operator', (url) => openOperatorRedis(url, 1_000)],
  ['a worker', (url) => openWorkerRedis(url)],
];

/** What keeps a connection from being ready. */
async function troubleOf(
  url: string,
  open = openWorkerRedis as (url: string) => RedisClient,
): Promise<RedisTrouble> {
  const redis = open(url);
  redis.on('error', () => {});
  try {
    await whenReady(redis, 3_000);
  } catch (error) {
    return readTrouble(error);
  } finally {
    redis.disconnect();
  }
  throw new Error('it was ready');
}

describe.each(openers)('the connection of %s to a cluster that cannot be spoken to', (_, open) => {
  it('says what each of its nodes says', async () => {
    const ports = [await freePort(), await freePort()];
    const trouble = await troubleOf(`redis+cluster://127.0.0.1:${ports[0]},127.0.0.1:${ports[1]}`, open);
    expect(trouble.kind).toBe('unsent');
    for (const port of ports) expect(JSON.stringify(trouble)).toContain(`127.0.0.1:${port} ECONNREFUSED`);
  });

  it('says where there is no cluster', async () => {
    const url = sharedRedisUrl().replace('redis://', 'redis+cluster://');
    expect(await troubleOf(url, open)).toEqual({ kind: 'refused', reason: 'NO_CLUSTER' });
  });

  it('says that the login is wrong', async () => {
    await using node = await startRedis({ args: ['--cluster-enabled', 'yes', '--requirepass', 'secret'] });
    const trouble = await troubleOf(`redis+cluster://:wrong@127.0.0.1:${node.port}`, open);
    expect(trouble).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/^(?:NOAUTH|WRONGPASS)$/),
    });
  });

  it('ends when it is told to, whatever it was doing', async () => {
    const redis = open(`redis+cluster://127.0.0.1:${await freePort()}`);
    redis.on('error', () => {});
    await waitFor(() => redis.status === 'reconnecting');
    const ended = once(redis, 'end');
    redis.disconnect();
    await ended;
    expect(redis.status).toBe('end');
  });
});

describe('a cluster of three primaries', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster({ replicas: 0 });
  }, 30_000);
  afterAll(() => cluster[Symbol.asyncDispose]());

  it('is told by its nodes where the address says that it is none', async () => {
    const prefix = freshPrefix();
    const producers = cluster.nodes.map(({ url }) => createProducer({ redis: url, prefix }));
    const sent = await Promise.allSettled(
      producers.map((producer) => producer.send({ to: '0532 123 45 67', text: 'Merhaba', title: 'DEMO' })),
    );
    const reasons = sent.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
    // One of them has the slot of these keys.
    expect(reasons.length).toBe(2);
    for (const reason of reasons) expect(reason).toMatch(/MOVED: .*redis\+cluster:\/\//);
    await Promise.all(producers.map((producer) => producer.close()));
  });

  it('shows what lies on both sides of a slot that is being moved, and stores nothing there by halves', async () => {
    const prefix = freshPrefix();
    const place = placeOf({ isCluster: true }, prefix, 'default');
    const producer = createProducer({ redis: cluster.url, prefix, accounts: { default: { title: 'DEMO' } } });
    const message = { to: '0532 123 45 67', text: 'Merhaba' };
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1)
      ids.push((await producer.send({ ...message, idempotencyKey: `k${n}` })).id);
    const from = await cluster.ownerOf(place.prefix);
    const to = cluster.nodes.find((node) => node !== from);
    if (!to) throw new Error('one node alone');
    await cluster.halfway(place.prefix, to, async () => {
      const states = await producer.statuses(ids);
      expect(states.map(({ state }) => state)).toEqual(Array(5).fill('waiting'));
      const refused = await producer
        .send({ ...message, idempotencyKey: 'late' })
        .catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'REDIS_REFUSED', message: expect.stringContaining('TRYAGAIN') });
    });
    expect(await cluster.ownerOf(place.prefix)).toBe(to);
    const late = await producer.send({ ...message, idempotencyKey: 'late' });
    expect(late.duplicate).toBe(false);
    expect((await producer.statuses([...ids, late.id])).map(({ state }) => state)).toEqual(
      Array(6).fill('waiting'),
    );
    await producer.close();
  });

  it('is searched for jobs that lie where a single Redis kept them', async () => {
    const prefix = freshPrefix();
    const redis = openOperatorRedis(cluster.url, 2_000);
    await whenReady(redis, 3_000);
    expect(await findJobsOutside(redis, prefix, ['bank', 'shop'])).toEqual([]);
    await redis.lpush(`${prefix}:jetsms-bank-bulk:wait`, 'm1', 'm2');
    await redis.zadd(`${prefix}:jetsms-bank-otp:delayed`, 1, 'm3');
    expect(await findJobsOutside(redis, prefix, ['bank', 'shop'])).toEqual([{ account: 'bank', jobs: 3 }]);
    redis.disconnect();
  });
});
