import { startRedis } from '../../support/redis.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { LoadState, Scenario } from '../harness/scenario.ts';
import { requestTimeoutMs, type World, type WorldRedis } from '../harness/world.ts';

const isFollowing = async (replica: WorldRedis): Promise<boolean> =>
  (await replica.client().info('replication')).includes('master_link_status:up');

/**
 * As a managed Redis does it: writes wait until the replica has everything, then the two change places. Their
 * connections stay open.
 */
async function changePlaces(primary: WorldRedis, replica: WorldRedis): Promise<void> {
  await waitFor(() => isFollowing(replica), { limitMs: 10_000 });
  await primary.client().call('FAILOVER', 'TO', replica.host, String(replica.port), 'TIMEOUT', '5000');
  await waitFor(() => isFollowing(primary), { limitMs: 10_000 });
}

/** How long an application, or its messages, may stand still for a failover that takes a moment. */
const goesOnWithinMs = 10_000;

/** Producer and workers go on by themselves: what is stored after the failover is confirmed, and sent. */
export async function goesOn(
  { simulator }: World,
  load: LoadState,
  limitMs: number = goesOnWithinMs,
): Promise<void> {
  const confirmed = load.confirmed();
  // Whatever is accepted after this has left after the failover.
  const from = Date.now() + requestTimeoutMs;
  const limit = { limitMs, everyMs: 20 };
  await waitFor(() => !load.isArriving() || load.confirmed() > confirmed, {
    ...limit,
    what: 'after the failover: a message that the producer stores',
  });
  await waitFor(() => !load.isArriving() || (simulator.accepted.at(-1)?.at ?? 0) > from, {
    ...limit,
    what: 'after the failover: a message that a worker sends',
  });
}

/**
 * The address of Redis leads to another server, and back; nobody's connection is closed. Redis hands over only when the
 * replica has everything, so nothing may be lost; a failover that does not wait loses what was not yet copied.
 */
export const redisFailover: Scenario = {
  name: 'redis-failover',
  title: 'Failover of Redis behind one address, old connections open',
  messages: 2_000,
  loadMs: 22_000,
  workers: 3,
  isProducerOnRedisPath: true,
  async act(world, load) {
    const { redis, redisPath, pause, chance, note } = world;
    const quickly = ['--repl-diskless-sync-delay', '0'];
    await using spare = await startRedis({ aof: 'always', args: quickly });
    await redis.client().config('SET', 'repl-diskless-sync-delay', '0');
    await spare.client().replicaof(redis.host, redis.port);
    const failOver = async (fault: string, from: WorldRedis, to: WorldRedis): Promise<void> => {
      await pause(chance.between(300, 2_000));
      note(fault);
      await changePlaces(from, to);
      redisPath.pointTo(to);
      await goesOn(world, load);
    };
    while (load.isArriving()) {
      await failOver('failover', redis, spare);
      await failOver('failover, back', spare, redis);
    }
  },
};
