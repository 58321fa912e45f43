import { setTimeout as pause } from 'node:timers/promises';
import { type Bench, contenderWords, oursAt, scaled } from '../bench.ts';
import { whole } from '../measure.ts';
import type { BenchProcess } from '../rig/process.ts';
import type { WorkerProcess } from '../rig/worker.ts';
import { type Contender, call, openWorld, type World, type WorldChoices } from '../rig/world.ts';

export interface RoundChoices extends WorldChoices {
  /** App processes. */
  readonly apps: number;
  /** Callers in each of them, each awaiting every send. */
  readonly callers: number;
  /** Messages of each app that are counted. */
  readonly messages: number;
  /** Messages of each app before them. */
  readonly warmUp: number;
}

/** What one round came to; CPU in microseconds per message. */
export interface Round {
  readonly perSecond: number;
  readonly producerCpu: number;
  readonly workerCpu: number;
  readonly redisCpu: number;
  readonly cpu: number;
  readonly requests: number;
  /** Lines about attempts that ours has written, those of the warm-up included. */
  readonly attemptLines: number;
}

/** After the last answer: what is written later belongs to the messages too. */
const settleMs = 500;

/** Callers send and the worker delivers at the same time: throughput and CPU from the first send to the last answer. */
export async function runRound(choices: RoundChoices): Promise<Round> {
  await using world = await openWorld(choices);
  const worker = await world.startWorker();
  const producers = await Promise.all(Array.from({ length: choices.apps }, () => world.startProducer()));
  const { apps, messages, warmUp } = choices;
  await sendAll(producers, { ...choices, messages: warmUp, first: 0 });
  await world.answeredAt(apps * warmUp);
  await pause(settleMs);
  const before = await cpuOf(world, worker, producers);
  const spans = await sendAll(producers, { ...choices, first: warmUp });
  const sum = apps * (warmUp + messages);
  const answeredAt = await world.answeredAt(sum);
  await pause(settleMs);
  const after = await cpuOf(world, worker, producers);
  const { answered, requests } = await world.report();
  if (answered !== sum) throw new Error(`${choices.contender}: ${answered} messages instead of ${sum}`);
  const endedAt = Math.max(answeredAt, ...spans.map((span) => span.endedAt));
  const beganAt = Math.min(...spans.map((span) => span.beganAt));
  const [producerCpu, workerCpu, redisCpu] = after.map(
    (seconds, index) => ((seconds - (before[index] ?? 0)) * 1e6) / (apps * messages),
  ) as [number, number, number];
  return {
    perSecond: (apps * messages) / ((endedAt - beganAt) / 1_000),
    producerCpu,
    workerCpu,
    redisCpu,
    cpu: producerCpu + workerCpu + redisCpu,
    requests,
    attemptLines: worker.attemptLines(),
  };
}

interface SendAll extends Pick<RoundChoices, 'messages' | 'callers'> {
  readonly first: number;
}

/** Numbers of one app lie far from those of another. */
const appStride = 100_000;

const sendAll = (producers: readonly BenchProcess[], { messages: count, callers, first }: SendAll) =>
  Promise.all(
    producers.map((producer, index) => call(producer, { first: index * appStride + first, count, callers })),
  );

/** CPU seconds of the producers, the worker and Redis. */
async function cpuOf(world: World, worker: WorkerProcess, producers: readonly BenchProcess[]) {
  const each = await Promise.all(producers.map((producer) => producer.cpuSeconds()));
  const sum = each.reduce((total, seconds) => total + seconds, 0);
  return [sum, await worker.cpuSeconds(), await world.redis.cpuSeconds()] as const;
}

const candidates = (providerMs: number): readonly number[] =>
  providerMs === 0 ? [20, 50, 100, 500] : [250, 500, 1_000, 2_000];

/** Another contender is measured at the concurrency that suits it best here and now. */
export function bestConcurrency(bench: Bench, contender: Contender, providerMs: number): Promise<number> {
  const key = `${contender} ${providerMs}`;
  const known = bench.concurrencies.get(key) ?? tryConcurrencies(bench, contender, providerMs);
  bench.concurrencies.set(key, known);
  return known;
}

/** Each is tried twice, one after the other: the machine's own speed comes and goes. A quick look tries once. */
async function tryConcurrencies(bench: Bench, contender: Contender, providerMs: number): Promise<number> {
  const speeds = new Map<number, number>();
  for (let pass = 0; pass < Math.min(2, bench.rounds); pass += 1) {
    for (const concurrency of candidates(providerMs)) {
      const messages = scaled(bench, 8_000, 400);
      const world = { ...oursAt(bench, providerMs), contender, concurrency };
      const choices = { ...world, apps: 1, callers: 200, messages, warmUp: messages / 2 };
      const { perSecond } = await runRound(choices);
      const words = `${contenderWords[contender]} at ${concurrency} jobs at once, provider at ${providerMs} ms`;
      bench.progress(`${words}: ${whole(perSecond)}/s`);
      speeds.set(concurrency, (speeds.get(concurrency) ?? 0) + perSecond);
    }
  }
  return [...speeds].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? 100;
}

/** Another contender's world at its best. */
export async function worldOf(bench: Bench, contender: Contender, providerMs: number): Promise<WorldChoices> {
  const world = { ...oursAt(bench, providerMs), contender };
  if (contender === 'ours') return world;
  return { ...world, concurrency: await bestConcurrency(bench, contender, providerMs) };
}
