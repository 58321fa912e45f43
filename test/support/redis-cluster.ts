import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Cluster, type Redis } from 'ioredis';
import { freePort } from '../../src/cli/redis-process.ts';
import { startRedis, type TestRedis } from './redis.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { waitFor } from './wait-for.ts';

const run = promisify(execFile);

/** A private, real Redis Cluster. `await using cluster = await startCluster()` ends it with the test. */
export interface TestCluster extends AsyncDisposable {
  /** As settings and options take it. */
  readonly url: string;
  /** All nodes, the primaries of the beginning first. */
  readonly nodes: readonly TestRedis[];
  /** The roads to the nodes, in their order; none unless the cluster is behind proxies. */
  readonly paths: readonly TcpProxy[];
  /** A connection of ioredis' own; ends with the cluster. */
  readonly client: Cluster;
  /** The node that serves a key now. */
  ownerOf(key: string): Promise<TestRedis>;
  /** Those that serve slots now. */
  primaries(): Promise<readonly TestRedis[]>;
  /** A replica of a primary that follows it. */
  replicaOf(primary: TestRedis): Promise<TestRedis>;
  /** Moves the slot of a key to another primary, key by key, as `redis-cli --cluster reshard` does it. */
  moveSlotOf(key: string, to: TestRedis, pauseMs?: number): Promise<void>;
  /** Does something while half of the keys of a slot have been moved; then the rest follows. */
  halfway(key: string, to: TestRedis, work: () => Promise<void>): Promise<void>;
  /** Resolves when every slot is served. */
  whole(): Promise<void>;
  /** All nodes run, all roads are open, and every slot is served. */
  heal(): Promise<void>;
}

export interface ClusterChoice {
  readonly primaries?: number;
  /** Of each primary. */
  readonly replicas?: number;
  /** A node that says nothing for so long has failed, milliseconds. */
  readonly nodeTimeoutMs?: number;
  readonly aof?: 'always' | 'everysec';
  readonly args?: readonly string[];
  /** Clients, and replicas, reach each node over a proxy; what nodes say to each other about their state goes by itself. */
  readonly isBehindProxies?: boolean;
}

/** A node's own bus has the port that is ten thousand higher. */
const busOffset = 10_000;

async function nodePort(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port + busOffset < 65_536) return port;
  }
}

/** Starts as many nodes as it takes, by the programs of Redis itself. */
export async function startCluster(choice: ClusterChoice = {}): Promise<TestCluster> {
  const { primaries = 3, replicas = 1, nodeTimeoutMs = 2_000, aof = 'everysec', args = [] } = choice;
  const nodeArgs = [
    ...['--cluster-enabled', 'yes', '--cluster-node-timeout', String(nodeTimeoutMs)],
    ...['--repl-diskless-sync-delay', '0', '--cluster-replica-validity-factor', '0', ...args],
  ];
  const nodes = await Promise.all(
    Array.from({ length: primaries * (1 + replicas) }, async () =>
      startRedis({ aof, args: nodeArgs, port: await nodePort() }),
    ),
  );
  const addresses = nodes.map(({ host, port }) => `${host}:${port}`);
  await redisCli([
    '--cluster',
    'create',
    ...addresses,
    '--cluster-replicas',
    String(replicas),
    '--cluster-yes',
  ]);
  const paths = choice.isBehindProxies ? await Promise.all(nodes.map(announce)) : [];
  const reached = paths.length > 0 ? paths : nodes;
  // Its own connection takes no proxy: it sees what is there while the roads are cut.
  const client = new Cluster(
    nodes.map(({ host, port }) => ({ host, port })),
    {
      natMap: Object.fromEntries(
        paths.map((path, at) => [`${path.host}:${path.port}`, placeOfNode(nodes[at])]),
      ),
    },
  );
  client.on('error', () => {});
  const cluster = { nodes, paths, client };
  const stop = async (): Promise<void> => {
    client.disconnect();
    await Promise.all([...nodes.map((node) => node.stop()), ...paths.map((path) => path.close())]);
  };
  await whole(cluster);
  return {
    ...cluster,
    url: `redis+cluster://${reached.map(({ host, port }) => `${host}:${port}`).join(',')}`,
    primaries: () => primariesIn(cluster),
    replicaOf: (primary) => replicaOf(cluster, primary),
    ownerOf: async (key) => ownerOf(cluster, await slotOf(cluster, key)),
    moveSlotOf: async (key, to, pauseMs = 0) =>
      moveSlot(cluster, await slotOf(cluster, key), to, (source, slot) =>
        moveKeys(source, slot, { to, pauseMs }),
      ),
    halfway: async (key, to, work) =>
      moveSlot(cluster, await slotOf(cluster, key), to, async (source, slot) => {
        const count = Number(await source.cluster('COUNTKEYSINSLOT', slot));
        await moveSome(source, slot, to, Math.floor(count / 2));
        await work();
        await moveKeys(source, slot, { to, pauseMs: 0 });
      }),
    whole: () => whole(cluster),
    async heal() {
      for (const node of nodes) node.thaw();
      for (const path of paths) {
        path.resume();
        await path.accept();
      }
      await whole(cluster);
    },
    [Symbol.asyncDispose]: stop,
  };
}

const placeOfNode = (node: TestRedis | undefined) => ({ host: node?.host ?? '', port: node?.port ?? 0 });

