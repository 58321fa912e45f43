import { setTimeout as pause } from 'node:timers/promises';
import { type Bench, type Group, oursAt, scaled } from '../bench.ts';
import { atMost, type Figure, inTurn, medianOf, ratioFigure, spread, whole } from '../measure.ts';
import { type BenchCluster, openCluster } from '../rig/redis.ts';
import { call, openWorld } from '../rig/world.ts';

const sizes = ['1', '2', '4'] as const;

/** As many accounts as the largest cluster has nodes. */
const accountCount = 4;

/** After the last answer: what is written later belongs to the messages too. */
const settleMs = 500;

interface Round {
  readonly perSecond: number;
  /** CPU of the node that has the most to do, and of all, in microseconds per message. */
  readonly busiest: number;
  readonly all: number;
}

/** Accounts of which each node has as many: which slot a name comes to is chance, and not what is measured. */
async function spreadAccounts(cluster: BenchCluster, size: number): Promise<readonly string[]> {
  const names: string[] = [];
  for (let n = 0; names.length < accountCount; n += 1) {
    const name = `bench-${n}`;
    if ((await cluster.nodeOf(`{jetsms.${name}}`)) === names.length % size) names.push(name);
  }
  return names;
}

async function runRound(bench: Bench, size: number, messages: number): Promise<Round> {
  await using cluster = await openCluster(size);
  const accounts = await spreadAccounts(cluster, size);
  await using world = await openWorld({ ...oursAt(bench, 0), cluster, accounts });
  await world.startWorker();
  const app = await world.startProducer();
  const warmUp = Math.round(messages / 4);
  await call(app, { first: 0, count: warmUp, callers: 200 });
  await world.answeredAt(warmUp);
  await pause(settleMs);
  const before = await cluster.cpuSecondsOfNodes();
  const { beganAt } = await call(app, { first: warmUp, count: messages, callers: 200 });
  const answeredAt = await world.answeredAt(warmUp + messages);
  await pause(settleMs);
  const after = await cluster.cpuSecondsOfNodes();
  const micros = after.map((seconds, n) => ((seconds - (before[n] ?? 0)) * 1e6) / messages);
  return {
    perSecond: messages / ((answeredAt - beganAt) / 1_000),
    busiest: Math.max(...micros),
    all: micros.reduce((sum, one) => sum + one, 0),
  };
}

async function measure(bench: Bench): Promise<readonly Figure[]> {
  const messages = scaled(bench, 40_000, 1_000);
  const run = (size: number) => async (round: number) => {
    const result = await runRound(bench, size, messages);
    const { perSecond, busiest, all } = result;
    bench.progress(
      `round ${round + 1}, ${size} nodes: ${whole(perSecond)}/s, ${busiest.toFixed(1)} µs of the busiest node, ${all.toFixed(1)} µs of all`,
    );
    return result;
  };
  const rounds = await inTurn(bench.rounds, { '1': run(1), '2': run(2), '4': run(4) });
  const of = (size: (typeof sizes)[number], key: keyof Round): number[] =>
    rounds[size].map((round) => round[key]);
  const micros = (value: number): string => value.toFixed(1);
  const behind = sizes
    .map(
      (size) =>
        `${size === '1' ? '1 node' : `${size} nodes`}: busiest ${spread(of(size, 'busiest'), micros)} µs, so at most ${whole(1e6 / medianOf(of(size, 'busiest')))} messages/s by a core for each node; all ${micros(medianOf(of(size, 'all')))} µs; ${spread(of(size, 'perSecond'), whole)} messages/s here`,
    )
    .join('; ');
  const words = (size: string): string =>
    `four accounts on ${size} nodes of a cluster: CPU of the busiest node per message`;
  return [
    ratioFigure(of('2', 'busiest'), of('1', 'busiest'), atMost(0.6), {
      what: words('2'),
      to: '1 node',
      behind,
    }),
    ratioFigure(of('4', 'busiest'), of('1', 'busiest'), atMost(0.35), {
      what: words('4'),
      to: '1 node',
      behind,
    }),
  ];
}

export const clusterGroup: Group = {
  name: 'cluster',
  counts:
    'Four accounts on a Redis Cluster of 1, 2 and 4 primaries without replicas, each node with as many of them: 200 callers in one ' +
    'process, the accounts in turn, while one worker delivers; provider at 0 ms. All of it shares the cores of this machine, so that more nodes ' +
    'cannot make it faster here. What tells is the CPU of the busiest node per message: the node whose core is full first sets the limit where ' +
    'each has a core. What a node does beside (its file, the others, health and metrics) counts.',
  measure,
};
