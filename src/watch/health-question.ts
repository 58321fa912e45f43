import { type Redis, ReplyError } from 'ioredis';
import { type Lane, lanes } from '../message/lane.ts';
import { installationPrefix, keys, placeOf, queueName } from '../queue/names.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { primariesOf } from '../queue/redis-nodes.ts';
import { readEviction } from './eviction.ts';
import type { RedisAnswer } from './health-judge.ts';
import { type Replication, readReplication } from './replication.ts';

/** What Redis told of everything that health rests on. */
export interface HealthAnswers {
  readonly redis: RedisAnswer;
  /** In the order of the accounts, of each in the order of the lanes; missing where Redis gave no answer. */
  readonly lines?: readonly Line[];
}

/** The queue of one lane as a worker finds it. */
export interface Line {
  readonly account: string;
  readonly lane: Lane;
  /** The job that is next; undefined where none waits. */
  readonly first: string | undefined;
  /** Paused, limited, or one at a time: no worker need take a job. */
  readonly isHeldBack: boolean;
}

export interface QuestionOptions {
  readonly redis: RedisClient;
  readonly prefix: string;
  /** The worker's name. */
  readonly name: string;
  /** Names of accounts. */
  readonly accounts: readonly string[];
  /** Redis must answer within this time. */
  readonly answerWithinMs: number;
}

/**
 * Asks over the worker's own connection, since that is the one that must work. While one question is still
 * open no other is sent, so that a Redis that stands still is not buried under them.
 */
export function createHealthQuestion(options: QuestionOptions): () => Promise<HealthAnswers> {
  const { redis, answerWithinMs } = options;
  let open: Promise<HealthAnswers> | undefined;
  return async () => {
    if (redis.status !== 'ready') return noAnswer('Redis cannot be reached');
    open ??= ask(options).finally(() => {
      open = undefined;
    });
    const late = `Redis did not answer within ${answerWithinMs} ms`;
    return within(open, answerWithinMs, noAnswer(late));
  };
}

const noAnswer = (why: string): HealthAnswers => ({ redis: { kind: 'no-answer', why } });

async function within<T>(promise: Promise<T>, limitMs: number, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The written key lives so long. */
const probeMs = 60_000;

const commandsPerLine = 4;

/** One round trip. Never rejects. */
async function ask({ redis, prefix, name, accounts }: QuestionOptions): Promise<HealthAnswers> {
  const pipeline = redis.pipeline();
  pipeline.set(keys.probe(installationPrefix(redis, prefix), name), '1', 'PX', probeMs);
  const places = accounts.flatMap((account) => lanes.map((lane) => ({ account, lane })));
  for (const { account, lane } of places) {
    const queue = `${placeOf(redis, prefix, account).prefix}:${queueName(account, lane)}`;
    pipeline.zrange(`${queue}:prioritized`, '0', '0');
    pipeline.lindex(`${queue}:wait`, -1);
    pipeline.hmget(`${queue}:meta`, 'paused', 'concurrency', 'max');
    pipeline.exists(`${queue}:limiter`);
  }
  try {
    const asked = Promise.all(primariesOf(redis).map(toldBy));
    const [answers, told] = await Promise.all([pipeline.exec(), asked]);
    const [written, ...rest] = answers ?? [];
    const refusal = written?.[0] ? wordOf(written[0]) : undefined;
    // Of a cluster the node that is worst off tells.
    const policies = told.map(({ evictionPolicy }) => evictionPolicy);
    const evictionPolicy = policies.find((policy) => readEviction(policy) === 'may') ?? policies[0];
    return {
      redis: {
        kind: 'answer',
        refusal,
        evictionPolicy,
        replication: worstOf(told.flatMap(({ replication }) => replication ?? [])),
      },
      lines: places.map((place, index) => ({
        ...place,
        ...lineOf(rest.slice(index * commandsPerLine).map(([, value]) => value)),
      })),
    };
  } catch {
    return noAnswer('Redis broke off the connection');
  }
}

interface ToldByServer {
  readonly evictionPolicy: string | undefined;
  readonly replication: Replication | undefined;
}

/** Undefined where the login may not ask. */
async function toldBy(server: Redis): Promise<ToldByServer> {
  const ask = (section: string): Promise<string> =>
    server.info(section).catch((error: unknown) => {
      if (error instanceof ReplyError) return '';
      throw error;
    });
  const [memory, replication] = await Promise.all([ask('memory'), ask('replication')]);
  return {
    evictionPolicy: /^maxmemory_policy:(\S+)/m.exec(memory)?.[1],
    replication: readReplication(replication),
  };
}

/** Of a cluster's primaries the one with the fewest replicas, or the furthest behind. */
const worstOf = (told: readonly Replication[]): Replication | undefined =>
  told.toSorted((a, b) => a.replicas - b.replicas || b.behindBytes - a.behindBytes)[0];

/** Redis' own word for what it refuses, such as READONLY or OOM: the rest of the sentence may hold anything. */
const wordOf = ({ message }: Error): string => /^[A-Z]+/.exec(message)?.[0] ?? 'ERR';

function lineOf([prioritized, waiting, meta, limiter]: readonly unknown[]): Omit<Line, 'account' | 'lane'> {
  const first = (prioritized as readonly string[] | undefined)?.[0] ?? (waiting as string | null);
  const gates = (meta as readonly (string | null)[] | undefined) ?? [];
  return {
    first: first ?? undefined,
    isHeldBack: limiter === 1 || gates.some((gate) => gate !== null && gate !== undefined),
  };
}
