import { createJobFinder } from '../bullmq/find-job.ts';
import type { EndRules } from '../queue/ends.ts';
import { defaultPrefix, placeOf } from '../queue/names.ts';
import { whenReady } from '../queue/redis.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { createRedisClock } from '../queue/redis-clock.ts';
import type { RedisTls } from '../queue/redis-target.ts';
import type { SendJob } from '../queue/send-job.ts';
import { type CancelResult, cancelMessage } from '../status/cancel.ts';
import { cancelInRedis, defineCancel } from '../status/cancel-in-redis.ts';
import { locate } from '../status/locate.ts';
import type { MessageStatus } from '../status/message-status.ts';
import { statusOf } from '../status/status-of.ts';
import {
  account as accountName,
  checkArguments,
  checkOptions,
  fromZero,
  name,
  object,
  objectList,
  type Rule,
  redisOrAddress,
  textList,
  wholeFromZero,
  words,
} from './arguments.ts';
import { callRedis } from './operator-error.ts';
import { checkRedisOptions, redisOf, redisTimeoutMs } from './redis-of.ts';
import { readScheduled, type ScheduledJob, type ScheduledPage } from './scheduled.ts';

/**
 * Messages of some accounts: what an operator can ask and do about them by their ids. Every function throws OperatorError
 * REDIS_UNAVAILABLE where Redis is away, REDIS_REFUSED where it says no, and ARGUMENT_INVALID for what it cannot use.
 */
export interface Messages extends AsyncDisposable {
  /** What became of messages, in the order of their ids; never a text, and numbers masked. */
  statuses(ids: readonly string[]): Promise<readonly MessageStatus[]>;
  /** Calls a message off, as `cancel()` of the producer. */
  cancel(id: string): Promise<CancelResult>;
  /** What waits for its time, the next to leave first, over all accounts. */
  scheduled(limit: number): Promise<ScheduledPage>;
  /** Closes what was opened here; a given `redis` stays open. */
  close(): Promise<void>;
}

/** An account, and what is remembered and told of its messages' ends, as the workers have it. */
export interface MessagesOfAccount extends Pick<EndRules, 'keepStatusMs' | 'shownInEvents'> {
  readonly account: string;
}

export interface MessagesOptions {
  /** A connection to use, or an address to connect to. */
  readonly redis: RedisClient | string;
  /** What TLS goes by, where `redis` is an address that begins with `rediss`. */
  readonly redisTls?: RedisTls;
  /** As the producer and the worker have it. */
  readonly prefix?: string;
  readonly accounts: readonly MessagesOfAccount[];
}

/** Looked for at a time: enough to keep Redis busy. */
const atATime = 50;

const optionRules: Readonly<Record<keyof MessagesOptions, Rule>> = {
  redis: redisOrAddress,
  redisTls: object,
  prefix: name,
  accounts: objectList,
};

/** @throws OperatorError ARGUMENT_INVALID */
function checkMessagesOptions(options: MessagesOptions): void {
  checkOptions(options, optionRules);
  const { accounts } = options;
  checkRedisOptions(options);
  checkArguments({ accounts: [accounts, objectList] });
  for (const { account, keepStatusMs, shownInEvents } of accounts)
    checkArguments({
      account: [account, accountName],
      keepStatusMs: [keepStatusMs, fromZero],
      shownInEvents: [shownInEvents, object],
    });
}

/**
 * Opens the messages of some accounts. It connects by itself; nothing is read or changed before it is asked to.
 * @throws OperatorError `ARGUMENT_INVALID`
 */
export function openMessages(options: MessagesOptions): Messages {
  checkMessagesOptions(options);
  const { prefix = defaultPrefix, accounts } = options;
  const redis = redisOf(options);
  // Connection errors reach the caller through what they make fail; without a listener they would end the process.
  if (redis !== options.redis) redis.on('error', () => {});
  const clock = createRedisClock(redis);
  const { now } = clock;
  defineCancel(redis);
  const tools = accounts.map(({ account, keepStatusMs, shownInEvents }) => {
    const place = placeOf(redis, prefix, account);
    const { queueOf, close } = createJobFinder(redis, place);
    return { redis, place, queueOf, keepStatusMs, shownInEvents, now, close };
  });
  const ready = async (): Promise<void> => {
    await callRedis(() => whenReady(redis, redisTimeoutMs));
    await callRedis(clock.measure);
  };
  const statusIn = async (id: string, read: Map<string, SendJob>): Promise<MessageStatus> => {
    const found = await Promise.all(
      tools.map(async (own) =>
        statusOf(id, await callRedis(() => locate(id, { ...own, read })), own.place.account, now()),
      ),
    );
    return found.find(({ state }) => state !== 'unknown') ?? { id, state: 'unknown' };
  };
  const statusesOf = (ids: readonly string[]): Promise<readonly MessageStatus[]> => {
    const read = new Map<string, SendJob>();
    return Promise.all(ids.map((id) => statusIn(id, read)));
  };
  const close = async (): Promise<void> => {
    await Promise.all(tools.map((own) => own.close()));
    if (redis !== options.redis) redis.disconnect();
  };

  return {
    async statuses(ids) {
      checkArguments({ ids: [ids, textList] });
      await ready();
      const found: MessageStatus[] = [];
      for (let at = 0; at < ids.length; at += atATime)
        found.push(...(await statusesOf(ids.slice(at, at + atATime))));
      return found;
    },
    async cancel(id) {
      checkArguments({ id: [id, words] });
      await ready();
      for (const own of tools) {
        const result = await callRedis(() => cancelMessage(id, cancelInRedis(own)));
        if (result !== 'unknown') return result;
      }
      return 'unknown';
    },
    async scheduled(limit) {
      checkArguments({ limit: [limit, wholeFromZero] });
      await ready();
      const all = await Promise.all(tools.map((own) => callRedis(() => readScheduled(own, limit))));
      return pageOf(all.flat(), limit);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

const pageOf = (jobs: readonly ScheduledJob[], limit: number): ScheduledPage => ({
  jobs: jobs.toSorted((one, other) => one.sendAt - other.sendAt).slice(0, limit),
  hasMore: jobs.length > limit,
});
