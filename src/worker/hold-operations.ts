import type { Redis } from 'ioredis';
import { queueName } from '../queue/names.ts';
import { askTime } from '../queue/redis-clock.ts';
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
}

/** The holds of these accounts, in their order. @throws OperatorError REDIS_UNAVAILABLE */
export function listHolds(
  redis: Redis,
  { prefix, accounts }: ListHoldsOptions,
): Promise<readonly AccountHold[]> {
  return callRedis(() =>
    Promise.all(
      accounts.map(async (account) => {
        const hold = shownHold(await createHoldStore(redis, { prefix, account }).read());
        if (!hold) return { account };
        if (hold.mode !== 'probing') return { account, hold };
        const limiter = `${prefix}:${queueName(account)}:limiter`;
        const [now, waitMs] = await Promise.all([askTime(redis), redis.pttl(limiter)]);
        return { account, hold, nextProbeAt: now + Math.max(0, waitMs) };
      }),
    ),
  );
}

export interface HoldOrder extends HoldPlace {
  /** Who holds it; shown to everybody who looks. */
  readonly by: string;
  /** Why, in the operator's words. */
  readonly note: string;
}

/**
 * Holds an account until somebody resumes it; requests under way are finished. Overrides whatever hold stands
 * there. @throws OperatorError REDIS_UNAVAILABLE
 */
export function holdAccount(redis: Redis, { by, note, ...place }: HoldOrder): Promise<void> {
  return callRedis(async () => {
    const now = await askTime(redis);
    return holdByPerson(createHoldStore(redis, place), { by, note, now });
  });
}

export interface ResumeOrder extends HoldPlace {
  readonly policy: HoldPolicy;
}

/**
 * Resumes an account. An operator's hold, and the dashboard's pause, end at once; under any other hold one
 * message goes first, to see whether the reason is gone. Says what stood there.
 * @throws OperatorError REDIS_UNAVAILABLE
 */
export function resumeAccount(redis: Redis, { policy, ...place }: ResumeOrder): Promise<Hold | undefined> {
  return callRedis(async () =>
    resumeAsPerson(createHoldStore(redis, place), { now: await askTime(redis), policy }),
  );
}
