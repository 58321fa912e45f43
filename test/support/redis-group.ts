import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findRedisBinary, freePort } from '../../src/cli/redis-process.ts';
import { type RedisChoice, startRedis, type TestRedis } from './redis.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { waitFor } from './wait-for.ts';

/** A server of a group, and the road by which everybody reaches it: apps, replicas, Sentinels. */
export interface GroupServer {
  readonly redis: TestRedis;
  readonly road: TcpProxy;
}

/** A primary with two replicas, watched by three Sentinels: real processes. */
export interface RedisGroup extends AsyncDisposable {
  /** `redis+sentinel://…/mymaster` */
  readonly url: string;
  readonly servers: readonly GroupServer[];
  readonly sentinels: readonly TestSentinel[];
  /** A connection that follows the primary; the end of the group closes it. */
  client(): Redis;
  /** The server that most Sentinels call the primary. */
  primary(): Promise<GroupServer>;
  /** Resolves when the primary is another than this, and writable. */
  turnedFrom(before: GroupServer): Promise<GroupServer>;
  /** Makes a server that is back a replica of the primary, as its image does at a start; a Sentinel would some ten seconds later. */
  follow(server: GroupServer): Promise<void>;
  /**
   * Resolves when so many replicas, default both, follow the primary and all Sentinels call it the same. A server that comes back
   * is made a replica some ten seconds later.
   */
  whole(replicas?: number): Promise<void>;
}

export interface TestSentinel {
  readonly port: number;
  client(): Redis;
  kill(): Promise<void>;
  restart(): Promise<void>;
}

export interface GroupChoice {
  readonly redis?: RedisChoice;
  /** A login that the Sentinels ask for. */
  readonly sentinelPassword?: string;
  /** A password of the servers. */
  readonly password?: string;
}

export const groupName = 'mymaster';

/** As short as tests can have it: how long a primary is silent before it counts as down. */
const downAfterMs = 600;