/** From now on the node tells others that it is to be reached over a proxy. */
async function announce(node: TestRedis): Promise<TcpProxy> {
  const path = await startTcpProxy({ port: node.port });
  const client = node.client();
  await client.config('SET', 'cluster-announce-bus-port', node.port + busOffset);
  await client.config('SET', 'cluster-announce-port', path.port);
  client.disconnect();
  return path;
}

/** A cluster for those who ask only what a server and a cluster both know. */
export function asOneRedis(cluster: TestCluster): TestRedis {
  const [first] = cluster.nodes;
  if (!first) throw new Error('a cluster without nodes');
  return {
    ...first,
    url: cluster.url,
    // What scenarios ask of it is the same of both.
    client: () => cluster.client as unknown as Redis,
    thaw() {
      for (const node of cluster.nodes) node.thaw();
    },
  };
}

/** @throws Error with what it has printed */
export async function redisCli(args: readonly string[]): Promise<string> {
  const { stdout } = await run('redis-cli', [...args], { timeout: 60_000 });
  return stdout;
}

type Parts = Pick<TestCluster, 'nodes' | 'paths' | 'client'>;

async function slotOf({ nodes }: Parts, key: string): Promise<number> {
  for (const node of nodes) {
    const slot = await ask(node, (client) => client.cluster('KEYSLOT', key)).catch(() => undefined);
    if (slot !== undefined) return Number(slot);
  }
  throw new Error('no node answers');
}

async function ownerOf(parts: Parts, slot: number): Promise<TestRedis> {
  const { nodes, paths } = parts;
  const ranges = await slotsOf(parts);
  const found = ranges.find(([from, to]) => from <= slot && slot <= to);
  const port = found?.[2]?.[1];
  const owner = nodes.find((node, at) => node.port === port || paths[at]?.port === port);
  if (!owner) throw new Error('no node serves the slot');
  return owner;
}

/** As the first node says that answers. */
async function slotsOf({ nodes }: Parts) {
  for (const node of nodes) {
    const slots = await ask(node, (client) => client.cluster('SLOTS')).catch(() => undefined);
    if (slots) return slots;
  }
  throw new Error('no node answers');
}

async function primariesIn(parts: Parts): Promise<readonly TestRedis[]> {
  const ranges = await slotsOf(parts);
  const ports = new Set(ranges.map(([, , primary]) => primary?.[1]));
  return parts.nodes.filter((node, at) => ports.has(node.port) || ports.has(parts.paths[at]?.port));
}

async function replicaOf({ nodes, paths }: Parts, primary: TestRedis): Promise<TestRedis> {
  const ports = [primary.port, paths[nodes.indexOf(primary)]?.port].map(String);
  return waitFor(
    async () => {
      for (const node of nodes.filter((one) => one !== primary)) {
        const text = await infoOf(node).catch(() => '');
        const port = /master_port:(\d+)/.exec(text)?.[1] ?? '';
        if (/master_link_status:up/.test(text) && ports.includes(port)) return node;
      }
      return undefined;
    },
    { limitMs: 20_000, everyMs: 100, what: 'a replica that follows' },
  );
}

const infoOf = (node: TestRedis): Promise<string> => ask(node, (client) => client.info('replication'));

async function whole({ nodes }: Parts): Promise<void> {
  await waitFor(
    async () => {
      const states = await Promise.allSettled(nodes.map(stateOf));
      const told = states.flatMap((state) => (state.status === 'fulfilled' ? [state.value] : []));
      return told.length > 0 && told.every((text) => /cluster_state:ok/.test(text));
    },
    { limitMs: 30_000, everyMs: 50, what: 'a whole cluster' },
  );
}

/** What a node says of the cluster; rejects where it is away. */
const stateOf = (node: TestRedis): Promise<string> =>
  ask(node, async (client) => String(await client.cluster('INFO')));

async function ask<T>(node: TestRedis, question: (client: Redis) => Promise<T>): Promise<T> {
  const client = node.client({ retryStrategy: () => null, maxRetriesPerRequest: 0, commandTimeout: 1_000 });
  try {
    return await question(client);
  } finally {
    client.disconnect();
  }
}

async function moveSlot(
  cluster: Parts,
  slot: number,
  to: TestRedis,
  move: (source: Redis, slot: number) => Promise<void>,
): Promise<void> {
  const from = await ownerOf(cluster, slot);
  if (from === to) return;
  const [source, target] = [from.client(), to.client()];
  try {
    const [sourceId, targetId] = await Promise.all([source, target].map((one) => one.cluster('MYID')));
    await target.cluster('SETSLOT', slot, 'IMPORTING', String(sourceId));
    await source.cluster('SETSLOT', slot, 'MIGRATING', String(targetId));
    await move(source, slot);
    for (const one of [target, source]) await one.cluster('SETSLOT', slot, 'NODE', String(targetId));
  } finally {
    source.disconnect();
    target.disconnect();
  }
}

async function moveSome(source: Redis, slot: number, to: TestRedis, most: number): Promise<number> {
  const keys = await source.cluster('GETKEYSINSLOT', slot, most);
  if (keys.length > 0) await source.migrate(to.host, to.port, '', 0, 5_000, 'KEYS', ...keys.map(String));
  return keys.length;
}

async function moveKeys(
  source: Redis,
  slot: number,
  { to, pauseMs }: { readonly to: TestRedis; readonly pauseMs: number },
): Promise<void> {
  for (;;) {
    if ((await moveSome(source, slot, to, 10)) === 0) return;
    // So that others come between, as they do where a slot has millions of keys.
    await pause(pauseMs);
  }
}
