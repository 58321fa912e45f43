import { Redis } from 'ioredis';

const manyListeners = 1_000_000;

/**
 * Redis as a producer needs it: an answer within about a second or an error, never a silent wait.
 * `enableOfflineQueue: false` is what makes a send fail while Redis is away.
 */
export function openProducerRedis(url: string, commandTimeoutMs: number): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    commandTimeout: commandTimeoutMs,
    connectTimeout: commandTimeoutMs,
    maxRetriesPerRequest: 1,
    retryStrategy: (times) => Math.min(times * 50, 1_000),
  });
  // Every send that waits for Redis listens, and there may be any number of them. Not 0, which means no limit:
  // BullMQ adds its own to it, and the limit would be 3.
  redis.setMaxListeners(manyListeners);
  return redis;
}

/**
 * Redis as a worker needs it: it waits for Redis for as long as that takes. No command time limit, because
 * BullMQ's blocking connection is a duplicate of this one and would inherit it.
 */
export function openWorkerRedis(url: string): Redis {
  return new Redis(url, {
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
  });
}

/** Resolves when `redis` can take commands; rejects with the last connection error after `timeoutMs`. */
export function whenReady(redis: Redis, timeoutMs: number): Promise<void> {
  if (redis.status === 'ready') return Promise.resolve();
  return new Promise((resolve, reject) => {
    let lastError: Error | undefined;
    const onReady = (): void => {
      stop();
      resolve();
    };
    const onError = (error: Error): void => {
      lastError = error;
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`Redis did not become ready within ${timeoutMs} ms`, { cause: lastError }));
    }, timeoutMs);
    const stop = (): void => {
      clearTimeout(timer);
      redis.off('ready', onReady);
      redis.off('error', onError);
    };
    redis.on('ready', onReady);
    redis.on('error', onError);
  });
}
