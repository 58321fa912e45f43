import type { Redis } from 'ioredis';
import { keys, type LeaseKind } from './names.ts';

/** Whose turn it is, of all workers of an account. */
export interface LeasePlace {
  readonly prefix: string;
  readonly account: string;
}

/** True where it is this worker's turn: nobody else's for so long. */
export async function takeLease(
  redis: Redis,
  { prefix, account }: LeasePlace,
  what: LeaseKind,
  forMs: number,
): Promise<boolean> {
  return (await redis.set(keys.lease(prefix, account, what), '1', 'PX', forMs, 'NX')) === 'OK';
}
