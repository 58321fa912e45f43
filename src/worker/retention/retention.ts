import { createDeadLetterStore } from '../../bullmq/dead-letter-store.ts';
import { type FinishedSet, sweepFinished } from '../../bullmq/finished-jobs.ts';
import { takeLease } from '../../queue/lease.ts';
import type { AccountPlace } from '../../queue/names.ts';
import type { RedisClient } from '../../queue/redis-client.ts';
import type { Settings } from '../../settings/settings.ts';
import { createRounds } from '../rounds.ts';
import type { Telemetry } from '../telemetry.ts';
import { removeExpiredDeadLetters } from './expired-dead-letters.ts';

/** Takes away what has lain in Redis for long enough, also in accounts where nothing happens any more. */
export interface Retention {
  start(): void;
  /** Ends it soon; nothing waits for Redis. */
  stop(): void;
}

export interface RetentionOptions {
  readonly redis: RedisClient;
  readonly place: AccountPlace;
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

export function createRetention(options: RetentionOptions): Retention {
  const { redis, place, ages, telemetry } = options;
  const intervalMs = sweepIntervalMs(Object.values(agesInForce(ages)));
  const { start, stop, isStopped } = createRounds(async () => {
    try {
      if (await takeLease(redis, place, 'sweep', intervalMs)) await sweep(options, isStopped);
    } catch (error) {
      // A shutdown closes the connection under its hands.
      if (!isStopped()) telemetry.redis(error);
    }
  }, intervalMs);
  return { start: () => void start(), stop };
}

/** Dead letters without a highest age stay. */
function agesInForce({
  keepCompletedAgeMs,
  keepFailedAgeMs,
  keepDeadLettersAgeMs,
}: RetentionOptions['ages']) {
  return {
    completed: keepCompletedAgeMs,
    failed: keepFailedAgeMs,
    ...(keepDeadLettersAgeMs === 0 ? {} : { deadLetters: keepDeadLettersAgeMs }),
  };
}

async function sweep(options: RetentionOptions, isStopped: () => boolean): Promise<void> {
  const { completed, failed, deadLetters } = agesInForce(options.ages);
  await sweepJobs('completed', completed, options, isStopped);
  await sweepJobs('failed', failed, options, isStopped);
  if (deadLetters !== undefined) await sweepDeadLetters(deadLetters, options, isStopped);
}

async function sweepJobs(
  set: FinishedSet,
  olderThanMs: number,
  { redis, place, telemetry }: RetentionOptions,
  isStopped: () => boolean,
): Promise<void> {
  let removed = 0;
  for (let last = 1; last > 0 && !isStopped(); removed += last) {
    last = await sweepFinished(redis, place, { set, olderThanMs, limit: jobsAtOnce });
  }
  if (removed > 0) telemetry.swept({ what: set, removed, left: 0, olderThanMs });
}

async function sweepDeadLetters(
  olderThanMs: number,
  { redis, place, telemetry }: RetentionOptions,
  isStopped: () => boolean,
): Promise<void> {
  const [seconds = 0] = (await redis.time()).map(Number);
  const swept = await removeExpiredDeadLetters(createDeadLetterStore(redis, place), {
    olderThanMs,
    now: seconds * 1_000,
    page: lettersAtOnce,
    isStopped,
  });
  if (swept.removed > 0) telemetry.swept({ what: 'dead-letters', ...swept, olderThanMs });
}
