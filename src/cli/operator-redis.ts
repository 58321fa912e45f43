import type { Redis } from 'ioredis';
import { openProducerRedis, whenReady } from '../queue/redis.ts';
import { CliError } from './errors.ts';

/** No answer from Redis for so long means that it is away. */
const timeoutMs = 5_000;

/**
 * Runs something with a connection to Redis, and closes it.
 * @throws CliError REDIS_UNAVAILABLE
 */
export async function withRedis<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = openProducerRedis(url, timeoutMs);
  redis.on('error', () => {});
  try {
    await whenReady(redis, timeoutMs).catch((cause: unknown) => {
      throw new CliError('REDIS_UNAVAILABLE', { cause });
    });
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}
