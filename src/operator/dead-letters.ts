import { createDeadLetterStore } from '../bullmq/dead-letter-store.ts';
import { createJobFinder } from '../bullmq/find-job.ts';
import { jobAdder } from '../queue/add-jobs.ts';
import { defaultAccount, defaultPrefix, placeOf } from '../queue/names.ts';
import { whenReady } from '../queue/redis.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { createRedisClock } from '../queue/redis-clock.ts';
import type { RedisTls } from '../queue/redis-target.ts';
import {
  account as accountName,
  checkArguments,
  checkOptions,
  flag,
  name as nameText,
  object,
  type Rule,
  redisOrAddress,
  wholeFromOne,
  words,
} from './arguments.ts';
import { type DiscardOptions, type DiscardResult, discardDeadLetters } from './dead-letters/discard.ts';
import { checkFilter, type DeadLetterFilter } from './dead-letters/filter.ts';
import { type ReplayOptions, type ReplayResult, replayDeadLetters } from './dead-letters/replay.ts';
import type { ReplayTools } from './dead-letters/replay-steps.ts';
import {
  type DeadLetterPage,
  type PageWish,
  pageOfDeadLetters,
  selectDeadLetters,
} from './dead-letters/select.ts';
import { type DeadLetterSummary, summarize } from './dead-letters/summary.ts';
import { type MessageTrace, type TraceTools, traceMessage } from './dead-letters/trace.ts';
import { letterView, type ViewOptions } from './dead-letters/view.ts';
import { callRedis } from './operator-error.ts';
import { checkRedisOptions, redisOf, redisTimeoutMs } from './redis-of.ts';

/**
 * One account's dead letters: what an operator can do with them. Every function throws OperatorError
 * REDIS_UNAVAILABLE where Redis is away, REDIS_REFUSED where it says no, FILTER_INVALID for a filter that means nothing, and
 * ARGUMENT_INVALID for what else it cannot use.
 */
export interface DeadLetters extends AsyncDisposable {
  /** A page of letters, the newest first; pages of 50 where nothing else is wished. */
  list(filter?: DeadLetterFilter, wish?: Partial<PageWish>): Promise<DeadLetterPage>;
  /** All that is known of a message, dead or not; undefined where Redis knows nothing of it. */
  show(id: string): Promise<MessageTrace | undefined>;
  summary(filter?: DeadLetterFilter): Promise<DeadLetterSummary>;
  /** Enqueues letters anew: each at most once, whoever else replays, whatever crashes. */
  replay(filter: DeadLetterFilter, options?: ReplayOptions): Promise<ReplayResult>;
  /** Takes letters away for good. */
  discard(filter: DeadLetterFilter, options?: DiscardOptions): Promise<DiscardResult>;
  /** Letters as JSON, one a line, the oldest first; numbers masked and texts left out unless `reveal`. */
  export(filter?: DeadLetterFilter, options?: ViewOptions): AsyncIterable<string>;
  /** Closes what was opened here; a given `redis` stays open. */
  close(): Promise<void>;
}

export interface DeadLettersOptions {
  /** A connection to use, or an address to connect to. */
  readonly redis: RedisClient | string;
  /** What TLS goes by, where `redis` is an address that begins with `rediss`. */
  readonly redisTls?: RedisTls;
  /** As the producer and the worker have it. */
  readonly prefix?: string;
  readonly account?: string;
}

const optionRules: Readonly<Record<keyof DeadLettersOptions, Rule>> = {
  redis: redisOrAddress,
  redisTls: object,
  prefix: nameText,
  account: accountName,
};
const wishRules: Readonly<Record<keyof PageWish, Rule>> = { size: wholeFromOne, cursor: words };
const viewRules: Readonly<Record<keyof ViewOptions, Rule>> = { reveal: flag };

/**
 * Opens one account's dead letters. It connects by itself; nothing is read or changed before it is asked to.
 * @throws OperatorError `ARGUMENT_INVALID`
 */
export function openDeadLetters(options: DeadLettersOptions): DeadLetters {
  checkOptions(options, optionRules);
  checkRedisOptions(options);
  const { prefix = defaultPrefix, account = defaultAccount } = options;
  const redis = redisOf(options);
  // Connection errors reach the caller through what they make fail; without a listener they would end the process.
  if (redis !== options.redis) redis.on('error', () => {});
  const place = placeOf(redis, prefix, account);
  const store = createDeadLetterStore(redis, place, callRedis);
  const clock = createRedisClock(redis);
  const { now } = clock;
  const finder = createJobFinder(redis, place);
  const addJobs = jobAdder(redis);

  /** What the functions work with, once Redis is there. */
  const tools = async (): Promise<ReplayTools & TraceTools> => {
    await callRedis(() => whenReady(redis, redisTimeoutMs));
    await callRedis(clock.measure);
    return { store, finder, addJobs, now };
  };
  const select = async (filter: DeadLetterFilter) => {
    await tools();
    return selectDeadLetters(store, { filter: checkFilter(filter), now: now() });
  };
  const close = async (): Promise<void> => {
    await finder.close();
    if (redis !== options.redis) redis.disconnect();
  };

  return {
    async list(filter = {}, wish = {}) {
      checkOptions(wish, wishRules);
      const { size = 50, cursor } = wish;
      await tools();
      return pageOfDeadLetters(store, { filter: checkFilter(filter), now: now() }, { size, cursor });
    },
    async show(id) {
      checkArguments({ id: [id, words] });
      return traceMessage(id, await tools());
    },
    summary: async (filter = {}) => summarize(await select(filter)),
    replay: async (filter, how = {}) => replayDeadLetters(filter, how, await tools()),
    discard: async (filter, how = {}) => discardDeadLetters(filter, how, await tools()),
    async *export(filter = {}, how = {}) {
      checkOptions(how, viewRules);
      for await (const stored of await select(filter)) yield JSON.stringify(letterView(stored, how));
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
