import type { Redis } from 'ioredis';
import type { Settings } from '../../settings/settings.ts';
import { createLetterStore } from '../dead-letters/letter-store.ts';
import { type LeasePlace, takeLease } from '../lease.ts';
import type { Telemetry } from '../telemetry.ts';
import { sweepLetters } from './expired-letters.ts';
import { type FinishedSet, sweepFinished } from './finished-jobs.ts';

/** Takes away what has lain in Redis for long enough, also in accounts where nothing happens any more. */
export interface Retention {
  start(): void;
  /** Ends it soon; nothing waits for Redis. */
  stop(): void;
}

export interface RetentionOptions {
  readonly redis: Redis;
  readonly place: LeasePlace;
  readonly ages: Pick<Settings, 'keepCompletedAgeMs' | 'keepFailedAgeMs' | 'keepDeadLettersAgeMs'>;
  readonly telemetry: Pick<Telemetry, 'swept' | 'redis'>;
}

const shortestIntervalMs = 1_000;
const longestIntervalMs = 60_000;

/** Nothing lies much longer than its age says; long ages are looked at once a minute. */
export function sweepIntervalMs(agesMs: readonly number[]): number {
  return Math.min(longestIntervalMs, Math.max(shortestIntervalMs, Math.min(...agesMs) / 10));
}

/** Some milliseconds of Redis in one step. */
const jobsAtOnce = 250;
const lettersAtOnce = 50;

export function createRetention({ redis, place, ages, telemetry }: RetentionOptions): Retention {
  const { keepCompletedAgeMs, keepFailedAgeMs, keepDeadLettersAgeMs } = ages;
  const keepsLetters = keepDeadLettersAgeMs === 0;
  const intervalMs = sweepIntervalMs([
    keepCompletedAgeMs,
    keepFailedAgeMs,
    ...(keepsLetters ? [] : [keepDeadLettersAgeMs]),
  ]);
  const store = createLetterStore(redis, place);
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;

  const sweepJobs = async (set: FinishedSet, olderThanMs: number): Promise<void> => {
    let removed = 0;
    for (let last = jobsAtOnce; last === jobsAtOnce && !isStopped; removed += last) {
      last = await sweepFinished(redis, place, { set, olderThanMs, limit: jobsAtOnce });
    }
    if (removed > 0) telemetry.swept({ what: set, removed, left: 0, olderThanMs });
  };

  const sweepDeadLetters = async (): Promise<void> => {
    const [seconds] = (await redis.time()).map(Number);
    const sweep = { olderThanMs: keepDeadLettersAgeMs, now: Number(seconds) * 1_000, page: lettersAtOnce };
    const { removed, left } = await sweepLetters(store, { ...sweep, isStopped: () => isStopped });
    if (removed > 0) {
      telemetry.swept({ what: 'dead-letters', removed, left, olderThanMs: keepDeadLettersAgeMs });
    }
  };

  const sweep = async (): Promise<void> => {
    try {
      if (!(await takeLease(redis, place, 'sweep', intervalMs))) return;
      await sweepJobs('completed', keepCompletedAgeMs);
      await sweepJobs('failed', keepFailedAgeMs);
      if (!keepsLetters) await sweepDeadLetters();
    } catch (error) {
      // A shutdown closes the connection under its hands.
      if (!isStopped) telemetry.redis(error);
    }
  };
  const sweepAndWait = async (): Promise<void> => {
    await sweep();
    if (!isStopped) timer = setTimeout(() => void sweepAndWait(), intervalMs);
  };

  return {
    start: () => void sweepAndWait(),
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
