import { connectRedis } from './connect-redis.ts';
import type { RedisClient } from './redis-client.ts';
import { watchSilence } from './redis-silence.ts';
import type { RedisTarget } from './redis-target.ts';
import { isRefusedForGood, isTurnedAway, moreTelling, readTrouble, redisNotReady } from './redis-trouble.ts';

const manyListeners = 1_000_000;

/**
 * A connection that has sent something and hears nothing for so long is given up, whatever the system thinks of it:
 * the machine behind it may have vanished. A worker's is longer than BullMQ may wait for a job, which is 11 s.
 */
const silenceMs = { producer: 5_000, worker: 20_000 } as const;

/** A script is refused as a whole and can be sent again as it is; another command may be part of a transaction. */
function leaveAndSendAgain(error: Error & { readonly command?: { readonly name: string } }): 1 | 2 | false {
  if (!isTurnedAway(readTrouble(error))) return false;
  return /^eval(?:sha)?$/.test(error.command?.name ?? '') ? 2 : 1;
}

/**
 * Redis as a producer needs it: a command is written at once or fails, and is written once only, so that a refusal
 * is certain. How long an answer may take, and when to leave a server that has turned into a replica, the producer
 * sees to by itself.
 */
export function openProducerRedis(target: RedisTarget | string, connectTimeoutMs: number): RedisClient {
  return connectRedis(target, {
    enableOfflineQueue: false,
    connectTimeout: connectTimeoutMs,
    socketTimeout: silenceMs.producer,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(times * 50, 1_000),
  });
}

/** Redis as a person's question needs it: an answer in time or an error, never a silent wait. */
export function openOperatorRedis(target: RedisTarget | string, commandTimeoutMs: number): RedisClient {
  const redis = connectRedis(target, {
    enableOfflineQueue: false,
    commandTimeout: commandTimeoutMs,
    connectTimeout: commandTimeoutMs,
    // A command that is given up leaves its connection open, and one whose server has vanished would never be left.
    socketTimeout: 2 * commandTimeoutMs,
    maxRetriesPerRequest: 1,
    reconnectOnError: (error) => isTurnedAway(readTrouble(error)),
    retryStrategy: (times) => Math.min(times * 50, 1_000),
  });
  // Every question that waits for Redis listens, and there may be any number of them. Not 0, which means no limit:
  // BullMQ adds its own to it, and the limit would be 3.
  redis.setMaxListeners(manyListeners);
  return redis;
}

/** Ends a connection of which nobody wants to hear any more: cut off amid its greeting, it fails, and that is no news. */
export function disconnectSilently(redis: RedisClient): void {
  redis.removeAllListeners('error').on('error', () => {});
  redis.disconnect();
}

/**
 * Redis as a worker needs it: it waits for Redis for as long as that takes. No command time limit, because
 * BullMQ's blocking connection is a duplicate of this one and would inherit it.
 */
export function openWorkerRedis(target: RedisTarget | string): RedisClient {
  return connectRedis(target, {
    maxRetriesPerRequest: null,
    socketTimeout: silenceMs.worker,
    reconnectOnError: leaveAndSendAgain,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
  });
}

/**
 * Resolves when `redis` can take commands.
 * @param silentMs how long to wait for what takes connections, or lets them wait, and says nothing
 * @throws what `redisNotReady` makes, after `timeoutMs`, or at once where waiting would not help
 */
export function whenReady(
  redis: RedisClient,
  timeoutMs: number,
  silentMs: number = timeoutMs,
): Promise<void> {
  if (redis.status === 'ready') return Promise.resolve();
  return new Promise((resolve, reject) => {
    const silence = watchSilence(redis);
    let lastError: Error | undefined;
    const onReady = (): void => {
      stop();
      resolve();
    };
    const onError = (error: Error): void => {
      lastError = moreTelling(lastError, error);
      if (isRefusedForGood(error)) giveUp();
    };
    const giveUp = (): void => {
      stop();
      reject(redisNotReady('Redis did not become ready', silence.moreTelling(lastError)));
    };
    const giveUpSilence = (): void => {
      if (silence.isSilent(lastError)) giveUp();
    };
    const timers = [setTimeout(giveUp, timeoutMs), setTimeout(giveUpSilence, silentMs)];
    const stop = (): void => {
      for (const timer of timers) clearTimeout(timer);
      redis.off('ready', onReady).off('error', onError);
      silence.stop();
    };
    redis.on('ready', onReady).on('error', onError);
  });
}
