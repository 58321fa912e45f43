import { makeTroubles, type Scenario, type Troubles } from '../harness/scenario.ts';
import { lockMs } from '../harness/world.ts';

export const redisTroubles: Troubles = {
  async 'Redis killed and brought back'({ redis, pause, chance }) {
    await redis.kill('SIGKILL');
    await pause(chance.between(0, 2_000));
    await redis.restart();
  },
  async 'Redis restarted'({ redis }) {
    await redis.restart();
  },
  async 'Redis frozen for a moment'({ redis, pause, chance }) {
    redis.freeze();
    await pause(chance.between(300, 2_000));
    redis.thaw();
  },
  async 'Redis frozen for longer than a lock'({ redis, pause }) {
    redis.freeze();
    await pause(lockMs + 1_000);
    redis.thaw();
  },
  async 'connections to Redis cut'({ redisPath }) {
    redisPath.cut();
  },
  async 'Redis refuses connections'({ redisPath, pause, chance }) {
    await redisPath.refuse();
    redisPath.cut();
    await pause(chance.between(500, 3_000));
    await redisPath.accept();
  },
  async 'replies of Redis stalled for longer than a lock'({ redisPath, pause }) {
    redisPath.stall('down');
    await pause(lockMs + 1_000);
    redisPath.resume();
  },
  async 'the road to Redis stalled, then cut'({ redisPath, pause, chance }) {
    redisPath.stall(chance.pick(['up', 'down', 'both']));
    await pause(chance.between(200, 1_500));
    redisPath.cut();
    redisPath.resume();
  },
};

/** Redis goes away in every way that it knows; with `appendfsync always` it forgets nothing that it confirmed. */
export const redis: Scenario = {
  name: 'redis',
  title: 'Redis (AOF, always) killed, restarted, frozen past the locks, disconnected',
  messages: 2_000,
  loadMs: 22_000,
  workers: 3,
  act: (world, load) => makeTroubles(redisTroubles, world, load, [200, 1_200]),
};
