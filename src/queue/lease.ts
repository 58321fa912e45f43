import { type AccountPlace, keys, type LeaseKind } from './names.ts';
import type { RedisClient } from './redis-client.ts';

/** True where it is this worker's turn, of all workers of the account: nobody else's for so long. */
export async function takeLease(
  redis: RedisClient,
  { prefix, account }: AccountPlace,
  what: LeaseKind,
  forMs: number,
): Promise<boolean> {
  return (await redis.set(keys.lease(prefix, account, what), '1', 'PX', forMs, 'NX')) === 'OK';
}
