import { readWaiting } from '../../../bullmq/waiting.ts';
import type { AccountAnswer, AccountQueries } from '../../../jetsms/account-queries.ts';
import type { AccountPlace } from '../../../queue/names.ts';
import type { RedisClient } from '../../../queue/redis-client.ts';
import type { AccountSettings } from '../../../settings/account.ts';
import { createRounds } from '../../rounds.ts';
import type { Telemetry } from '../../telemetry.ts';
import { outcomeCode } from '../../verdict/journal-entries.ts';
import { createCreditStore } from './credit-store.ts';
import { forecastCredit, isCreditLow, rateWindowMs, usedPerHour } from './forecast.ts';

/** Asks JetSMS for an account's credit, for all workers together. */
export interface CreditWatch {
  /** Asks now, on behalf of a hold. */
  credit(): Promise<AccountAnswer<number>>;
  start(): void;
  stop(): Promise<void>;
}

export interface CreditWatchOptions {
  readonly redis: RedisClient;
  readonly place: AccountPlace;
  readonly account: Pick<AccountSettings, 'creditIntervalMs'>;
  readonly queries: AccountQueries;
  readonly telemetry: Pick<Telemetry, 'credit' | 'redis'>;
  readonly now: () => number;
}

/** Each worker looks this often in an interval whether it is its turn, so that no reading is late by much. */
const looksPerInterval = 5;

/** A state outlives two readings that fail. */
const intervalsKept = 3;

export function createCreditWatch(options: CreditWatchOptions): CreditWatch {
  const { redis, place, account, queries, telemetry, now } = options;
  const { creditIntervalMs } = account;
  const store = createCreditStore(redis, place);
  const stopping = new AbortController();

  const credit = async (): Promise<AccountAnswer<number>> => {
    const answer = await queries.credit({ signal: stopping.signal });
    if (stopping.signal.aborted) return answer;
    telemetry.credit(answer.kind === 'answer' ? { credit: answer.value } : { why: outcomeCode(answer.why) });
    if (answer.kind === 'answer') await keep(answer.value);
    return answer;
  };

  const keep = async (credit: number): Promise<void> => {
    const reading = { at: now(), credit };
    const [before, readings, waiting] = await Promise.all([
      store.read(),
      store.readings(),
      readWaiting(redis, place),
    ]);
    const window = { now: reading.at, windowMs: rateWindowMs(creditIntervalMs) };
    const used = usedPerHour([reading, ...readings], window);
    const forecast = forecastCredit(reading, used, waiting.parts);
    const low = isCreditLow(forecast, before?.isLow === true) ? { isLow: true as const } : {};
    await store.write({ ...reading, waiting, forecast, ...low }, intervalsKept * creditIntervalMs);
  };

  const rounds = createRounds(async () => {
    try {
      if (await store.lease('credit', creditIntervalMs)) await credit();
    } catch (error) {
      telemetry.redis(error);
    }
  }, creditIntervalMs / looksPerInterval);

  return {
    credit,
    start: () => void rounds.start(),
    async stop() {
      stopping.abort();
      rounds.stop();
      await queries.close();
    },
  };
}
