import { type Lane, lanes } from '../../message/lane.ts';
import type { AccountPlace } from '../../queue/names.ts';
import type { RedisClient } from '../../queue/redis-client.ts';
import { pauseUnlessStopped } from '../pause.ts';
import { type RateLimits, takeFromBuckets } from './buckets.ts';

/** The pace of one account, kept in Redis for all workers. */
export interface Rate {
  /**
   * Waits until a request with so many messages may leave. Lane otp leaves at once and lets the others pay for
   * it; among the rest the more urgent lane goes first. Uses no attempt and does not spin.
   * @returns false where `stop()` came first: the request must not leave
   */
  pay(lane: Lane, messages: number): Promise<boolean>;
  /** Somebody waits to pay. */
  isUsedUp(): boolean;
  /** Turns away everybody who waits. */
  stop(): void;
}

export interface RateOptions extends RateLimits, AccountPlace {
  readonly redis: RedisClient;
}

/** Without limits nothing is asked of Redis. */
const noLimits: Rate = { pay: () => Promise.resolve(true), isUsedUp: () => false, stop() {} };

/** Somebody who waits for its turn, and what it still has to pay. */
interface Payer {
  readonly lane: Lane;
  messages: number;
  requests: number;
  readonly done: (mayLeave: boolean) => void;
  readonly failed: (error: unknown) => void;
}

/** Those who wait, by lane and in the order in which they came. */
type Line = ReadonlyMap<Lane, Payer[]>;

/** Of the most urgent lane. */
const firstOf = (line: Line): Payer | undefined =>
  lanes.map((lane) => line.get(lane)?.[0]).find((payer) => payer);

function forget(payer: Payer, line: Line): void {
  const ofLane = line.get(payer.lane) ?? [];
  const index = ofLane.indexOf(payer);
  if (index !== -1) ofLane.splice(index, 1);
}

/** The shortest pause between two looks, so that several workers do not hammer Redis for the same tokens. */
const shortestPauseMs = 20;

export function createRate({ redis, ...options }: RateOptions): Rate {
  if (options.messagesPerSecond === 0 && options.requestsPerSecond === 0) return noLimits;
  const take = takeFromBuckets(redis, options, options);
  const waiting: Line = new Map(lanes.map((lane) => [lane, []]));
  const stopping = new AbortController();
  let isPaying = false;

  /** Serves one payer after the other; a more urgent one that comes meanwhile is served at the next look. */
  const payInTurn = async (): Promise<void> => {
    isPaying = true;
    for (let payer = firstOf(waiting); payer; payer = firstOf(waiting)) await payFor(payer);
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
      if (payer.messages + payer.requests > 0) {
        const pauseMs = Math.max(messagesWaitMs, requestsWaitMs, shortestPauseMs);
        await pauseUnlessStopped(pauseMs, stopping.signal);
        return;
      }
      forget(payer, waiting);
      payer.done(true);
    } catch (error) {
      forget(payer, waiting);
      payer.failed(error);
    }
  };

  return {
    async pay(lane, messages) {
      if (stopping.signal.aborted) return false;
      if (lane === 'otp') {
        await take(messages, 1, true);
        return true;
      }
      return new Promise<boolean>((resolve, reject) => {
        waiting.get(lane)?.push({ lane, messages, requests: 1, done: resolve, failed: reject });
        if (!isPaying) void payInTurn();
      });
    },
    isUsedUp: () => firstOf(waiting) !== undefined,
    stop() {
      stopping.abort();
      for (const ofLane of waiting.values()) for (const payer of ofLane.splice(0)) payer.done(false);
    },
  };
}
