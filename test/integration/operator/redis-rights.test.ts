import { describe, expect, it } from 'vitest';
import { openDeadLetters } from '../../../src/operator/dead-letters.ts';
import { askRights } from '../../../src/operator/redis-rights.ts';
import { openWorkerRedis } from '../../../src/queue/redis.ts';
import { createDelivery, type DeliveryWorld } from '../../support/delivery.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';
import { addRoleUser } from '../../support/redis-users.ts';
import { waitFor } from '../../support/wait-for.ts';

async function urlOfUser(redis: TestRedis, rights: readonly string[]): Promise<string> {
  await redis.client().call('ACL', 'SETUSER', 'worker', 'reset', 'on', '>pw', ...rights);
  return `redis://worker:pw@127.0.0.1:${redis.port}`;
}

/** Messages that come to every kind of end, on every kind of way. */
async function deliver(world: DeliveryWorld, redisUrl: string): Promise<void> {
  const { producer, simulator, prefix, account } = world;
  await world.startWorker();
  simulator.faults.add({ kind: 'status', status: 503, times: 1 });
  const sends = [
    world.send(),
    world.send({ sendAt: Date.now() + 200 }),
    world.send({ lane: 'otp', idempotencyKey: 'order 17' }),
    world.send({ title: 'NOBODY' }),
  ];
  const ids = (await Promise.all(sends)).map(({ id }) => id);
  await producer.sendMany(['905321234567', '905321234568'], { campaign: 'sale', text: 'Merhaba' });
  const media = { contentType: 'image/png', data: new Uint8Array([1, 2, 3]) };
  await producer.sendMms({ to: ['905321234567'], text: '', subject: 'x', media });
  for (const id of ids) await world.end(id);
  await waitFor(async () => (await producer.campaign('sale'))?.accepted === 2);
  await using letters = openDeadLetters({ redis: redisUrl, prefix, account: account.name });
  expect((await letters.list()).letters).toHaveLength(1);
  expect(await letters.discard({})).toMatchObject({ discarded: 1 });
}

describe('the rights that a worker needs', () => {
  it('are enough for deliveries, campaigns, MMS and dead letters', async () => {
    await using redis = await startRedis();
    await using world = await createDelivery({
      redisUrl: redis.url,
      settings: { redisUrl: await addRoleUser(redis, 'worker') },
      account: { surface: 'web-service' },
    });
    await deliver(world, await addRoleUser(redis, 'operator'));
    expect(world.telemetry.redisErrors).toEqual([]);
  });

  it('are named where they are missing, and nothing is written to find out', async () => {
    await using redis = await startRedis();
    const url = await urlOfUser(redis, ['~{jetsms}:*', '+@all', '-xadd', '-bzpopmin', '-eval']);
    const connection = openWorkerRedis(url);
    const place = { prefix: '{jetsms}', accounts: ['shop'], name: 'w1' };
    expect(await askRights(connection, place)).toEqual({ commands: ['bzpopmin', 'xadd', 'eval'], keys: [] });
    expect(await redis.client().dbsize()).toBe(0);
    connection.disconnect();
  });

  it('are named by the key where it is another that may not be used', async () => {
    await using redis = await startRedis();
    const own = [
      'probe',
      'record',
      'claim',
      'hold',
      'rate',
      'campaign',
      'media',
      'credit',
      'lease',
      'replayed',
      'events',
      'reports',
      'ended',
    ];
    const lanes = ['otp', 'transactional', 'bulk'].map((lane) => `jetsms-shop-${lane}`);
    const patterns = [...own, ...lanes].map((name) => `~{jetsms}:${name}:*`);
    const url = await urlOfUser(redis, ['~{jetsms}:secret', ...patterns, '+@all']);
    const connection = openWorkerRedis(url);
    const place = { prefix: '{jetsms}', accounts: ['shop'], name: 'w1' };
    expect(await askRights(connection, place)).toEqual({
      commands: [],
      keys: ['{jetsms}:jetsms-shop-dead:*', '{jetsms}:jetsms-shop:*'],
    });
    connection.disconnect();
  });

  it('are named by each key that an earlier version did not have', async () => {
    await using redis = await startRedis();
    const earlier = ['probe', 'jetsms-shop', 'jetsms-shop-dead', 'hold', 'rate', 'campaign', 'media'];
    const patterns = [...earlier, 'credit', 'lease', 'replayed'].map((name) => `~{jetsms}:${name}:*`);
    const url = await urlOfUser(redis, ['~{jetsms}:secret', ...patterns, '+@all']);
    const connection = openWorkerRedis(url);
    const place = { prefix: '{jetsms}', accounts: ['shop'], name: 'w1' };
    const { commands, keys } = await askRights(connection, place);
    const queues = ['otp', 'transactional', 'bulk'].map((lane) => `jetsms-shop-${lane}`);
    expect({ commands, keys: keys.toSorted() }).toEqual({
      commands: [],
      keys: [
        ...queues.map((queue) => `{jetsms}:${queue}:*`),
        ...queues.map((queue) => `{jetsms}:record:${queue}:*`),
        '{jetsms}:claim:shop:*',
        '{jetsms}:ended:shop:*',
        '{jetsms}:events:shop',
        '{jetsms}:reports:shop',
      ].toSorted(),
    });
    expect(await redis.client().dbsize()).toBe(0);
    connection.disconnect();
  });

  it('are not taken for missing where other things are wrong', async () => {
    await using redis = await startRedis();
    await redis.client().config('SET', 'maxmemory', '1');
    const connection = openWorkerRedis(redis.url);
    const place = { prefix: '{jetsms}', accounts: ['shop'], name: 'w1' };
    expect(await askRights(connection, place)).toEqual({ commands: [], keys: [] });
    connection.disconnect();
  });
});
