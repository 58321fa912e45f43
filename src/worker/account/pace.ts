import type { Redis } from 'ioredis';
import { type Lane, lanes } from '../../message/lane.ts';
import { type AccountPlace, keys } from '../../queue/names.ts';

/** What an account may send in a second, over all workers together; 0 = no limit. */
export interface RateLimits {
  readonly messagesPerSecond: number;
  readonly requestsPerSecond: number;
}

/** The pace of one account, kept in Redis for all workers. */
export interface Rate {
  /**
   * Waits until a request with so many messages may leave. Lane otp leaves at once and lets the others pay for
   * it; among the rest the more urgent lane goes first. Uses no attempt and does not spin.
   * @returns false where `stop()` came first: the request must not leave
   */
  pay(lane: Lane, messages: number): Promise<boolean>;
  /** Turns away everybody who waits. */
  stop(): void;
}

export interface RateOptions extends RateLimits, AccountPlace {
  readonly redis: Redis;
}

/** Without limits nothing is asked of Redis. */
const noLimits: Rate = { pay: () => Promise.resolve(true), stop() {} };

/**
 * Two buckets, by Redis's clock. KEYS: messages, requests. ARGV by bucket: rate, amount wanted, and whether it
 * may run into debt (otp). A bucket holds one second's worth, and its debt is at most as large.
 * Answers by bucket what was given, and the milliseconds until there is more.
 */
const takeScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local answer = {}
for i = 1, 2 do
  local rate, wanted = tonumber(ARGV[i * 2 - 1]), tonumber(ARGV[i * 2])
  local given, wait = wanted, 0
  if rate > 0 and wanted > 0 then
    local size = math.max(1, rate)
    local bucket = redis.call('HMGET', KEYS[i], 'tokens', 'at')
    local at = tonumber(bucket[2] or '') or now
    local tokens = math.min(size, (tonumber(bucket[1] or '') or size) + math.max(0, now - at) * rate / 1000)
    if ARGV[5] == '1' then
      tokens = math.max(-size, tokens - wanted)
    else
      given = math.max(0, math.min(wanted, math.floor(tokens)))
      tokens = tokens - given
      local missing = math.min(size, wanted - given)
      if missing > 0 then wait = math.ceil((missing - tokens) * 1000 / rate) end
    end
    redis.call('HSET', KEYS[i], 'tokens', tokens, 'at', now)
    redis.call('PEXPIRE', KEYS[i], 60000)
  end
  answer[#answer + 1] = given
  answer[#answer + 1] = wait
end
return answer`;

interface RateCommands {
  jetsmsTake(...keysAndArgs: (string | number)[]): Promise<[number, number, number, number]>;
}

/** Somebody who waits for its turn, and what it still has to pay. */
interface Payer {
  messages: number;
  requests: number;
  readonly done: (mayLeave: boolean) => void;
  readonly failed: (error: unknown) => void;
}

/** The shortest pause between two looks, so that several workers do not hammer Redis for the same tokens. */
const shortestPauseMs = 20;

export function createRate({
  redis,
  prefix,
  account,
  messagesPerSecond,
  requestsPerSecond,
}: RateOptions): Rate {
  if (messagesPerSecond === 0 && requestsPerSecond === 0) return noLimits;
  redis.defineCommand('jetsmsTake', { lua: takeScript, numberOfKeys: 2 });
  const commands = redis as unknown as RateCommands; // defineCommand adds methods that ioredis' types cannot know
  const buckets = [keys.rate(prefix, account, 'messages'), keys.rate(prefix, account, 'requests')];
  const waiting = new Map<Lane, Payer[]>(lanes.map((lane) => [lane, []]));
  let isPaying = false;
  let isStopped = false;

  const take = (messages: number, requests: number, onDebt: boolean) =>
    commands.jetsmsTake(
      ...buckets,
      ...[messagesPerSecond, messages, requestsPerSecond, requests],
      onDebt ? '1' : '0',
    );

  const mostUrgent = (): Payer | undefined =>
    lanes.map((lane) => waiting.get(lane)?.[0]).find((payer) => payer);

  const forget = (payer: Payer): void => {
    for (const queue of waiting.values()) {
      const index = queue.indexOf(payer);
      if (index !== -1) queue.splice(index, 1);
    }
  };

  const leave = (payer: Payer): void => {
    forget(payer);
    payer.done(!isStopped);
  };

  /** Serves one payer after the other; a more urgent one that comes meanwhile is served at the next look. */
  const payInTurn = async (): Promise<void> => {
    isPaying = true;
    for (let payer = mostUrgent(); payer; payer = mostUrgent()) await payFor(payer);
    isPaying = false;
  };

  /** One payment, whole or in part. What Redis refuses fails this payer only: the others must get their turn. */
  const payFor = async (payer: Payer): Promise<void> => {
    try {
      const [messages, messagesWaitMs, requests, requestsWaitMs] = await take(
        payer.messages,
        payer.requests,
        false,
      );
      payer.messages -= messages;
      payer.requests -= requests;
      if (payer.messages + payer.requests === 0) leave(payer);
      else await pause(Math.max(messagesWaitMs, requestsWaitMs, shortestPauseMs));
    } catch (error) {
      forget(payer);
      payer.failed(error);
    }
  };

  let endPause: (() => void) | undefined;
  const pause = (delayMs: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  return {
    async pay(lane, messages) {
      if (isStopped) return false;
      if (lane === 'otp') {
        await take(messages, 1, true);
        return true;
      }
      return new Promise<boolean>((resolve, reject) => {
        waiting.get(lane)?.push({ messages, requests: 1, done: resolve, failed: reject });
        if (!isPaying) void payInTurn();
      });
    },
    stop() {
      isStopped = true;
      for (const payer of [...waiting.values()].flat()) leave(payer);
      endPause?.();
    },
  };
}
