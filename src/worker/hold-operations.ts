import type { Redis } from 'ioredis';
import { queueName } from '../queue/names.ts';
import { type HoldPolicy, shownHold } from './hold-steps.ts';
import { createHoldStore, type Hold, type HoldPlace } from './hold-store.ts';
import { holdByPerson, resumeAsPerson } from './holds.ts';
import { callRedis } from './operator-error.ts';

/** An account, and the hold that it stands under, if any. */
export interface AccountHold {
  readonly account: string;
  readonly hold?: Hold;
  /** While it is probed: when the next probe may leave, epoch milliseconds. */
  readonly nextProbeAt?: number;
}

export interface ListHoldsOptions {
  readonly prefix: string;
  readonly accounts: readonly string[];
  readonly now?: () => number;
}

/** The holds of these accounts, in their order. @throws OperatorError REDIS_UNAVAILABLE, REDIS_REFUSED */
export function listHolds(
  redis: Redis,
  { prefix, accounts, now = Date.now }: ListHoldsOptions,
): Promise<readonly AccountHold[]> {
  return callRedis(() =>
    Promise.all(
      accounts.map(async (account) => {
        const hold = shownHold(await createHoldStore(redis, { prefix, account }).read());
        if (!hold) return { account };
        if (hold.mode !== 'probing') return { account, hold };
        const waitMs = await redis.pttl(`${prefix}:${queueName(account)}:limiter`);
        return { account, hold, nextProbeAt: now() + Math.max(0, waitMs) };
      }),
    ),
  );
}

export interface HoldOrder extends HoldPlace {
  /** Who holds it; shown to everybody who looks. */
  readonly by: string;
  /** Why, in the operator's words. */
  readonly note: string;
  readonly now?: () => number;
}

/**
 * Holds an account until somebody resumes it; requests under way are finished. Overrides whatever hold stands
 * there. @throws OperatorError REDIS_UNAVAILABLE, REDIS_REFUSED
 */
export function holdAccount(redis: Redis, { by, note, now = Date.now, ...place }: HoldOrder): Promise<void> {
  return callRedis(() => holdByPerson(createHoldStore(redis, place), { by, note, now: now() }));
}

export interface ResumeOrder extends HoldPlace {
  readonly policy: HoldPolicy;
  readonly now?: () => number;
}

/**
 * Resumes an account. An operator's hold, and the dashboard's pause, end at once; under any other hold one
 * message goes first, to see whether the reason is gone. Says what stood there.
 * @throws OperatorError REDIS_UNAVAILABLE, REDIS_REFUSED
 */
export function resumeAccount(
  redis: Redis,
  { policy, now = Date.now, ...place }: ResumeOrder,
): Promise<Hold | undefined> {
  return callRedis(() => resumeAsPerson(createHoldStore(redis, place), { now: now(), policy }));
}
