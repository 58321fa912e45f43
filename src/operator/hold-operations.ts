import { type Lane, lanes } from '../message/lane.ts';
import { type AccountPlace, type NamedAccount, placeOf, queueName } from '../queue/names.ts';
import { openQueue } from '../queue/open-queue.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { askTime } from '../queue/redis-clock.ts';
import type { Hold } from '../worker/account/hold-record.ts';
import { holdByPerson, resumeByPerson, shownHold } from '../worker/account/hold-steps.ts';
import { createHoldStore } from '../worker/account/hold-store.ts';
import {
  accountList,
  account as accountName,
  checkArguments,
  connection,
  name,
  object,
  words,
} from './arguments.ts';
import { callRedis } from './operator-error.ts';

/** An account, and the hold that it stands under, if any. */
export interface AccountHold {
  readonly account: string;
  readonly hold?: Hold;
  /** While it is probed: when the next probe may leave, epoch milliseconds. */
  readonly nextProbeAt?: number;
  /** Lanes that are paused on the dashboard, whatever else holds the account. */
  readonly pausedLanes: readonly Lane[];
}

export interface ListHoldsOptions {
  readonly prefix: string;
  readonly accounts: readonly string[];
}

/** The holds of these accounts, in their order. @throws OperatorError REDIS_UNAVAILABLE, REDIS_REFUSED, ARGUMENT_INVALID */
export async function listHolds(
  redis: RedisClient,
  options: ListHoldsOptions,
): Promise<readonly AccountHold[]> {
  checkArguments({ redis: [redis, connection], options: [options, object] });
  const { prefix, accounts } = options;
  checkArguments({ prefix: [prefix, name], accounts: [accounts, accountList] });
  return callRedis(() =>
    Promise.all(
      accounts.map(async (account) => {
        const { record, pausedLanes } = await createHoldStore(redis, placeOf(redis, prefix, account)).read();
        const hold = shownHold(record, pausedLanes);
        if (!hold) return { account, pausedLanes };
        const probe = hold.mode === 'probing' ? { nextProbeAt: hold.nextProbeAt } : {};
        return { account, hold, ...probe, pausedLanes };
      }),
    ),
  );
}

export interface HoldOrder extends NamedAccount {
  /** Who holds it; shown to everybody who looks. */
  readonly by: string;
  /** Why, in the operator's words. */
  readonly note: string;
}

/**
 * Holds an account until somebody resumes it; requests under way are finished. A hold that stands there already comes
 * to light again after that. @throws OperatorError REDIS_UNAVAILABLE, REDIS_REFUSED, ARGUMENT_INVALID
 */
export async function holdAccount(redis: RedisClient, hold: HoldOrder): Promise<void> {
  checkPlace(redis, hold);
  const { by, note } = hold;
  const place = placeOf(redis, hold.prefix, hold.account);
  checkArguments({ by: [by, words], note: [note, words] });
  return callRedis(async () => {
    const order = { by, note, now: await askTime(redis) };
    await createHoldStore(redis, place).change((record) => ({
      record: holdByPerson(record, order),
      result: undefined,
    }));
  });
}

/** What a resume has found. */
export interface Resumed {
  readonly before: Hold | undefined;
  /** Lanes whose pause on the dashboard it has ended. */
  readonly unpausedLanes: readonly Lane[];
}

/**
 * Resumes an account. An operator's hold, and the dashboard's pause, end at once; under any other hold JetSMS is
 * probed at once, and it ends when that shows that the reason is gone. Says what stood there, and which lanes were paused.
 * @throws OperatorError REDIS_UNAVAILABLE, REDIS_REFUSED, ARGUMENT_INVALID
 */
export async function resumeAccount(redis: RedisClient, named: NamedAccount): Promise<Resumed> {
  checkPlace(redis, named);
  const place = placeOf(redis, named.prefix, named.account);
  return callRedis(async () => {
    const store = createHoldStore(redis, place);
    const [{ pausedLanes }, now] = await Promise.all([store.read(), askTime(redis)]);
    const { result: before } = await store.change((record) => ({
      record: resumeByPerson(record, now),
      result: shownHold(record, pausedLanes),
    }));
    if (pausedLanes.length > 0) await unpause(redis, place);
    return { before, unpausedLanes: pausedLanes };
  });
}

/** @throws OperatorError ARGUMENT_INVALID */
function checkPlace(redis: RedisClient, place: NamedAccount): void {
  checkArguments({ redis: [redis, connection], 'the second argument': [place, object] });
  checkArguments({ prefix: [place.prefix, name], account: [place.account, accountName] });
}

async function unpause(redis: RedisClient, { prefix, account }: AccountPlace): Promise<void> {
  for (const lane of lanes) {
    const queue = openQueue(redis, queueName(account, lane), prefix);
    await queue.resume();
    await queue.close();
  }
}
