import type { WaitingMessages } from '../../../bullmq/waiting.ts';
import {
  isBoolean,
  isCount,
  isNumber,
  isShaped,
  isTime,
  isTrue,
  optional,
  type Shape,
} from '../../../queue/checks.ts';
import { type CreditEntry, eventField } from '../../../queue/event-entry.ts';
import { readJson } from '../../../queue/json.ts';
import { takeLease } from '../../../queue/lease.ts';
import { type AccountPlace, keys, type LeaseKind } from '../../../queue/names.ts';
import type { RedisClient } from '../../../queue/redis-client.ts';
import type { CreditForecast, CreditReading } from './forecast.ts';

/** What is known of an account's credit; the same for every worker. */
export interface CreditState extends CreditReading {
  readonly waiting: WaitingMessages;
  readonly forecast: CreditForecast;
  /** It is low, and whoever wants to know has been told. */
  readonly isLow?: true;
}

const readingShape: Shape<CreditReading> = { at: isTime, credit: isNumber };
const isReading = isShaped(readingShape);

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
  isLow: optional(isTrue),
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
  /**
   * Keeps a state for so long, and its reading among the others. Tells others, in the same step, where it is low and was not before.
   */
  write(state: CreditState, keepMs: number): Promise<void>;
}

/** A day of the default interval. */
const keptReadings = 288;
const readingsMemoryMs = 2 * 86_400_000;

/**
 * KEYS: state, readings, the stream of events. ARGV: the state, milliseconds to keep it, the reading, the entry that tells of a low
 * credit ('' = it is not). No quoted text can contain what is looked for unescaped.
 */
const writeScript = `
local known = redis.pcall('GET', KEYS[1])
local wasLow = type(known) == 'string' and string.find(known, '"isLow":true', 1, true)
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('LPUSH', KEYS[2], ARGV[3])
redis.call('LTRIM', KEYS[2], 0, ${keptReadings - 1})
redis.call('PEXPIRE', KEYS[2], ${readingsMemoryMs})
if ARGV[4] ~= '' and not wasLow then
  redis.pcall('XADD', KEYS[3], 'NOMKSTREAM', '*', '${eventField}', ARGV[4])
end`;

interface CreditCommands {
  jetsmsWriteCredit(
    state: string,
    readings: string,
    stream: string,
    ...args: (string | number)[]
  ): Promise<unknown>;
}

export function createCreditStore(redis: RedisClient, { prefix, account }: AccountPlace): CreditStore {
  const stateKey = keys.credit(prefix, account);
  const readingsKey = `${stateKey}:readings`;
  redis.defineCommand('jetsmsWriteCredit', { lua: writeScript, numberOfKeys: 3 });
  const commands = redis as unknown as CreditCommands; // defineCommand adds methods that ioredis' types cannot know
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
      const { hoursLeft } = state.forecast;
      const entry: CreditEntry = {
        type: 'credit.low',
        at,
        credit,
        ...(hoursLeft === undefined ? {} : { hoursLeft }),
      };
      const told = state.isLow ? JSON.stringify(entry) : '';
      const args = [JSON.stringify(state), keepMs, JSON.stringify({ at, credit }), told];
      await commands.jetsmsWriteCredit(stateKey, readingsKey, keys.events(prefix, account), ...args);
    },
  };
}
