import { type BackendFactory, type Job, Queue, type RedisQueueBackend, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { type Consumer, watchConsumer } from '../bullmq/consumer.ts';
import { createEndWriter } from '../bullmq/finish-together.ts';
import { createJournalStore } from '../bullmq/journal-store.ts';
import { type OtpOnlyOptions, otpOnlyBackend } from '../bullmq/otp-consumer.ts';
import { createQueueGate } from '../bullmq/queue-gate.ts';
import { readableJobs } from '../bullmq/readable-jobs.ts';
import { countRunningJobs } from '../bullmq/short-pauses.ts';
import { createAccountQueries } from '../jetsms/account-queries.ts';
import { createJetsmsClient } from '../jetsms/client.ts';
import { surfaces } from '../jetsms/surfaces.ts';
import type { JobResult } from '../queue/journal.ts';
import { deadQueueName, queueName } from '../queue/names.ts';
import type { AccountSettings } from '../settings/account.ts';
import type { Settings } from '../settings/settings.ts';
import type { EndpointBreaker } from './account/breaker.ts';
import { createCampaignStates } from './account/campaign-states.ts';
import { type CreditWatch, createCreditWatch } from './account/credit/credit-watch.ts';
import { holdPolicyOf, stands } from './account/hold-steps.ts';
import { createHoldStore } from './account/hold-store.ts';
import { type AccountHolds, createAccountHolds } from './account/holds.ts';
import { createMediaLibrary } from './account/media.ts';
import { createRate } from './account/pace.ts';
import { askAccount } from './account/question.ts';
import type { ClockState } from './clock-guard.ts';
import { createCollector } from './collector.ts';
import { deliverGroup } from './deliver.ts';
import type { DeliverContext, Delivery } from './delivery.ts';
import { createLateReplies } from './late-replies.ts';
import { keepEnds } from './lost-ends.ts';
import { type ProcessContext, processorOf } from './process-job.ts';
import { createRetention } from './retention/retention.ts';
import type { Telemetry } from './telemetry.ts';
import { nextOpening } from './verdict/mms-window.ts';

/** The worker of one account. */
export interface AccountWorker {
  readonly account: AccountSettings;
  readonly queue: Queue;
  readonly deadQueue: Queue;
  readonly holds: AccountHolds;
  readonly bull: Worker;
  readonly consumer: Consumer;
  start(): Promise<void>;
  /**
   * Takes nothing and gives back what has not left, for as long as this machine's clock is wrong; `false`: goes on.
   * Requests under way are finished.
   */
  standStill(still: boolean): void;
  /**
   * Takes nothing new, gives back what has not left, and waits for the requests under way. May wait for as long
   * as Redis is away: the caller sets the limit.
   */
  close(): Promise<void>;
}

export interface AccountWorkerOptions {
  readonly settings: Settings;
  readonly account: AccountSettings;
  /** Shared by all accounts; BullMQ makes the blocking connection itself. */
  readonly redis: Redis;
  readonly breaker: EndpointBreaker;
  readonly telemetry: Telemetry;
  /** Names this process in holds, histories and on the dashboard. */
  readonly name: string;
  /** Redis' time. */
  readonly now: () => number;
  readonly clockState: () => ClockState;
  readonly random: () => number;
}

/** A lost lock is judged by us (`take-up.ts`), however often it happens. */
const neverByStalling = 1_000_000;

/** How often a worker looks at the account's hold. */
const lookAtHoldMs = 1_000;

/** Rate-limited workers ask for a job again this often, so that a canary leaves, and a hold's end is noticed, soon. */
const askAgainMs = 250;

/** BullMQ's own retry is a safety net for what cannot happen; see `bullAttempts`. */
const safetyNetMs = 30_000;

export function createAccountWorker(options: AccountWorkerOptions): AccountWorker {
  const { settings, account, redis, telemetry, name, now, random, clockState } = options;
  const { prefix } = settings;
  const queue = new Queue(queueName(account.name), { connection: redis, prefix });
  const deadQueue = new Queue(deadQueueName(account.name), { connection: redis, prefix });
  for (const one of [queue, deadQueue]) one.on('error', (error) => telemetry.redis(error));
  const journals = createJournalStore(redis, { prefix, account: account.name });
  const credit = createCreditWatchOf(options);
  const holds = createAccountHolds({
    store: createHoldStore(redis, { prefix, account: account.name }),
    gate: createQueueGate(queue),
    policy: holdPolicyOf(account),
    worker: name,
    pollMs: Math.min(lookAtHoldMs, account.probeIntervalMs / 2),
    ask: askAccount(credit),
    countWaiting: () => queue.getJobCountByTypes('waiting', 'prioritized'),
    now,
    onChange(hold, before) {
      // Another worker may have seen the endpoint answer; the own breaker would go on turning messages away.
      if (stands(before) && !stands(hold)) options.breaker.reset();
      telemetry.hold(hold, before);
    },
    onError: (error) => telemetry.redis(error),
  });
  options.breaker.onBreak(() => {
    holds.unreachable('circuit-open').catch((error) => telemetry.redis(error));
  });
  const client = createJetsmsClient(account, { now });
  const ends = createEndWriter(redis);
  const rate = createRate({
    redis,
    prefix,
    account: account.name,
    messagesPerSecond: account.messagesPerSecond,
    requestsPerSecond: account.requestsPerSecond,
  });
  const mayTake = (): boolean => clockState().isRight;
  const common = { journals, holds, telemetry, now, random, worker: name };
  const deliverContext: DeliverContext = {
    ...common,
    client,
    rate,
    mayLeave: mayTake,
    breaker: options.breaker,
    lateReplies: createLateReplies({ queue, deadQueue, journals, telemetry, worker: name, now }),
    maxResends: settings.maxUncertainResends,
    lockDurationMs: settings.lockDurationMs,
    media: createMediaLibrary(redis, { prefix, account: account.name }),
    windowOpensAt: (at) => nextOpening(account.mmsWindows, at),
    ends,
  };
  let isClosing = false;
  const collector = createCollector<Delivery>({
    requests: account.connections,
    requestsForOtp: account.connectionsForOtp,
    batchSize: account.batchSize,
    batchWaitMs: account.batchWaitMs,
    send: (group) => deliverGroup(group, deliverContext),
    now: () => performance.now(),
  });
  const processContext: ProcessContext = {
    ...deliverContext,
    queue,
    deadQueue,
    collector,
    dueAt(at) {
      const { isRight, skewMs = 0 } = clockState();
      return isRight ? at + Math.max(0, skewMs) : undefined;
    },
    campaignState: createCampaignStates(redis, { prefix, account: account.name, now }),
    carriesMms: surfaces[account.surface].carriesMms,
    maxJobBytes: settings.maxJobBytes,
    isClosing: () => isClosing,
  };
  const retention = createRetention({
    redis,
    place: { prefix, account: account.name },
    ages: settings,
    telemetry,
  });
  const consumer = watchConsumer({ mayTake });
  const keep: OtpWorkerNeeds['keep'] = (createBackend) =>
    keepEnds(readableJobs(createBackend), deliverContext);
  const processor = consumer.watched(processorOf(processContext));
  const bull: Worker = new Worker(
    queue.name,
    processor,
    bullOptions(options),
    keep(ends.together(consumer.backend)),
  );
  countRunningJobs(bull);
  bull.on('error', (error) => telemetry.redis(error));
  const forOtp = createOtpWorker(options, processor, {
    isBusy: () => consumer.signs().inHand > account.concurrency / 2,
    isClosing: () => isClosing,
    mayTake,
    keep,
  });

  const giveBack = (): void => {
    for (const delivery of collector.takeBack()) {
      if (delivery.isCanary) holds.canaryReturned(delivery.id).catch((error) => telemetry.redis(error));
      delivery.settle({ kind: 'back' });
    }
  };

  return {
    account,
    queue,
    deadQueue,
    holds,
    bull,
    consumer,
    async start() {
      holds.start();
      await holds.refresh();
      credit?.start();
      retention.start();
      if (!bull.isRunning()) bull.run().catch((error) => telemetry.unexpected(error, 'worker'));
      forOtp?.start();
    },
    standStill(still) {
      if (still) giveBack();
      for (const one of [bull, forOtp?.bull]) setPaused(one, still, telemetry);
    },
    async close() {
      isClosing = true;
      giveBack();
      rate.stop();
      retention.stop();
      await Promise.all([bull.close(), forOtp?.close()]);
      holds.stop();
      await Promise.all([client.close(), credit?.stop()]);
      await Promise.all([queue.close(), deadQueue.close()]);
    },
  };
}

/** Asks for the credit, where the account allows it. */
function createCreditWatchOf(options: AccountWorkerOptions): CreditWatch | undefined {
  const { settings, account, now } = options;
  if (account.creditIntervalMs === 0) return undefined;
  const queries = createAccountQueries(account, now);
  return createCreditWatch({ ...options, prefix: settings.prefix, queries });
}

interface OtpWorkerNeeds extends Omit<OtpOnlyOptions, 'redis'> {
  /** Sees to jobs that cannot be read, and to ends that could not be written. */
  readonly keep: (backend: BackendFactory<RedisQueueBackend>) => BackendFactory<RedisQueueBackend>;
}

/** The consumer that only takes OTPs, on connections of its own; none where none is wanted. */
function createOtpWorker(
  options: AccountWorkerOptions,
  processor: (job: Job, token?: string) => Promise<JobResult>,
  { keep, ...state }: OtpWorkerNeeds,
): { readonly bull: Worker; start(): void; close(): Promise<void> } | undefined {
  const { account, telemetry } = options;
  if (account.concurrencyForOtp === 0) return undefined;
  const redis = options.redis.duplicate();
  redis.on('error', (error) => telemetry.redis(error));
  const bullmq = { ...bullOptions(options), connection: redis, concurrency: account.concurrencyForOtp };
  // The first consumer looks for stalled jobs; once per account is enough.
  const bull = new Worker(
    queueName(account.name),
    processor,
    { ...bullmq, skipStalledCheck: true },
    keep(otpOnlyBackend({ redis, ...state })),
  );
  bull.on('error', (error) => telemetry.redis(error));
  return {
    bull,
    start() {
      if (!bull.isRunning()) bull.run().catch((error) => telemetry.unexpected(error, 'otp worker'));
    },
    async close() {
      await bull.close();
      redis.disconnect();
    },
  };
}

/** Pauses or resumes a consumer in this process alone; pausing does not wait for the jobs in hand. */
function setPaused(bull: Worker | undefined, paused: boolean, telemetry: Telemetry): void {
  const change = paused ? bull?.pause(true) : bull?.resume();
  change?.catch((error) => telemetry.unexpected(error, 'pause'));
}

function bullOptions({ settings, account, redis, name }: AccountWorkerOptions) {
  return {
    connection: redis,
    prefix: settings.prefix,
    name,
    autorun: false,
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
