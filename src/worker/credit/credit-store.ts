import type { Redis } from 'ioredis';
import { keys, type LeaseKind } from '../../queue/names.ts';
import { takeLease } from '../lease.ts';
import { run } from '../pipeline.ts';
import type { CreditForecast, CreditReading, WaitingMessages } from './forecast.ts';

/** What is known of an account's credit; the same for every worker. */
export interface CreditState extends CreditReading {
  readonly waiting: WaitingMessages;
  readonly forecast: CreditForecast;
}

/** What all workers know of one account's credit, in Redis. */
export interface CreditStore {
  /** True where it is this worker's turn to ask: nobody else's for so long. */
  lease(what: LeaseKind, forMs: number): Promise<boolean>;
  /** Undefined where nobody was told for so long that the last word means nothing any more. */
  read(): Promise<CreditState | undefined>;
  /** All readings that are kept, the latest first. */
  readings(): Promise<readonly CreditReading[]>;
  /** Keeps a state for so long, and its reading among the others. */
  write(state: CreditState, keepMs: number): Promise<void>;
}

/** A day of the default interval. */
const keptReadings = 288;
const readingsMemoryMs = 2 * 86_400_000;

export interface CreditPlace {
  readonly prefix: string;
  readonly account: string;
}

export function createCreditStore(redis: Redis, { prefix, account }: CreditPlace): CreditStore {
  const stateKey = keys.credit(prefix, account);
  const readingsKey = `${stateKey}:readings`;
  return {
    lease: (what, forMs) => takeLease(redis, { prefix, account }, what, forMs),
    async read() {
      const raw = await redis.get(stateKey);
      return raw ? (JSON.parse(raw) as CreditState) : undefined;
    },
    async readings() {
      return (await redis.lrange(readingsKey, 0, -1)).map((raw) => JSON.parse(raw) as CreditReading);
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
