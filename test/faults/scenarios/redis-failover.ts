import { startRedis, type TestRedis } from '../../support/redis.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { Scenario } from '../harness/scenario.ts';

const isFollowing = async (replica: TestRedis): Promise<boolean> =>
  (await replica.client().info('replication')).includes('master_link_status:up');

/**
 * As a managed Redis does it: writes wait until the replica has everything, then the two change places. Their
 * connections stay open.
 */
async function changePlaces(primary: TestRedis, replica: TestRedis): Promise<void> {
  await waitFor(() => isFollowing(replica), { limitMs: 10_000 });
  await primary.client().call('FAILOVER', 'TO', replica.host, String(replica.port), 'TIMEOUT', '5000');
  await waitFor(() => isFollowing(primary), { limitMs: 10_000 });
}

/** The address of Redis leads to another server, and back; nobody's connection is closed. */
export const redisFailover: Scenario = {
  name: 'redis-failover',
  title: 'Failover of Redis behind one address, old connections open',
  messages: 2_000,
  loadMs: 22_000,
  workers: 3,
  async act({ redis, redisPath, pause, chance, note }, load) {
    const quickly = ['--repl-diskless-sync-delay', '0'];
    await using spare = await startRedis({ aof: 'always', args: quickly });
    await redis.client().config('SET', 'repl-diskless-sync-delay', '0');
    await spare.client().replicaof(redis.host, redis.port);
    while (load.isArriving()) {
      await pause(chance.between(500, 3_000));
      note('failover');
      await changePlaces(redis, spare);
      redisPath.pointTo(spare);
      await pause(chance.between(500, 3_000));
      note('failover, back');
      await changePlaces(spare, redis);
      redisPath.pointTo(redis);
    }
  },
};
