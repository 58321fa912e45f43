import type { Redis } from 'ioredis';

/** All that lies in Redis under a prefix: each key and its whole content, one a line. */
export async function contentsOf(redis: Redis, prefix: string): Promise<readonly string[]> {
  const keys = await redis.keys(`${prefix}*`);
  return Promise.all(keys.map(async (key) => `${key} ${JSON.stringify(await contentOf(redis, key))}`));
}

async function contentOf(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'hash':
      return redis.hgetall(key);
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'zset':
      return redis.zrange(key, '0', '-1');
    case 'set':
      return redis.smembers(key);
    case 'stream':
      return redis.xrange(key, '-', '+');
    default:
      return redis.get(key);
  }
}
