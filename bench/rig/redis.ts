import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { findRedisBinary, freePort, spawnRedis } from '../../src/cli/redis-process.ts';

/** A Redis of its own in a fresh directory, which writes every change to its file, and each second to the disk. */
export interface BenchRedis extends AsyncDisposable {
  readonly url: string;
  /** CPU seconds since it began, those of its children (rewriting the file) included. */
  cpuSeconds(): Promise<number>;
  /** Bytes in use, without the buffer of what is not yet written to the file. */
  usedBytes(): Promise<number>;
  version(): Promise<string>;
}

/** CPU seconds and bytes as one server tells them; closed with its process. */
interface Server extends BenchRedis {
  readonly client: Redis;
}

export const openRedis = (): Promise<BenchRedis> => openServer([]);

async function openServer(more: readonly string[], port?: number): Promise<Server> {
  const binary = await findRedisBinary(process.env['PATH'] ?? '');
  if (!binary) throw new Error('bench needs a redis-server or valkey-server on the PATH');
  const dir = await mkdtemp(join(tmpdir(), 'jetsms-bench-'));
  const own = port ?? (await freePort());
  const args = ['--appendonly', 'yes', '--appendfsync', 'everysec', ...more];
  const server = await spawnRedis({ binary, port: own, dir, args });
  const client = new Redis({ port: own, maxRetriesPerRequest: null });
  const info = async (section: string) => {
    const lines = await client.info(section);
    return (name: string): string => new RegExp(`^${name}:(\\S+)`, 'm').exec(lines)?.[1] ?? '';
  };
  return {
    client,
    url: `redis://127.0.0.1:${own}`,
    async cpuSeconds() {
      const field = await info('cpu');
      const parts = ['sys', 'user', 'sys_children', 'user_children'];
      return parts.reduce((sum, part) => sum + Number(field(`used_cpu_${part}`)), 0);
    },
    async usedBytes() {
      const field = await info('memory');
      return Number(field('used_memory')) - Number(field('mem_aof_buffer'));
    },
    version: async () => (await info('server'))('redis_version'),
    async [Symbol.asyncDispose]() {
      client.disconnect();
      const gone = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGKILL');
      await gone;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

const slots = 16_384;

/** A node that has met no other does not know where it is. */
const clusterArgs = ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'];

/** A cluster of some primaries, without replicas, each with as many slots; its CPU is also told node by node. */
export interface BenchCluster extends BenchRedis {
  cpuSecondsOfNodes(): Promise<readonly number[]>;
  /** The place, among the nodes, of the one that has a key. */
  nodeOf(key: string): Promise<number>;
}

export async function openCluster(size: number): Promise<BenchCluster> {
  await using parts = new AsyncDisposableStack();
  const nodes: Server[] = [];
  for (let n = 0; n < size; n += 1) nodes.push(parts.use(await openServer(clusterArgs, await portWithBus())));
  const firstOf = (n: number): number => Math.floor((n * slots) / size);
  for (const [n, { client }] of nodes.entries())
    await client.cluster('ADDSLOTSRANGE', firstOf(n), firstOf(n + 1) - 1);
  const [first] = nodes;
  if (!first) throw new Error('a cluster needs a node');
  for (const { url } of nodes.slice(1))
    await first.client.cluster('MEET', '127.0.0.1', Number(new URL(url).port));
  for (const { client } of nodes) await untilWhole(client, size);
  const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
  const each = <T>(ask: (node: Server) => Promise<T>): Promise<T[]> => Promise.all(nodes.map(ask));
  const kept = parts.move();
  return {
    url: `redis+cluster://${nodes.map(({ url }) => new URL(url).host).join(',')}`,
    cpuSeconds: async () => sum(await each((node) => node.cpuSeconds())),
    cpuSecondsOfNodes: () => each((node) => node.cpuSeconds()),
    usedBytes: async () => sum(await each((node) => node.usedBytes())),
    version: () => first.version(),
    async nodeOf(key) {
      const slot = Number(await first.client.cluster('KEYSLOT', key));
      return nodes.findIndex((_, n) => slot >= firstOf(n) && slot < firstOf(n + 1));
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** What nodes say to each other goes over the port that is ten thousand higher. */
async function portWithBus(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port < 55_536) return port;
  }
}

async function untilWhole(client: Redis, size: number): Promise<void> {
  for (;;) {
    const said = String(await client.cluster('INFO'));
    if (/cluster_state:ok/.test(said) && said.includes(`cluster_known_nodes:${size}`)) return;
    await pause(50);
  }
}
