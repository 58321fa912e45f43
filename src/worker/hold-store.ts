import type { Redis } from 'ioredis';
import { keys, queueName } from '../queue/names.ts';

export const holdReasons = ['no-credit', 'account-fault', 'unreachable', 'operator'] as const;
export type HoldReason = (typeof holdReasons)[number];

/**
 * - `stopped`: nothing is sent until a person resumes (BullMQ's own pause).
 * - `probing`: one message per interval is let through, to see whether the reason is gone.
 * - `resuming`: the reason is gone; the pace rises step by step.
 */
export type HoldMode = 'stopped' | 'probing' | 'resuming';

/** An account that stands still, as all workers see it. Times in epoch milliseconds. */
export interface Hold {
  readonly reason: HoldReason;
  readonly mode: HoldMode;
  /** JetSMS code, HTTP status or cause that led here. */
  readonly code?: string;
  readonly since: number;
  /** When the present mode began. */
  readonly modeSince: number;
  /** `worker <name>`, `operator <name>` or `dashboard`. */
  readonly by: string;
  /** What the operator wrote. */
  readonly note?: string;
  /** Of a hold for want of credit: what was left when it was asked for first; it was too little for a message. */
  readonly credit?: number;
  /** What an operator's hold was put on top of: it has not been mended by that, so its canary goes first. */
  readonly beneath?: 'account-fault';
}

/** What the queue lets through. */
export interface Gates {
  /** BullMQ's pause; left as it is where missing, because the dashboard may have set it. */
  readonly paused?: boolean;
  /** One job at a time, one per so many milliseconds. */
  readonly onePerMs?: number;
  /** Nothing before so many milliseconds have passed. */
  readonly firstAfterMs?: number;
  /** So many jobs per second. */
  readonly perSecond?: number;
}

/** A hold as it lies in Redis, with what the queue really does. */
export interface StoredHold {
  /** The record, byte for byte: what `set` compares with. Empty without a hold. */
  readonly raw: string;
  readonly hold: Hold | undefined;
  /** Refusals by the account's fault in a row. */
  readonly accountFaults: number;
  readonly paused: boolean;
  /** One job at a time. */
  readonly single: boolean;
  /** The pace that the queue keeps, if any. */
  readonly perSecond: number | undefined;
}

/** What holds one account's queue. */
export interface HoldStore {
  read(): Promise<StoredHold>;
  /**
   * Records a hold (or forgets it) and sets the queue's gates, in one step that cannot be cut in half.
   * @param expected the raw record that must still stand there; `anyRecord` overrides whatever does
   * @returns false where another record stands there; nothing was changed
   */
  set(expected: string, hold: Hold | undefined, gates: Gates): Promise<boolean>;
  /** A probe went by without a request: the next message may go at once. */
  returnProbe(): Promise<void>;
  /** So many more messages refused by the account's fault; how many there are now in a row. */
  countAccountFaults(messages: number): Promise<number>;
  clearAccountFaults(): Promise<void>;
}

export const anyRecord = '*';

/**
 * Touches the fields of BullMQ's queue meta (`paused`, `concurrency`, `max`, `duration`), its limiter key and
 * its marker, as BullMQ 6.7.0's own methods do, but all at once and only if nobody changed the hold meanwhile.
 * KEYS: hold, meta, limiter, marker. ARGV: expected, new record, paused, onePerMs, firstAfterMs, perSecond.
 */
const setHoldScript = `
local current = redis.call('GET', KEYS[1]) or ''
if ARGV[1] ~= '*' and ARGV[1] ~= current then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2]) end
if ARGV[4] ~= '' then
  redis.call('HSET', KEYS[2], 'concurrency', 1, 'max', 1, 'duration', ARGV[4])
else
  redis.call('HDEL', KEYS[2], 'concurrency', 'max', 'duration')
  if ARGV[6] ~= '' then redis.call('HSET', KEYS[2], 'max', ARGV[6], 'duration', 1000) end
end
if ARGV[5] ~= '' then redis.call('SET', KEYS[3], '9007199254740991', 'PX', ARGV[5])
else redis.call('DEL', KEYS[3]) end
if ARGV[3] == '1' then
  redis.call('HSET', KEYS[2], 'paused', 1)
  redis.call('DEL', KEYS[4])
else
  if ARGV[3] == '0' then redis.call('HDEL', KEYS[2], 'paused') end
  redis.call('ZADD', KEYS[4], 0, '0')
end
return 1`;

interface HoldCommands {
  jetsmsSetHold(...keysAndArgs: string[]): Promise<number>;
}

/** Where an account's hold lies. */
export interface HoldPlace {
  readonly prefix: string;
  readonly account: string;
}

export function createHoldStore(redis: Redis, { prefix, account }: HoldPlace): HoldStore {
  redis.defineCommand('jetsmsSetHold', { lua: setHoldScript, numberOfKeys: 4 });
  const commands = redis as unknown as HoldCommands; // defineCommand adds methods that ioredis' types cannot know
  const holdKey = keys.hold(prefix, account);
  const faultsKey = keys.accountFaults(prefix, account);
  const queueKey = `${prefix}:${queueName(account)}`;
  return {
    async read() {
      const [[raw, faults], [paused, concurrency, max]] = await Promise.all([
        redis.mget(holdKey, faultsKey),
        redis.hmget(`${queueKey}:meta`, 'paused', 'concurrency', 'max'),
      ]);
      return {
        raw: raw ?? '',
        hold: raw ? (JSON.parse(raw) as Hold) : undefined,
        accountFaults: Number(faults ?? 0),
        paused: paused !== null && paused !== undefined,
        single: concurrency === '1',
        perSecond: max && concurrency !== '1' ? Number(max) : undefined,
      };
    },
    async set(expected, hold, gates) {
      const changed = await commands.jetsmsSetHold(
        ...[holdKey, `${queueKey}:meta`, `${queueKey}:limiter`, `${queueKey}:marker`],
        ...[expected, hold ? JSON.stringify(hold) : '', gateFlag(gates.paused)],
        ...[gates.onePerMs, gates.firstAfterMs, gates.perSecond].map((value) => (value ? String(value) : '')),
      );
      return changed === 1;
    },
    async returnProbe() {
      await redis.del(`${queueKey}:limiter`);
    },
    async countAccountFaults(messages) {
      return redis.incrby(faultsKey, messages);
    },
    async clearAccountFaults() {
      await redis.del(faultsKey);
    },
  };
}

function gateFlag(paused: boolean | undefined): string {
  if (paused === undefined) return '';
  return paused ? '1' : '0';
}
