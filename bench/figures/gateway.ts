import { setTimeout as pause } from 'node:timers/promises';
import { type Bench, type Group, oursAt, scaled } from '../bench.ts';
import {
  atLeast,
  atMost,
  type Figure,
  isWithin,
  type Limit,
  quantile,
  spread,
  spreadOf,
  whole,
} from '../measure.ts';
import type { PostsTask, SteadyTask } from '../processes/http-caller.ts';
import type { Span } from '../processes/producer.ts';
import { cpuBehind, startCaller, startGateway } from '../rig/gateway.ts';
import { openWorld, type WorldChoices } from '../rig/world.ts';

export interface GatewayRoundChoices {
  readonly world: WorldChoices;
  /** Open connections of the callers. */
  readonly connections: number;
  /** Single messages, as fast as they are answered. */
  readonly singles: number;
  /** Single messages at a steady rate, and that rate a second. */
  readonly steady: number;
  readonly perSecond: number;
  /** Batches, how many messages each has, and how many are under way at once. */
  readonly batches: number;
  readonly batchesAtOnce: number;
  readonly batchSize: number;
}

/** Of gateway, worker and Redis. */
type Cpu = readonly [gateway: number, worker: number, redis: number];

export interface GatewayRound {
  readonly singlesPerSecond: number;
  /** CPU per single message of gateway, worker and Redis, in microseconds. */
  readonly singleCpu: Cpu;
  /** From when they were due to the answer, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly batchedPerSecond: number;
  /** CPU per message of a batch, likewise. */
  readonly batchedCpu: Cpu;
  /** Requests made, and lines of the access log about them. */
  readonly requests: number;
  readonly accessLines: number;
  /** Messages that the provider was given. */
  readonly delivered: number;
}

/** After the last answer: the last lines of the log. */
const settleMs = 500;

/** Callers of a gateway while a worker delivers: single messages, then a steady rate, then batches. */
export async function gatewayRound(choices: GatewayRoundChoices): Promise<GatewayRound> {
  const { connections, singles, steady, perSecond, batches, batchSize, batchesAtOnce } = choices;
  await using world = await openWorld(choices.world);
  const { checkout, profileDir } = choices.world;
  await using gateway = await startGateway({ checkout, redisUrl: world.redis.url, profileDir });
  const worker = await world.startWorker();
  await using caller = await startCaller(gateway, connections);
  let given = 0;
  let requests = 0;
  // Each stage begins when the worker has delivered all of the one before.
  const stage = async <Value>(name: string, task: PostsTask | SteadyTask, size: number): Promise<Value> => {
    const value = await caller.ask<Value>(name, task);
    given += task.count;
    requests += Math.ceil(task.count / size);
    await world.answeredAt(given);
    return value;
  };
  const posts = (count: number, size: number, callers: number): Promise<Span> =>
    stage('posts', { first: given, count, size, callers } satisfies PostsTask, size);
  await posts(Math.ceil(singles / 4), 1, connections);
  const before = await cpuBehind(world, gateway, worker);
  const single = await posts(singles, 1, connections);
  const after = await cpuBehind(world, gateway, worker);
  const tookMs = await stage<readonly number[]>('steady', { first: given, count: steady, perSecond }, 1);
  await posts(Math.ceil(batches / 4) * batchSize, batchSize, batchesAtOnce);
  const beforeBatches = await cpuBehind(world, gateway, worker);
  const batched = await posts(batches * batchSize, batchSize, batchesAtOnce);
  const afterBatches = await cpuBehind(world, gateway, worker);
  await pause(settleMs);
  const { answered: delivered } = await world.counts();
  const accessLines = gateway.accessLines();
  if (delivered !== given) throw new Error(`${delivered} messages were delivered instead of ${given}`);
  if (accessLines !== requests) throw new Error(`${accessLines} access lines of ${requests} requests`);
  return {
    singlesPerSecond: rate(singles, single),
    singleCpu: cpuOf(before, after, singles),
    p50: quantile(tookMs, 0.5),
    p99: quantile(tookMs, 0.99),
    batchedPerSecond: rate(batches * batchSize, batched),
    batchedCpu: cpuOf(beforeBatches, afterBatches, batches * batchSize),
    requests,
    accessLines,
    delivered,
  };
}

