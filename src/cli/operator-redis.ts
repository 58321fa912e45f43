import { openOperatorRedis, whenReady } from '../queue/redis.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { type RedisSettings, redisTargetOf } from '../settings/redis-target.ts';
import { hasStableCode, redisCliError } from './errors.ts';

/** No answer from Redis for so long means that it is away. */
const timeoutMs = 5_000;

/**
 * Runs something with a connection to Redis, and closes it.
 * @throws CliError REDIS_REFUSED, REDIS_UNAVAILABLE
 */
export async function withRedis<T>(
  settings: RedisSettings,
  use: (redis: RedisClient) => Promise<T>,
): Promise<T> {
  const redis = openOperatorRedis(redisTargetOf(settings), timeoutMs);
  redis.on('error', () => {});
  try {
    await whenReady(redis, timeoutMs);
    return await use(redis);
  } catch (error) {
    throw isOfRedis(error) ? redisCliError(error) : error;
  } finally {
    redis.disconnect();
  }
}

/** Errors of ours have a code, and those that the language throws are bugs. */
const isOfRedis = (error: unknown): boolean =>
  !hasStableCode(error) &&
  !(error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError);
