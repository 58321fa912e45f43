import type { Redis } from 'ioredis';
import type { WaitingMessages } from '../../../bullmq/waiting.ts';
import { isCount, isNumber, isOneOf, isShaped, isTime, optional, type Shape } from '../../../queue/checks.ts';
import { readJson } from '../../../queue/json.ts';
import { takeLease } from '../../../queue/lease.ts';
import { type AccountPlace, keys, type LeaseKind } from '../../../queue/names.ts';
import { run } from '../../../queue/pipeline.ts';
import type { CreditForecast, CreditReading } from './forecast.ts';

/** What is known of an account's credit; the same for every worker. */
export interface CreditState extends CreditReading {
  readonly waiting: WaitingMessages;
  readonly forecast: CreditForecast;
}

const readingShape: Shape<CreditReading> = { at: isTime, credit: isNumber };
const isReading = isShaped(readingShape);
const isBoolean = isOneOf([true, false]);

const isState = isShaped<CreditState>({
  ...readingShape,
  waiting: isShaped<WaitingMessages>({
    jobs: isCount,
    messages: isNumber,
    parts: isNumber,
    isEstimate: isBoolean,
  }),
  forecast: isShaped<CreditForecast>({
    usedPerHour: optional(isNumber),
    hoursLeft: optional(isNumber),
    endsAt: optional(isNumber),
    coversWaiting: isBoolean,
  }),
});

/** A state that cannot be read counts as none: the next reading takes its place. */
export const parseCreditState = (value: unknown): CreditState | undefined =>
  isState(value) ? value : undefined;

/** What all workers know of one account's credit, in Redis. */
export interface CreditStore {
  /** True where it is this worker's turn to ask: nobody else's for so long. */
  lease(what: LeaseKind, forMs: number): Promise<boolean>;
  /** Undefined where nobody was told for so long that the last word means nothing any more. */
  read(): Promise<CreditState | undefined>;
  /** All readings that are kept and can be read, the latest first. */
  readings(): Promise<readonly CreditReading[]>;
  /** Keeps a state for so long, and its reading among the others. */
  write(state: CreditState, keepMs: number): Promise<void>;
}

/** A day of the default interval. */
const keptReadings = 288;
const readingsMemoryMs = 2 * 86_400_000;

export function createCreditStore(redis: Redis, { prefix, account }: AccountPlace): CreditStore {
  const stateKey = keys.credit(prefix, account);
  const readingsKey = `${stateKey}:readings`;
  return {
    lease: (what, forMs) => takeLease(redis, { prefix, account }, what, forMs),
    async read() {
      return parseCreditState(readJson(await redis.get(stateKey)));
    },
    async readings() {
      return (await redis.lrange(readingsKey, 0, -1)).map(readJson).filter(isReading);
    },
    async write(state, keepMs) {
      const { at, credit } = state;
      const pipeline = redis.pipeline();
      pipeline.set(stateKey, JSON.stringify(state), 'PX', keepMs);
      pipeline.lpush(readingsKey, JSON.stringify({ at, credit }));
      pipeline.ltrim(readingsKey, 0, keptReadings - 1);
      pipeline.pexpire(readingsKey, readingsMemoryMs);
      await run(pipeline);
    },
  };
}
