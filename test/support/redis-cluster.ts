import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Cluster, type Redis } from 'ioredis';
import { startRedis, type TestRedis } from './redis.ts';
import { waitFor } from './wait-for.ts';

const run = promisify(execFile);

/** A private, real Redis Cluster. `await using cluster = await startCluster()` ends it with the test. */
export interface TestCluster extends AsyncDisposable {
  /** As settings and options take it. */
  readonly url: string;
  /** All nodes, the primaries of the beginning first. */
  readonly nodes: readonly TestRedis[];
  /** A connection of ioredis' own; ends with the cluster. */
  readonly client: Cluster;
  /** The node that serves a key now. */
  ownerOf(key: string): Promise<TestRedis>;
  /** Moves the slot of a key to another primary, key by key, as `redis-cli --cluster reshard` does it. */
  moveSlotOf(key: string, to: TestRedis, pauseMs?: number): Promise<void>;
  /** Resolves when every slot is served. */
  whole(): Promise<void>;
}

export interface ClusterChoice {
  readonly primaries?: number;
  /** Of each primary. */
  readonly replicas?: number;
  /** A node that says nothing for so long has failed, milliseconds. */
  readonly nodeTimeoutMs?: number;
  readonly aof?: 'always' | 'everysec';
  readonly args?: readonly string[];
}

/** Starts as many nodes as it takes, by the programs of Redis itself. */
export async function startCluster(choice: ClusterChoice = {}): Promise<TestCluster> {
  const { primaries = 3, replicas = 1, nodeTimeoutMs = 2_000, aof = 'everysec', args = [] } = choice;
  const nodeArgs = [
    ...['--cluster-enabled', 'yes', '--cluster-node-timeout', String(nodeTimeoutMs)],
    ...['--repl-diskless-sync-delay', '0', '--cluster-replica-validity-factor', '0', ...args],
  ];
  const nodes = await Promise.all(
    Array.from({ length: primaries * (1 + replicas) }, () => startRedis({ aof, args: nodeArgs })),
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
  const client = new Cluster(nodes.map(({ host, port }) => ({ host, port })));
  client.on('error', () => {});
  const cluster = { nodes, client };
  const stop = async (): Promise<void> => {
    client.disconnect();
    await Promise.all(nodes.map((node) => node.stop()));
  };
  await whole(cluster);
  return {
    ...cluster,
    url: `redis+cluster://${addresses.slice(0, primaries).join(',')}`,
    ownerOf: async (key) => ownerOf(cluster, await slotOf(cluster, key)),
    moveSlotOf: async (key, to, pauseMs = 0) => moveSlot(cluster, await slotOf(cluster, key), to, pauseMs),
    whole: () => whole(cluster),
    [Symbol.asyncDispose]: stop,
  };
}

/** @throws Error with what it has printed */
export async function redisCli(args: readonly string[]): Promise<string> {
  const { stdout } = await run('redis-cli', [...args], { timeout: 60_000 });
  return stdout;
}

type Parts = Pick<TestCluster, 'nodes' | 'client'>;

const slotOf = async ({ client }: Parts, key: string): Promise<number> =>
  Number(await client.cluster('KEYSLOT', key));

async function ownerOf({ nodes, client }: Parts, slot: number): Promise<TestRedis> {
  const ranges = await client.cluster('SLOTS');
  const found = ranges.find(([from, to]) => from <= slot && slot <= to);
  const owner = nodes.find(({ port }) => port === found?.[2]?.[1]);
  if (!owner) throw new Error('no node serves the slot');
  return owner;
}

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
async function stateOf(node: TestRedis): Promise<string> {
  const client = node.client({ retryStrategy: () => null, maxRetriesPerRequest: 0, commandTimeout: 1_000 });
  try {
    return String(await client.cluster('INFO'));
  } finally {
    client.disconnect();
  }
}

async function moveSlot(cluster: Parts, slot: number, to: TestRedis, pauseMs: number): Promise<void> {
  const from = await ownerOf(cluster, slot);
  if (from === to) return;
  const [source, target] = [from.client(), to.client()];
  try {
    const [sourceId, targetId] = await Promise.all([source, target].map((one) => one.cluster('MYID')));
    await target.cluster('SETSLOT', slot, 'IMPORTING', String(sourceId));
    await source.cluster('SETSLOT', slot, 'MIGRATING', String(targetId));
    await moveKeys(source, slot, { to, pauseMs });
    for (const one of [target, source]) await one.cluster('SETSLOT', slot, 'NODE', String(targetId));
  } finally {
    source.disconnect();
    target.disconnect();
  }
}

async function moveKeys(
  source: Redis,
  slot: number,
  { to, pauseMs }: { readonly to: TestRedis; readonly pauseMs: number },
): Promise<void> {
  for (;;) {
    const keys = await source.cluster('GETKEYSINSLOT', slot, 10);
    if (keys.length === 0) return;
    await source.migrate(to.host, to.port, '', 0, 5_000, 'KEYS', ...keys.map(String));
    // So that others come between, as they do where a slot has millions of keys.
    await pause(pauseMs);
  }
}
