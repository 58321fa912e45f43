import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { defaultAccount, defaultPrefix, queueName } from '../queue/names.ts';
import { openProducerRedis, whenReady } from '../queue/redis.ts';
import { type DiscardOptions, type DiscardResult, discardLetters } from './dead-letters/discard.ts';
import { checkFilter, type DeadLetterFilter } from './dead-letters/filter.ts';
import { createLetterStore } from './dead-letters/letter-store.ts';
import { type ReplayOptions, type ReplayResult, replayLetters } from './dead-letters/replay.ts';
import { type LetterPage, type PageWish, pageOfLetters, selectLetters } from './dead-letters/select.ts';
import { type DeadLetterSummary, summarize } from './dead-letters/summary.ts';
import { type MessageTrace, traceMessage } from './dead-letters/trace.ts';
import { letterView, type ViewOptions } from './dead-letters/view.ts';
import { askRedis } from './operator-error.ts';

/**
 * One account's dead letters: what an operator can do with them. Every function throws OperatorError
 * REDIS_UNAVAILABLE where Redis is away, and FILTER_INVALID for a filter that means nothing.
 */
export interface DeadLetters extends AsyncDisposable {
  /** A page of letters, the newest first; pages of 50 where nothing else is wished. */
  list(filter?: DeadLetterFilter, wish?: Partial<PageWish>): Promise<LetterPage>;
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
  readonly redis: Redis | string;
  /** As the producer and the worker have it. */
  readonly prefix?: string;
  readonly account?: string;
  readonly now?: () => number;
}

/** No answer from Redis for so long means that it is away. */
const redisTimeoutMs = 5_000;

/** Opens one account's dead letters. It connects by itself; nothing is read or changed before it is asked to. */
export function openDeadLetters(options: DeadLettersOptions): DeadLetters {
  const { prefix = defaultPrefix, account = defaultAccount, now = Date.now } = options;
  const redis =
    typeof options.redis === 'string' ? openProducerRedis(options.redis, redisTimeoutMs) : options.redis;
  // Connection errors reach the caller through what they make fail; without a listener they would end the process.
  if (redis !== options.redis) redis.on('error', () => {});
  const store = createLetterStore(redis, { prefix, account });
  const queue = new Queue(queueName(account), {
    connection: redis,
    prefix,
    skipMetasUpdate: true,
    skipWaitingForReady: true,
  });
  queue.on('error', () => {});
  const ready = (): Promise<void> => askRedis(() => whenReady(redis, redisTimeoutMs));
  const tools = { store, queue, now };
  const select = (filter: DeadLetterFilter) =>
    selectLetters(store, { filter: checkFilter(filter), now: now() });

  const close = async (): Promise<void> => {
    await queue.close();
    if (redis !== options.redis) redis.disconnect();
  };

  return {
    async list(filter = {}, { size = 50, cursor } = {}) {
      await ready();
      return pageOfLetters(store, { filter: checkFilter(filter), now: now() }, { size, cursor });
    },
    async show(id) {
      await ready();
      return traceMessage(id, tools);
    },
    async summary(filter = {}) {
      await ready();
      return summarize(select(filter));
    },
    async replay(filter, replayOptions = {}) {
      await ready();
      return replayLetters(filter, replayOptions, tools);
    },
    async discard(filter, discardOptions = {}) {
      await ready();
      return discardLetters(filter, discardOptions, tools);
    },
    async *export(filter = {}, viewOptions = {}) {
      await ready();
      for await (const stored of select(filter)) yield JSON.stringify(letterView(stored, viewOptions));
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
