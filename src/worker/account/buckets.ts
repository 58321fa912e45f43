import { type AccountPlace, keys } from '../../queue/names.ts';
import type { RedisClient } from '../../queue/redis-client.ts';

/** What an account may send in a second, over all workers together; 0 = no limit. */
export interface RateLimits {
  readonly messagesPerSecond: number;
  readonly requestsPerSecond: number;
}

/** What was given, and the milliseconds until there is more: of messages, then of requests. */
export type Taken = readonly [
  messages: number,
  messagesWaitMs: number,
  requests: number,
  requestsWaitMs: number,
];

/** Takes as much as there is; with `onDebt` all of it, so that the others wait for longer. */
export type Take = (messages: number, requests: number, onDebt: boolean) => Promise<Taken>;

/**
 * Takes from a bucket, by Redis' clock, as much as there is, or all on debt. A bucket holds one second's worth, and its debt is
 * at most as large. Gives what was taken, and the milliseconds until there is more.
 */
export const bucketLua = `
local function take(key, rate, wanted, isOnDebt)
  if rate == 0 or wanted == 0 then return wanted, 0 end
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local given, wait, size = wanted, 0, math.max(1, rate)
  local bucket = redis.call('HMGET', key, 'tokens', 'at')
  local at = tonumber(bucket[2] or '') or now
  local tokens = math.min(size, (tonumber(bucket[1] or '') or size) + math.max(0, now - at) * rate / 1000)
  if isOnDebt then
    tokens = math.max(-size, tokens - wanted)
  else
    given = math.max(0, math.min(wanted, math.floor(tokens)))
    tokens = tokens - given
    local missing = math.min(size, wanted - given)
    if missing > 0 then wait = math.ceil((missing - tokens) * 1000 / rate) end
  end
  redis.call('HSET', key, 'tokens', tokens, 'at', now)
  redis.call('PEXPIRE', key, 60000)
  return given, wait
end`;

/**
 * Two buckets. KEYS: messages, requests. ARGV by bucket: rate, amount wanted; then whether it may run into debt (otp).
 * Answers by bucket what was given, and the milliseconds until there is more.
 */
const takeScript = `${bucketLua}
local answer = {}
for i = 1, 2 do
  local given, wait = take(KEYS[i], tonumber(ARGV[i * 2 - 1]), tonumber(ARGV[i * 2]), ARGV[5] == '1')
  answer[#answer + 1] = given
  answer[#answer + 1] = wait
end
return answer`;

interface BucketCommands {
  jetsmsTake(...keysAndArgs: (string | number)[]): Promise<Taken>;
}

/** The buckets of an account in Redis, from which all its workers take. */
export function takeFromBuckets(
  redis: RedisClient,
  { prefix, account }: AccountPlace,
  { messagesPerSecond, requestsPerSecond }: RateLimits,
): Take {
  redis.defineCommand('jetsmsTake', { lua: takeScript, numberOfKeys: 2 });
  const commands = redis as unknown as BucketCommands; // defineCommand adds methods that ioredis' types cannot know
  const buckets = [keys.rate(prefix, account, 'messages'), keys.rate(prefix, account, 'requests')];
  return (messages, requests, onDebt) =>
    commands.jetsmsTake(
      ...buckets,
      ...[messagesPerSecond, messages, requestsPerSecond, requests],
      onDebt ? '1' : '0',
    );
}
