import type { Cluster, Redis } from 'ioredis';
import type { RedisClient } from './redis-client.ts';

/** The servers that take writes, in an order that all processes agree on: of a cluster its primaries, else the one server. */
export function primariesOf(redis: RedisClient): readonly Redis[] {
  if (!isCluster(redis)) return [redis];
  return redis.nodes('master').toSorted((a, b) => (addressOf(a) < addressOf(b) ? -1 : 1));
}

/** Where a node listens, as `host:port`. */
export const addressOf = ({ options: { host, port } }: Redis): string => `${host}:${port}`;

export const isCluster = (redis: RedisClient): redis is Cluster => redis.isCluster;
