import type { RedisClient } from './redis-client.ts';
import { primariesOf } from './redis-nodes.ts';

/**
 * Redis' time, as this process estimates it. What one process writes and another compares is in this time, because
 * two machines may disagree about their own. It is estimated from a clock that never jumps: whoever sets the
 * system's clock does not disturb it.
 */
export interface RedisClock {
  /** Epoch milliseconds. The system's time until Redis has told its own for the first time. */
  now(): number;
  /** How far the system's clock is ahead of Redis' (negative: behind); undefined until Redis has told its time. */
  skewMs(): number | undefined;
  /** Asks Redis once. Whoever asks meanwhile gets the same answer. Rejects where Redis gives none. */
  measure(): Promise<void>;
  /** From now on asks again and again, and whenever the connection is made anew. Keeps no process alive. */
  follow(): void;
  stop(): void;
}

export interface RedisClockOptions {
  /** How often it is asked. */
  readonly everyMs?: number;
  /** Told of questions that `follow()` got no answer to. */
  readonly onError?: (error: unknown) => void;
  /** The system's clock, epoch milliseconds. */
  readonly systemNow?: () => number;
  /** Milliseconds by a clock that never jumps. */
  readonly monotonic?: () => number;
}

/** One answer of Redis, against the clock that never jumps. */
export interface ClockSample {
  /** To be added to the monotonic clock for Redis' time. */
  readonly offsetMs: number;
  /** Redis may have looked at its clock at any moment of the round trip: the offset is wrong by at most half of it. */
  readonly errorMs: number;
  /** When the answer came, by the monotonic clock. */
  readonly at: number;
}

/** Our choice, far more than real clocks drift: how much less a sample is worth after each millisecond. */
const driftPerMs = 1 / 1_000;

export const sampleOf = (redisMs: number, sentAt: number, receivedAt: number): ClockSample => ({
  offsetMs: redisMs - (sentAt + receivedAt) / 2,
  errorMs: (receivedAt - sentAt) / 2,
  at: receivedAt,
});

/**
 * Which of two samples to go by: the one that can be wrong by less, as old as it is by now. But where they cannot
 * both be right, Redis' clock was set, or another Redis answers: then only the fresh one counts.
 */
export function betterSample(kept: ClockSample | undefined, fresh: ClockSample): ClockSample {
  if (!kept) return fresh;
  const keptErrorMs = kept.errorMs + (fresh.at - kept.at) * driftPerMs;
  const areAtOdds = Math.abs(kept.offsetMs - fresh.offsetMs) > keptErrorMs + fresh.errorMs;
  return areAtOdds || fresh.errorMs <= keptErrorMs ? fresh : kept;
}

export function createRedisClock(redis: RedisClient, options: RedisClockOptions = {}): RedisClock {
  const { everyMs = 10_000, onError = () => {}, systemNow = Date.now } = options;
  const { monotonic = () => performance.now() } = options;
  let sample: ClockSample | undefined;
  let open: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  const ask = async (): Promise<void> => {
    const sentAt = monotonic();
    const redisMs = await preciseTime(redis);
    sample = betterSample(sample, sampleOf(redisMs, sentAt, monotonic()));
  };
  const measure = (): Promise<void> => {
    open ??= ask().finally(() => {
      open = undefined;
    });
    return open;
  };
  const askAgain = (): void => {
    if (redis.status === 'ready') measure().catch(onError);
  };
  const now = (): number => (sample ? Math.round(monotonic() + sample.offsetMs) : systemNow());

  return {
    now,
    skewMs: () => (sample ? systemNow() - now() : undefined),
    measure,
    follow() {
      redis.on('ready', askAgain);
      timer = setInterval(askAgain, everyMs).unref();
      askAgain();
    },
    stop() {
      redis.off('ready', askAgain);
      clearInterval(timer);
    },
  };
}

/** What Redis says of the time, in whole epoch milliseconds: for who asks once. */
export async function askTime(redis: RedisClient): Promise<number> {
  return Math.floor(await preciseTime(redis));
}

/** Of a cluster's nodes all processes ask the same, as long as it is there: their clocks may differ by a little. */
async function preciseTime(redis: RedisClient): Promise<number> {
  const [first = redis] = primariesOf(redis);
  const [seconds = 0, microseconds = 0] = (await first.time()).map(Number);
  return seconds * 1_000 + microseconds / 1_000;
}
