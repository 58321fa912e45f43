import { setTimeout as pause } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { type Lane, lanes } from '../../../src/message/lane.ts';
import { deadQueueName, defaultAccount, queueName } from '../../../src/queue/names.ts';
import { createSimulator, type NewAccount, type Simulator } from '../../../src/simulator/index.ts';
import { type ConnectProxy, startConnectProxy } from '../../support/connect-proxy.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';
import { asOneRedis, startCluster, type TestCluster } from '../../support/redis-cluster.ts';
import { type RedisGroup, startRedisGroup } from '../../support/redis-group.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import type { Chance } from './chance.ts';
import { type Consumers, createConsumers } from './consumers.ts';
import { placeIn } from './place.ts';
import { createProducers, type Producers } from './producers.ts';
import { subscribeToAll } from './told-events.ts';
import { createWorkers, type Workers } from './workers.ts';

/** Everything that a scenario can break, and everything that shows what came of it. */
export interface World extends AsyncDisposable {
  readonly chance: Chance;
  /** Where the scenario is of a cluster, all of it: only its address and its clients are to be used. */
  readonly redis: WorldRedis;
  readonly cluster: TestCluster | undefined;
  /** Where the scenario wants it: `redis` is then whatever its primary is. */
  readonly group: RedisGroup | undefined;
  /** Between workers and Redis. */
  readonly redisPath: TcpProxy;
  /** Between workers and JetSMS. */
  readonly jetsmsPath: TcpProxy;
  /** Which workers go through on their way to JetSMS, where the scenario says so. */
  readonly jetsmsProxy: ConnectProxy;
  readonly simulator: Simulator;
  readonly workers: Workers;
  /** None, unless the scenario has producers in processes of their own. */
  readonly producers: Producers;
  /** None, unless the scenario starts them. */
  readonly consumers: Consumers;
  /** The queue of a lane. */
  queueOf(lane: Lane): Queue;
  /** Send jobs of all lanes that have not ended, by state. */
  openJobs(): Promise<Readonly<Record<string, number>>>;
  readonly deadQueue: Queue;
  /** Environment of the workers; commands of the CLI take it too. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds since the world began. */
  nowMs(): number;
  /** How long a trouble lasts, and when the next one comes. Whatever should happen is waited for by `waitFor()`. */
  pause(ms: number): Promise<void>;
  /** Writes a fault into the chronicle. */
  note(fault: string): void;
  /** From now on another server is the primary: what the old one was told last, nobody else may have heard. */
  lostPrimary(): void;
  /** When that was, epoch milliseconds. */
  readonly primariesLostAt: readonly number[];
  /** What was done to the workers, and when. */
  readonly chronicle: readonly Noted[];
}

export interface Noted {
  readonly atMs: number;
  readonly fault: string;
}

/** What the scenarios and the evidence need of Redis. */
export type WorldRedis = Omit<TestRedis, 'stop' | typeof Symbol.asyncDispose>;

export interface WorldOptions {
  readonly chance: Chance;
  readonly seed: number;
  readonly isCluster?: boolean;
  readonly account?: Partial<NewAccount>;
  readonly settings?: Readonly<Record<string, string>>;
  readonly throughProxy?: boolean;
  readonly isBehindSentinels?: true;
}

/** How long a lock lasts here: as short as the settings allow. */
export const lockMs = 5_000;
export const requestTimeoutMs = 1_500;
export const connections = 8;

/** A provider that takes a while, so that faults find requests under way. */
const usualLatency = { minMs: 10, maxMs: 90 };

