import { describe, expect, it } from 'vitest';
import { askRights } from '../../../src/operator/redis-rights.ts';
import { openWorkerRedis } from '../../../src/queue/redis.ts';
import { createDelivery } from '../../support/delivery.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';
import { addRoleUser } from '../../support/redis-users.ts';
import { waitFor } from '../../support/wait-for.ts';

async function urlOfUser(redis: TestRedis, rights: readonly string[]): Promise<string> {
  await redis.client().call('ACL', 'SETUSER', 'worker', 'reset', 'on', '>pw', ...rights);
  return `redis://worker:pw@127.0.0.1:${redis.port}`;
}

describe('the rights that a worker needs', () => {
  it.each(['info', 'multi', 'exec', 'unlink', 'hexists', 'rpush', 'xinfo', 'evalsha'])(
    'are named where it is %s that is missing, and nothing is written to find out',
    async (command) => {
      await using redis = await startRedis();
      const connection = openWorkerRedis(await urlOfUser(redis, ['~*', '+@all', `-${command}`]));
      const place = { prefix: '{jetsms}', accounts: ['shop'], name: 'w1' };
      expect(await askRights(connection, place)).toEqual({ commands: [command], keys: [] });
      expect(await redis.client().dbsize()).toBe(0);
      connection.disconnect();
    },
  );

  it('are named by one key of each kind where only the queues may be used', async () => {
    await using redis = await startRedis();
    const rights = ['~{jetsms}:probe:*', '~{jetsms}:jetsms-*', '+@all'];
    const connection = openWorkerRedis(await urlOfUser(redis, rights));
    const place = { prefix: '{jetsms}', accounts: ['shop'], name: 'w1' };
    const { keys } = await askRights(connection, place);
    expect(keys).toEqual([
      '{jetsms}:secret',
      ...['otp', 'transactional', 'bulk'].map((lane) => `{jetsms}:record:jetsms-shop-${lane}:*`),
      ...['claim:shop:*', 'hold:shop', 'rate:shop:*', 'campaign:shop:*', 'media:shop:*'].map(
        (key) => `{jetsms}:${key}`,
      ),
      ...['credit:shop', 'credit:shop:readings', 'lease:shop:*', 'replayed:shop:*'].map(
        (key) => `{jetsms}:${key}`,
      ),
      ...['events:shop', 'reports:shop', 'ended:shop:*'].map((key) => `{jetsms}:${key}`),
    ]);
    connection.disconnect();
  });

  it('are enough for a hold, the pace after it, and messages that are joined', async () => {
    await using redis = await startRedis();
    await using world = await createDelivery({
      redisUrl: redis.url,
      settings: { redisUrl: await addRoleUser(redis, 'worker') },
      account: { probeIntervalMs: 100, maxProbeIntervalMs: 100, resumeRatePerSecond: 50 },
    });
    world.simulator.faults.add({ kind: 'reply', code: '11', times: 1 });
    await world.startWorker();
    const sends = Array.from({ length: 200 }, () => world.send());
    const ids = (await Promise.all(sends)).map(({ id }) => id);
    await waitFor(() => world.simulator.stats().acceptedMessages === ids.length, { limitMs: 20_000 });
    expect(world.telemetry.redisErrors).toEqual([]);
  });
});
