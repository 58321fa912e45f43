import { openOperatorRedis } from '../queue/redis.ts';
import { redisAddressProblem } from '../queue/redis-address.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { type RedisTls, redisTlsOptionProblems, targetOf } from '../queue/redis-target.ts';
import { checkArguments, redisOrAddress } from './arguments.ts';
import { OperatorError } from './operator-error.ts';

/** No answer from Redis for so long means that it is away. */
export const redisTimeoutMs = 5_000;

/** Where the operators' functions find Redis. */
export interface RedisOptions {
  readonly redis: RedisClient | string;
  readonly redisTls?: RedisTls;
}

/** @throws OperatorError ARGUMENT_INVALID, naming everything that is wrong */
export function checkRedisOptions({ redis, redisTls }: RedisOptions): void {
  const ofAddress = typeof redis === 'string' ? redisAddressProblem('redis', redis) : undefined;
  const problems = [ofAddress, ...redisTlsOptionProblems(redis, redisTls)].filter((one) => one !== undefined);
  if (problems.length > 0) throw new OperatorError('ARGUMENT_INVALID', { detail: problems.join(' ') });
  checkArguments({ redis: [redis, redisOrAddress] });
}

/** The connection that was given, or a new one. */
export const redisOf = ({ redis, redisTls }: RedisOptions): RedisClient =>
  typeof redis === 'string' ? openOperatorRedis(targetOf({ redis, redisTls }), redisTimeoutMs) : redis;