/** Builds a private Redis that writes everything down, a JetSMS, and the roads to both. No worker yet. */
export async function buildWorld({
  chance,
  seed,
  isCluster = false,
  account,
  settings,
  throughProxy,
  isBehindSentinels,
}: WorldOptions): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const group = isBehindSentinels && stack.use(await startRedisGroup({ redis: { aof: 'always' } }));
  const cluster = isCluster
    ? stack.use(await startCluster({ aof: 'always', isBehindProxies: true }))
    : undefined;
  const several = cluster ? asOneRedis(cluster) : group && redisOf(group);
  const redis = several ?? stack.use(await startRedis({ aof: 'always' }));
  await subscribeToAll(redis);
  const simulator = stack.use(
    createSimulator({ seed, latency: usualLatency, accounts: [{ ...login, ...account }] }),
  );
  await simulator.listen();
  const redisPath = stack.use(await startTcpProxy({ port: redis.port }));
  const jetsmsPath = stack.use(await startTcpProxy({ port: Number(new URL(simulator.url).port) }));
  const jetsmsProxy = stack.use(await startConnectProxy({ login: `workers:${proxyPassword}` }));
  const { xmlUrl, webServiceUrl } = simulator;
  const address = settings?.['JETSMS_SURFACE'] === 'web-service' ? webServiceUrl : xmlUrl;
  const redisUrl = cluster?.url ?? group?.url ?? `redis://127.0.0.1:${redisPath.port}`;
  const env = {
    ...environment(redisUrl, new URL(address), jetsmsPath.port),
    ...(throughProxy ? { JETSMS_PROXY_URL: loginTo(jetsmsProxy) } : {}),
    ...settings,
  };
  const workers = stack.use(createWorkers(env));
  const producers = stack.use(createProducers());
  const consumers = stack.use(createConsumers(redis));
  const open = (name: string): Queue => {
    const queue = new Queue(name, { connection: redis.client(), prefix: placeIn(redis).prefix });
    queue.on('error', () => {});
    return queue;
  };
  const queues = {
    otp: open(queueName(defaultAccount, 'otp')),
    transactional: open(queueName(defaultAccount, 'transactional')),
    bulk: open(queueName(defaultAccount, 'bulk')),
  };
  const began = performance.now();
  const nowMs = (): number => Math.round(performance.now() - began);
  const chronicle: Noted[] = [];
  const primariesLostAt: number[] = [];
  const parts = stack.move();
  return {
    ...{
      chance,
      redis,
      cluster,
      group,
      redisPath,
      jetsmsPath,
      jetsmsProxy,
      simulator,
      workers,
      producers,
      consumers,
      env,
      chronicle,
      nowMs,
    },
    queueOf: (lane) => queues[lane],
    async openJobs() {
      const counts = await Promise.all(
        lanes.map((lane) => queues[lane].getJobCounts('active', 'waiting', 'delayed')),
      );
      const sum = (state: string): number => counts.reduce((all, one) => all + (one[state] ?? 0), 0);
      return { active: sum('active'), waiting: sum('waiting'), delayed: sum('delayed') };
    },
    deadQueue: open(deadQueueName(defaultAccount)),
    pause: (ms) => pause(ms),
    primariesLostAt,
    lostPrimary: () => void primariesLostAt.push(Date.now()),
    note: (fault) => void chronicle.push({ atMs: nowMs(), fault }),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** What must be in no line of a log. */
export const proxyPassword = 'proxy-word';

const loginTo = ({ url }: ConnectProxy): string => url.replace('//', `//workers:${proxyPassword}@`);

/** The group as one Redis, as its clients see it. What is done to it is done to all of its servers. */
function redisOf({ url, servers, client }: RedisGroup): WorldRedis {
  const [first] = servers;
  if (!first) throw new Error('a group without servers');
  const all = (what: (redis: TestRedis) => Promise<void>): Promise<void> =>
    Promise.all(servers.map(({ redis }) => what(redis))).then(() => {});
  return {
    url,
    host: first.redis.host,
    port: first.redis.port,
    dir: first.redis.dir,
    client: () => client(),
    kill: (signal) => all((redis) => redis.kill(signal)),
    restart: () => all((redis) => redis.restart()),
    freeze() {
      for (const { redis } of servers) redis.freeze();
    },
    thaw() {
      for (const { redis } of servers) redis.thaw();
    },
  };
}

export const login: NewAccount = { username: 'demo', password: 'demo' };

function environment(redisUrl: string, jetsms: URL, jetsmsPort: number): Readonly<Record<string, string>> {
  jetsms.port = String(jetsmsPort);
  return {
    JETSMS_REDIS_URL: redisUrl,
    JETSMS_URL: jetsms.href,
    JETSMS_USERNAME: login.username,
    JETSMS_PASSWORD: login.password,
    JETSMS_TITLE: 'DEMO',
    JETSMS_LOG_LEVEL: 'debug',
    JETSMS_HEALTH_PORT: '0',
    JETSMS_CONNECTIONS: String(connections),
    JETSMS_CONCURRENCY: '40',
    JETSMS_LOCK_DURATION_MS: String(lockMs),
    JETSMS_STALLED_INTERVAL_MS: '1000',
    JETSMS_CONNECT_TIMEOUT_MS: '500',
    JETSMS_HEADERS_TIMEOUT_MS: '1200',
    JETSMS_BODY_TIMEOUT_MS: '1200',
    JETSMS_REQUEST_TIMEOUT_MS: String(requestTimeoutMs),
    JETSMS_PROBE_INTERVAL_MS: '1000',
    JETSMS_RESUME_RATE_PER_SECOND: '1000',
    JETSMS_ASK_FIRST_MS: '200',
    JETSMS_ASK_FOR_MS: '6000',
    JETSMS_ASK_FOR_OTP_MS: '2000',
    JETSMS_SHUTDOWN_TIMEOUT_MS: '8000',
    JETSMS_KEEP_COMPLETED_COUNT: '10000000',
    JETSMS_MAX_EVENTS: '10000000',
  };
}

/** Everything back to good: what a scenario broke must not decide how the rest of it ends. */
export async function heal(world: World): Promise<void> {
  const { redis, cluster, redisPath, jetsmsPath, jetsmsProxy, simulator, workers, group } = world;
  redis.thaw();
  await cluster?.heal();
  for (const path of [redisPath, jetsmsPath, ...(group?.servers ?? []).map(({ road }) => road)]) {
    path.resume();
    await path.accept();
  }
  jetsmsProxy.setScript(undefined);
  await jetsmsProxy.comeBack();
  for (const worker of workers.alive()) workers.thaw(worker);
  simulator.faults.clear();
  simulator.setLatency(usualLatency);
}
