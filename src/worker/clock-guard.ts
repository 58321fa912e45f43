import type { RedisClock } from '../queue/redis-clock.ts';
import { createRounds } from './rounds.ts';

/** What is known of this machine's clock. */
export interface ClockState {
  /** How far it is ahead of Redis' (negative: behind); undefined until Redis has told its time. */
  readonly skewMs: number | undefined;
  readonly maxSkewMs: number;
  /** Near enough to Redis' that this worker may take messages. */
  readonly isRight: boolean;
}

/**
 * Watches the system's clock. Our own times are Redis', but BullMQ goes by the system's clock when it moves
 * scheduled messages to those that wait: a worker whose clock is wrong must not ask for any.
 */
export interface ClockGuard {
  /** As of this moment. */
  state(): ClockState;
  /** Resolves when the clock has been compared for the first time; then goes on looking. */
  start(): Promise<void>;
  stop(): void;
}

export interface ClockGuardOptions {
  readonly clock: RedisClock;
  readonly maxSkewMs: number;
  /** Told when the clock turns out wrong, and when it is right again; at first, only where it is wrong. */
  readonly onChange: (state: ClockState) => void;
  readonly onError: (error: unknown) => void;
  readonly everyMs?: number;
}

/** The first questions are asked by a process that is busy starting: the best of so many answers is a good one. */
const firstQuestions = 3;

export function createClockGuard(options: ClockGuardOptions): ClockGuard {
  const { clock, maxSkewMs, onChange, onError, everyMs = 1_000 } = options;
  let wasRight = true;

  const state = (): ClockState => {
    const skewMs = clock.skewMs();
    return { skewMs, maxSkewMs, isRight: skewMs !== undefined && Math.abs(skewMs) <= maxSkewMs };
  };
  const look = async (): Promise<void> => {
    // It may be Redis' clock that was set, or this machine that slept: then the last answer is out of date.
    if (state().isRight !== wasRight) await clock.measure().catch(onError);
    const present = state();
    if (rounds.isStopped() || present.isRight === wasRight) return;
    wasRight = present.isRight;
    onChange(present);
  };
  const rounds = createRounds(look, everyMs);

  return {
    state,
    async start() {
      for (let n = 0; n < firstQuestions; n += 1) await clock.measure();
      if (rounds.isStopped()) return;
      clock.follow();
      await rounds.start();
    },
    stop() {
      rounds.stop();
      clock.stop();
    },
  };
}
