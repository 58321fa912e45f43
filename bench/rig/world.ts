import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { CallersTask, ProducerTask, Span } from '../processes/producer.ts';
import type { ProviderCounts, ProviderReport } from '../processes/stub-provider.ts';
import { type BenchProcess, benchFolder, startProcess } from './process.ts';
import { type BenchRedis, openRedis } from './redis.ts';
import { startWorker, type WorkerProcess } from './worker.ts';

export type Contender = ProducerTask['contender'];

export interface WorldChoices {
  readonly contender: Contender;
  /** The checkout whose code is measured, where it is ours. */
  readonly checkout: string;
  readonly providerMs: number;
  /** A cluster that is there, in place of a Redis of its own; it stays. */
  readonly cluster?: BenchRedis;
  /** Accounts that take turns; one, `default`, where left out. */
  readonly accounts?: readonly string[];
  /** Jobs at once of another contender's worker; ours keeps its default. */
  readonly concurrency?: number;
  readonly profileDir?: string | undefined;
}

/** A Redis, a provider, and the processes of one contender around them: all fresh. */
export interface World extends AsyncDisposable {
  readonly redis: BenchRedis;
  startWorker(): Promise<WorkerProcess>;
  startProducer(): Promise<BenchProcess>;
  /** When the provider had answered so many messages, by `sharedNow()`. */
  answeredAt(count: number): Promise<number>;
  counts(): Promise<ProviderCounts>;
  report(): Promise<ProviderReport>;
}

export async function openWorld(choices: WorldChoices): Promise<World> {
  const { contender, checkout, providerMs, profileDir, accounts } = choices;
  await using parts = new AsyncDisposableStack();
  const redis = choices.cluster ?? parts.use(await openRedis());
  const file = (name: string): string => join(benchFolder, 'processes', name);
  const provider = parts.use(startProcess({ file: file('stub-provider.ts'), args: [String(providerMs)] }));
  const providerUrl = await provider.ask<string>('url');
  const kept = parts.move();
  return {
    redis,
    async startWorker() {
      return kept.use(await startWorker({ ...choices, redisUrl: redis.url, providerUrl }));
    },
    async startProducer() {
      const task: ProducerTask = {
        contender,
        redisUrl: redis.url,
        checkout,
        ...(accounts ? { accounts } : {}),
      };
      const args = [JSON.stringify(task)];
      const producer = kept.use(startProcess({ file: file('producer.ts'), args, profileDir }));
      await producer.ask('ready');
      return producer;
    },
    answeredAt: (count) => within(provider.ask('until', count), `${contender}: ${count} answers`),
    counts: () => provider.ask('counts'),
    report: () => provider.ask('report'),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Far beyond what any round takes: a contender that has stopped is said to, and the run ends. */
const limitMs = 600_000;

async function within<T>(work: Promise<T>, what: string): Promise<T> {
  const stop = new AbortController();
  const late = pause(limitMs, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`bench waited ${limitMs / 1_000} s for ${what}`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    stop.abort();
    late.catch(() => {});
  }
}

/** Some callers in one process, each awaiting every send. */
export const call = (producer: BenchProcess, task: CallersTask): Promise<Span> =>
  producer.ask('callers', task);
