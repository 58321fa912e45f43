import { readWaiting, type WaitingMessages } from '../bullmq/waiting.ts';
import { type AccountAnswer, createAccountQueries } from '../jetsms/account-queries.ts';
import type { AccountSnapshot } from '../metrics/snapshot.ts';
import { type AccountHold, listHolds } from '../operator/hold-operations.ts';
import { placeOf } from '../queue/names.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { askTime } from '../queue/redis-clock.ts';
import type { AccountSettings } from '../settings/account.ts';
import { createQueueSnapshot } from '../watch/queue-snapshot.ts';
import { createCreditStore } from '../worker/account/credit/credit-store.ts';
import {
  type CreditForecast,
  forecastCredit,
  rateWindowMs,
  usedPerHour,
} from '../worker/account/credit/forecast.ts';

/** Everything that is known of an account now: what JetSMS says, and what lies in Redis. */
export interface AccountState {
  readonly account: AccountSettings;
  readonly credit: AccountAnswer<number>;
  readonly titles: AccountAnswer<readonly string[]>;
  readonly hold: AccountHold;
  readonly queue: AccountSnapshot;
  readonly waiting: WaitingMessages;
  /** Missing where JetSMS does not tell the credit. */
  readonly forecast: CreditForecast | undefined;
}

/** Asks JetSMS and Redis; sends nothing, changes nothing. */
export async function readAccountState(
  redis: RedisClient,
  { account, prefix }: { readonly account: AccountSettings; readonly prefix: string },
): Promise<AccountState> {
  const place = placeOf(redis, prefix, account.name);
  const accounts = [account.name];
  const now = await askTime(redis);
  const [[credit, titles], holds, queues, waiting, readings] = await Promise.all([
    askJetsms(account),
    listHolds(redis, { prefix, accounts }),
    createQueueSnapshot({ redis, prefix, accounts, now: () => now })(),
    readWaiting(redis, place),
    createCreditStore(redis, place).readings(),
  ]);
  const jobs = { otp: {}, transactional: {}, bulk: {}, dead: {} };
  const noQueue = { account: account.name, jobs, oldestWaitingMs: {}, held: undefined };
  const [hold = { account: account.name, pausedLanes: [] }, queue = noQueue] = [holds[0], queues[0]];
  return { account, credit, titles, hold, queue, waiting, forecast: forecast() };

  function forecast(): CreditForecast | undefined {
    if (credit.kind === 'no-answer') return undefined;
    const reading = { at: now, credit: credit.value };
    const window = { now, windowMs: rateWindowMs(account.creditIntervalMs) };
    return forecastCredit(reading, usedPerHour([reading, ...readings], window), waiting.parts);
  }
}

async function askJetsms(account: AccountSettings) {
  const queries = createAccountQueries(account);
  try {
    return await Promise.all([queries.credit(), queries.titles()]);
  } finally {
    await queries.close();
  }
}