/** Starts three servers and three Sentinels on the loopback address; resolves when all know each other. */
export async function startRedisGroup(choice: GroupChoice = {}): Promise<RedisGroup> {
  await using stack = new AsyncDisposableStack();
  const { password } = choice;
  const servers: GroupServer[] = [];
  for (let index = 0; index < 3; index += 1) {
    const port = await freePort();
    const road = stack.use(await startTcpProxy({ port }));
    const args = [
      ...['--replica-announce-ip', '127.0.0.1', '--replica-announce-port', String(road.port)],
      ...['--repl-diskless-sync-delay', '0', '--repl-timeout', '5', '--repl-ping-replica-period', '1'],
      ...(password ? ['--requirepass', password, '--masterauth', password] : []),
      ...(index === 0 ? [] : ['--replicaof', '127.0.0.1', String(servers[0]?.road.port)]),
      ...(choice.redis?.args ?? []),
    ];
    servers.push({ redis: stack.use(await startRedis({ ...choice.redis, port, args })), road });
  }
  const sentinels: TestSentinel[] = [];
  for (let index = 0; index < 3; index += 1)
    sentinels.push(stack.use(await startWatchingSentinel(servers[0]?.road.port ?? 0, choice)));
  const clients: Redis[] = [];
  stack.defer(() => {
    for (const client of clients) client.disconnect();
  });
  const group = groupOf({ servers, sentinels, choice, clients });
  await group.whole();
  const parts = stack.move();
  return { ...group, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

interface GroupParts {
  readonly servers: readonly GroupServer[];
  readonly sentinels: readonly TestSentinel[];
  readonly choice: GroupChoice;
  readonly clients: Redis[];
}

function groupOf({
  servers,
  sentinels,
  choice,
  clients,
}: GroupParts): Omit<RedisGroup, typeof Symbol.asyncDispose> {
  const { password, sentinelPassword } = choice;
  const named = async (sentinel: TestSentinel): Promise<number> => {
    const reply = await sentinel.client().call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', groupName);
    return Array.isArray(reply) ? Number(reply[1]) : 0;
  };
  const primary = async (): Promise<GroupServer> => {
    const ports = await Promise.all(sentinels.map((one) => named(one).catch(() => 0)));
    const [most] = [
      ...Map.groupBy(
        ports.filter((port) => port > 0),
        (port) => port,
      ),
    ].toSorted(([, one], [, other]) => other.length - one.length);
    const found = servers.find(({ road }) => road.port === most?.[0]);
    if (!found) throw new Error('no Sentinel names a primary');
    return found;
  };
  const infoOf = async ({ redis }: GroupServer): Promise<string> =>
    redis.client(password ? { password } : {}).info('replication');
  const isWhole = async (replicas: number): Promise<boolean> => {
    const info = await infoOf(await primary());
    const ports = await Promise.all(sentinels.map((one) => named(one).catch(() => 0)));
    const knows = await Promise.all(sentinels.map((one) => knowsAll(one).catch(() => replicas < 2)));
    return (
      new Set(ports).size === 1 &&
      (replicas < 2 || knows.every(Boolean)) &&
      (info.match(/^slave\d+:.*state=online/gm) ?? []).length >= replicas
    );
  };
  const login = password ? `:${password}@` : '';
  const query = sentinelPassword ? `?sentinelPassword=${sentinelPassword}` : '';
  const hosts = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',');
  return {
    url: `redis+sentinel://${login}${hosts}/${groupName}${query}`,
    servers,
    sentinels,
    client() {
      const client = new Redis({
        sentinels: sentinels.map(({ port }) => ({ host: '127.0.0.1', port })),
        name: groupName,
        sentinelCommandTimeout: 1_000,
        maxRetriesPerRequest: null,
        socketTimeout: 5_000,
        ...(password ? { password } : {}),
        ...(sentinelPassword ? { sentinelPassword } : {}),
      });
      client.on('error', () => {});
      clients.push(client);
      return client;
    },
    primary,
    async turnedFrom(before) {
      const limit = { limitMs: 15_000, everyMs: 50, what: 'the Sentinels naming another primary' };
      await waitFor(async () => (await primary().catch(() => before)) !== before, limit);
      const after = await primary();
      await waitFor(async () => /^role:master/m.test(await infoOf(after)), limit);
      return after;
    },
    async follow({ redis }) {
      const { road } = await primary();
      const client = redis.client(password ? { password } : {});
      await client.replicaof('127.0.0.1', road.port);
    },
    whole: (replicas = 2) =>
      waitFor(() => isWhole(replicas), { limitMs: 30_000, everyMs: 100, what: 'the group being whole' }).then(
        () => {},
      ),
  };
}

/** Two replicas, two other Sentinels, and nothing that counts as down. */
async function knowsAll(sentinel: TestSentinel): Promise<boolean> {
  const reply = await sentinel.client().call('SENTINEL', 'MASTER', groupName);
  const fields = Array.isArray(reply) ? reply.map(String) : [];
  const field = (name: string): string => fields[fields.indexOf(name) + 1] ?? '';
  return field('num-slaves') === '2' && field('num-other-sentinels') === '2' && field('flags') === 'master';
}

async function startWatchingSentinel(
  primaryPort: number,
  { password, sentinelPassword }: GroupChoice,
): Promise<TestSentinel & AsyncDisposable> {
  const binary = await findRedisBinary(process.env['PATH']);
  if (binary === undefined) throw new Error('no redis-server on the PATH; see CONTRIBUTING.md');
  const port = await freePort();
  const dir = await mkdtemp(join(tmpdir(), 'jetsms-sentinel-'));
  const file = join(dir, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${dir}`,
    `sentinel monitor ${groupName} 127.0.0.1 ${primaryPort} 2`,
    `sentinel down-after-milliseconds ${groupName} ${downAfterMs}`,
    // Twice this is the least time between two failovers.
    `sentinel failover-timeout ${groupName} 1500`,
    `sentinel parallel-syncs ${groupName} 2`,
    ...(password ? [`sentinel auth-pass ${groupName} ${password}`] : []),
    ...(sentinelPassword ? [`requirepass ${sentinelPassword}`] : []),
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  const login = sentinelPassword ? { password: sentinelPassword } : {};
  const client = new Redis(port, '127.0.0.1', {
    ...login,
    commandTimeout: 1_000,
    maxRetriesPerRequest: 1,
    retryStrategy: () => 50,
  });
  client.on('error', () => {});
  let server: ChildProcess;
  const start = async (): Promise<void> => {
    server = spawn(binary, [file, '--sentinel'], { stdio: 'ignore' });
    await waitFor(
      () =>
        client.ping().then(
          () => true,
          () => false,
        ),
      { limitMs: 10_000, everyMs: 20 },
    );
  };
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };
  await start();
  return {
    port,
    client: () => client,
    kill,
    restart: start,
    async [Symbol.asyncDispose]() {
      client.disconnect();
      await kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
