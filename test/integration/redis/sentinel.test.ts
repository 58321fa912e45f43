import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDeadLetters } from '../../../src/operator/dead-letters.ts';
import { createProducer, type NewMessage } from '../../../src/producer/index.ts';
import {
  openOperatorRedis,
  openProducerRedis,
  openWorkerRedis,
  whenReady,
} from '../../../src/queue/redis.ts';
import { readTrouble } from '../../../src/queue/redis-trouble.ts';
import { createDelivery } from '../../support/delivery.ts';
import { freshPrefix, oneServer, sharedRedisUrl } from '../../support/redis.ts';
import { type RedisGroup, startRedisGroup } from '../../support/redis-group.ts';
import { waitFor } from '../../support/wait-for.ts';

const message: NewMessage = { to: '905321234567', text: 'Kodunuz 481516', title: 'ACME' };

describe('a Redis behind Sentinels', () => {
  let group: RedisGroup;
  beforeAll(async () => {
    group = await startRedisGroup({ password: 'geheim', sentinelPassword: 'waechter' });
  }, 60_000);
  afterAll(() => group[Symbol.asyncDispose]());

  const troubleOf = async (url: string) => {
    const redis = openWorkerRedis(url);
    redis.on('error', () => {});
    const error = await whenReady(redis, 1_500).catch((thrown: unknown) => thrown);
    redis.disconnect();
    return readTrouble(error);
  };

  it.each([
    ['a producer', (url: string) => openProducerRedis(url, 5_000)],
    ['an operator', (url: string) => openOperatorRedis(url, 5_000)],
    ['a worker', (url: string) => openWorkerRedis(url)],
  ])('leads %s, and what is duplicated of it, to the primary', async (_, open) => {
    const redis = oneServer(open(`${group.url}&db=3`));
    const other = redis.duplicate();
    await Promise.all([whenReady(redis, 5_000), whenReady(other, 5_000)]);
    expect(await redis.info('replication')).toContain('role:master');
    await redis.set('sentinel-test', '1');
    expect(await other.get('sentinel-test')).toBe('1');
    expect(redis.options.db).toBe(3);
    redis.disconnect();
    other.disconnect();
  });

  it('is left alone where the Sentinels do not know the name: that is told at once', async () => {
    expect(await troubleOf(group.url.replace('/mymaster', '/other'))).toEqual({
      kind: 'refused',
      reason: 'SENTINEL_NAME',
    });
  });

  it.each(['', '?sentinelPassword=falsch'])('tells that the Sentinels want a login: %j', async (query) => {
    expect(await troubleOf(group.url.replace(/\?.*/, query))).toEqual({
      kind: 'refused',
      reason: 'SENTINEL_LOGIN',
    });
  });

  it('tells that Redis itself does not take the password', async () => {
    expect(await troubleOf(group.url.replace('geheim', 'falsch'))).toEqual({
      kind: 'refused',
      reason: 'WRONGPASS',
    });
  });

  it('tells that what is named is a Redis and no Sentinel', async () => {
    const { host } = new URL(sharedRedisUrl());
    expect(await troubleOf(`redis+sentinel://${host}/mymaster`)).toEqual({
      kind: 'refused',
      reason: 'NOT_SENTINEL',
    });
  });

  it('tells what each Sentinel does where none names the primary', async () => {
    const { port } = group.sentinels[0] ?? { port: 0 };
    const cause = (await troubleOf('redis+sentinel://127.0.0.1:1,127.0.0.1:2/mymaster')) as {
      cause?: string;
    };
    expect(cause.cause).toBe(
      'no Sentinel names the primary of mymaster: 127.0.0.1:1 ECONNREFUSED, 127.0.0.1:2 ECONNREFUSED',
    );
    expect(await troubleOf(`redis+sentinel://127.0.0.1:1,127.0.0.1:${port}/mymaster`)).toEqual({
      kind: 'refused',
      reason: 'SENTINEL_LOGIN',
    });
  });

  it('is found though the first Sentinel of the address is away', async () => {
    const redis = openProducerRedis(group.url.replace('://', '://').replace('@', '@127.0.0.1:1,'), 1_000);
    await whenReady(redis, 3_000);
    redis.disconnect();
  });

  it('is waited for by whoever is told to connect anew while the Sentinels are asked', async () => {
    const [first] = group.sentinels;
    if (!first) throw new Error('no Sentinel');
    await first.kill();
    const redis = openWorkerRedis(group.url.replace(/@[^/]*/, `@127.0.0.1:${first.port}`));
    redis.on('error', () => {});
    await waitFor(() => redis.status === 'connecting');
    // BullMQ does so when a blocking call has had no answer: https://github.com/taskforcesh/bullmq/issues/4378
    redis.disconnect(true);
    await first.restart();
    await whenReady(redis, 10_000);
    expect(await redis.ping()).toBe('PONG');
    redis.disconnect();
  });

  it('serves operators', async () => {
    await using letters = openDeadLetters({ redis: group.url, prefix: freshPrefix() });
    expect(await letters.summary()).toMatchObject({ letters: 0 });
  });

  it('costs a producer nothing that it has told where the primary is changed on purpose', async () => {
    await group.whole();
    const before = await group.primary();
    await using producer = createProducer({ redis: group.url, prefix: freshPrefix(), redisTimeoutMs: 3_000 });
    await producer.send(message);
    await group.sentinels[0]?.client().call('SENTINEL', 'FAILOVER', 'mymaster');
    await group.turnedFrom(before);
    await waitFor(() => producer.send({ ...message, idempotencyKey: 'order 18' }), { limitMs: 15_000 });
  }, 90_000);

  it('may lose the road to its primary, whose connections stay open and silent', async () => {
    await group.whole(1);
    const before = await group.primary();
    await using world = await createDelivery({ redisUrl: group.url });
    await world.startWorker();
    await world.end((await world.send()).id);
    before.road.stall();
    await waitFor(() => world.send({ idempotencyKey: 'order 17' }), { limitMs: 15_000 });
    await waitFor(() => world.simulator.stats().acceptedMessages === 2, { limitMs: 15_000 });
    before.road.resume();
  }, 90_000);

  it('may lose its primary, killed without a word, while producer and worker are at work', async () => {
    await group.whole(1);
    const before = await group.primary();
    await using world = await createDelivery({ redisUrl: group.url });
    await world.startWorker();
    await world.end((await world.send()).id);
    await before.redis.kill('SIGKILL');
    await waitFor(() => world.send({ idempotencyKey: 'order 17' }), { limitMs: 15_000 });
    await waitFor(() => world.simulator.stats().acceptedMessages === 2, { limitMs: 15_000 });
  }, 90_000);
});
