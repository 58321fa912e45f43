import type { Redis } from 'ioredis';

type Fields = Readonly<Record<string, string>>;

/** All that lies in Redis under a prefix: each key and its content, one a line; of hashes what `pick` leaves. */
export async function contentsOf(
  redis: Redis,
  prefix: string,
  pick = (fields: Fields): Fields => fields,
): Promise<readonly string[]> {
  const keys = await redis.keys(`${prefix}*`);
  return Promise.all(keys.map(async (key) => `${key} ${JSON.stringify(await contentOf(redis, key, pick))}`));
}

async function contentOf(redis: Redis, key: string, pick: (fields: Fields) => Fields): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'hash':
      return pick(await redis.hgetall(key));
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