/** Microseconds per message, of seconds that were used before and after. */
const cpuOf = (before: Cpu, after: Cpu, messages: number): Cpu => {
  const of = (index: 0 | 1 | 2): number => ((after[index] - before[index]) * 1e6) / messages;
  return [of(0), of(1), of(2)];
};

const rate = (count: number, { beganAt, endedAt }: Span): number => count / ((endedAt - beganAt) / 1_000);

const connections = 64;
const perSecond = 1_000;
const batchSize = 1_000;
const batchesAtOnce = 8;

export const gatewayGroup: Group = {
  name: 'gateway',
  counts:
    'A gateway, a worker, Redis and one process of callers on the cores of the machine; provider at 0 ms, a real API key, the ' +
    `access log written to a file, each message with its own number, text and idempotency key. Single: ${connections} connections ` +
    'that stay open, each with one POST under way, from the first request to the last answer 202. Steady: ' +
    `${whole(perSecond)} single messages a second, the time from when each was due to its answer, whether a connection was free ` +
    `or not. Batch: ${batchesAtOnce} of the connections with batches of ${whole(batchSize)}, from the first request to the last answer 207. Meanwhile the worker delivers; each part begins when all ` +
    'of the one before is delivered. A quarter as many singles and batches warm up and are not counted. CPU is that of ' +
    'gateway, worker and Redis until the last message of the part is delivered.',
  async measure(bench) {
    const rounds: GatewayRound[] = [];
    for (let round = 0; round < bench.rounds; round += 1) {
      const result = await oneRound(bench);
      rounds.push(result);
      const { singlesPerSecond, p50, p99, batchedPerSecond } = result;
      bench.progress(
        `round ${round + 1}: ${whole(singlesPerSecond)} single/s; p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms at ${whole(perSecond)}/s; ${whole(batchedPerSecond)}/s in batches`,
      );
    }
    return figuresOf(rounds);
  },
};

const oneRound = (bench: Bench): Promise<GatewayRound> =>
  gatewayRound({
    world: oursAt(bench, 0),
    connections,
    singles: scaled(bench, 30_000, 1_000),
    steady: scaled(bench, 10_000, 1_000),
    perSecond,
    batches: scaled(bench, 100, 4),
    batchesAtOnce,
    batchSize,
  });

function figuresOf(rounds: readonly GatewayRound[]): readonly Figure[] {
  const each = (value: (round: GatewayRound) => number): number[] => rounds.map(value);
  const cpu = (part: 'singleCpu' | 'batchedCpu'): string => {
    const of = (index: 0 | 1 | 2): string =>
      spread(
        each((round) => round[part][index]),
        whole,
      );
    return `CPU per message: gateway ${of(0)} µs, worker ${of(1)} µs, Redis ${of(2)} µs`;
  };
  const counted = `${whole(rounds[0]?.requests ?? 0)} requests and as many lines in the access log in each round`;
  const figure = (what: string, unit: string, samples: readonly number[], limit: Limit, behind: string) => {
    const value = spreadOf(samples);
    return {
      what: `gateway, ${what}`,
      target: `${limit.bound} ${whole(limit.value)} ${unit}`,
      isMet: isWithin(value.median, limit),
      unit,
      value,
      behind,
    };
  };
  return [
    figure(
      'single messages, keep-alive',
      'messages/s',
      each((round) => round.singlesPerSecond),
      atLeast(3_000),
      `${cpu('singleCpu')}; ${counted}`,
    ),
    figure(
      `single messages at ${whole(perSecond)}/s: p99`,
      'ms',
      each((round) => round.p99),
      atMost(50),
      `p50 ${spread(
        each((round) => round.p50),
        (value) => value.toFixed(1),
      )} ms`,
    ),
    figure(
      `batches of ${whole(batchSize)}`,
      'messages/s',
      each((round) => round.batchedPerSecond),
      atLeast(20_000),
      cpu('batchedCpu'),
    ),
  ];
}
