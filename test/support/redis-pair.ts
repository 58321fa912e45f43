import { Redis } from 'ioredis';
import { startRedis, type TestRedis } from './redis.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { waitFor } from './wait-for.ts';

/** A primary and its replica behind one address, as a cloud's failover group is. */
export interface RedisPair extends AsyncDisposable {
  /** The address that always leads to the primary. */
  readonly url: string;
  readonly proxy: TcpProxy;
  readonly first: TestRedis;
  readonly second: TestRedis;
  /**
   * The replica becomes the primary and the address leads to it. The old primary lives on as a replica, and with it
   * every connection that was open.
   */
  failOver(): Promise<void>;
  /** The primary's machine vanishes: its connections stay open and say nothing. The address leads to the replica. */
  vanish(): Promise<void>;
  /** As `failOver()`, but the address goes on leading to the old primary until the returned function is called. */
  turn(): Promise<() => void>;
}

/** A replica gets its copy at once, instead of five seconds later. */
const quickly = { args: ['--repl-diskless-sync-delay', '0'] };

export async function startRedisPair(): Promise<RedisPair> {
  const first = await startRedis(quickly);
  const second = await startRedis(quickly);
  const proxy = await startTcpProxy({ port: first.port });
  await second.client().replicaof('127.0.0.1', first.port);
  await waitFor(async () => (await second.client().info('replication')).includes('master_link_status:up'));
  // The primary sends it what comes after its copy when it has heard of it, up to a second later.
  const client = first.client();
  await waitFor(async () => {
    const answers = await client.pipeline().set('pair', '').wait(1, 100).del('pair').exec();
    return answers?.[1]?.[1] === 1;
  });
  const turn = async () => {
    await stopWrites(first);
    await caughtUp(first, second);
    await tell(second, (redis) => redis.replicaof('NO', 'ONE'));
    await tell(first, (redis) => redis.replicaof('127.0.0.1', second.port));
    await tell(first, (redis) => redis.call('CLIENT', 'UNPAUSE'));
    return () => proxy.pointTo({ port: second.port });
  };
  return {
    url: `redis://127.0.0.1:${proxy.port}`,
    proxy,
    first,
    second,
    turn,
    async failOver() {
      const point = await turn();
      point();
    },
    async vanish() {
      await stopWrites(first);
      await caughtUp(first, second);
      await tell(second, (redis) => redis.replicaof('NO', 'ONE'));
      first.freeze();
      proxy.pointTo({ port: second.port });
    },
    async [Symbol.asyncDispose]() {
      await proxy.close();
      await Promise.all([first.stop(), second.stop()]);
    },
  };
}

/**
 * As a planned failover does: what is written between the replica's last byte and its promotion would be lost, and no worker can
 * know of it. Writes wait meanwhile, and are refused by what is a replica then.
 */
const stopWrites = (primary: TestRedis): Promise<void> =>
  tell(primary, (redis) => redis.call('CLIENT', 'PAUSE', '30000', 'WRITE'));

/** Replication is asynchronous: what the replica has not got yet, a failover loses. */
async function caughtUp(primary: TestRedis, replica: TestRedis): Promise<void> {
  const offset = async (server: TestRedis): Promise<string | undefined> =>
    /^master_repl_offset:(\d+)/m.exec(await server.client().info('replication'))?.[1];
  await waitFor(async () => (await offset(primary)) === (await offset(replica)));
}

async function tell(server: TestRedis, what: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis(server.url);
  await what(redis);
  redis.disconnect();
}
