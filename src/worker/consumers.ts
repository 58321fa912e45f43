import type { AccountQueues } from '../bullmq/account-queues.ts';
import { type Consumer, createConsumer } from '../bullmq/consumer.ts';
import { lanes } from '../message/lane.ts';
import type { AccountPlace } from '../queue/names.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import type { AccountSettings } from '../settings/account.ts';
import type { Settings } from '../settings/settings.ts';
import type { ClockState } from './clock-guard.ts';
import { type DeliverContext, deliver } from './deliver.ts';
import type { Forgetter } from './forget.ts';
import type { Telemetry } from './telemetry.ts';

/** A lost lock is judged by us (`verdict/resume.ts`), however often it happens. */
const neverByStalling = 1_000_000;

/** Rate-limited workers ask for a job again this often, so that a canary leaves, and a hold's end is noticed, soon. */
const askAgainMs = 250;

/** BullMQ's own retry is a safety net for what cannot happen; see `bullAttempts`. */
const safetyNetMs = 30_000;

export interface ConsumersOptions {
  readonly settings: Settings;
  readonly account: AccountSettings;
  readonly redis: RedisClient;
  readonly telemetry: Telemetry;
  /** Names this process on the dashboard. */
  readonly name: string;
  readonly clockState: () => ClockState;
}

/** What becomes of the jobs that are taken. */
interface Handling {
  readonly place: AccountPlace;
  readonly queues: AccountQueues;
  readonly forgetter: Forgetter;
  readonly deliverContext: DeliverContext;
}

/** A consumer for each lane of an account, in the order of the lanes. */
export function createConsumers(
  options: ConsumersOptions,
  { place, queues, forgetter, deliverContext }: Handling,
): readonly Consumer[] {
  const { telemetry, clockState } = options;
  return lanes.map((lane) =>
    createConsumer({
      lane,
      queue: queues.of(lane),
      processor: (job, token) => deliver({ job, token }, deliverContext),
      onCompleted: (job) => forgetter.completed(job),
      options: bullOptions(options, place),
      mayTake: () => clockState().isRight,
      onRedisError: (error) => telemetry.redis(error),
      onUnexpected: (error, where) => telemetry.unexpected(error, where),
    }),
  );
}

function bullOptions({ settings, account, redis, name }: ConsumersOptions, { prefix }: AccountPlace) {
  return {
    connection: redis,
    prefix,
    name,
    concurrency: account.concurrency,
    lockDuration: settings.lockDurationMs,
    stalledInterval: settings.stalledIntervalMs,
    maxStalledCount: neverByStalling,
    maximumRateLimitDelay: askAgainMs,
    drainDelay: 2,
    runRetryDelay: 1_000,
    removeOnComplete: {
      count: settings.keepCompletedCount,
      age: Math.ceil(settings.keepCompletedAgeMs / 1_000),
    },
    removeOnFail: { age: Math.ceil(settings.keepFailedAgeMs / 1_000) },
    settings: { backoffStrategy: () => safetyNetMs },
  };
}
