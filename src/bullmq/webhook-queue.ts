import { type Job, Queue, Worker } from 'bullmq';
import { isCount, isShaped, isText, isTime } from '../queue/checks.ts';
import { installationPrefix, webhookQueueName } from '../queue/names.ts';
import type { RedisClient } from '../queue/redis-client.ts';

/** Events on their way to an endpoint, in one request. */
export interface Delivery {
  /** The same for the same events: adding it again adds nothing while it is known. Also the request's `webhook-id`. */
  readonly id: string;
  readonly data: DeliveryData;
}

export interface DeliveryData {
  /** What is sent, to the letter: it is signed anew with each try, and must stay the same. */
  readonly body: string;
  /** How many events it carries. */
  readonly events: number;
  /** When it was, or is to be, tried first, epoch milliseconds. */
  readonly since: number;
}

/** A delivery that was given up. */
export interface DeadDelivery {
  readonly id: string;
  readonly data: DeliveryData | undefined;
  /** HTTP status as `http-500`, or a cause. */
  readonly why: string;
  readonly tries: number;
  /** Epoch milliseconds. */
  readonly diedAt: number;
}

export interface DeliveryCounts {
  /** Waits for a try, the first or another, or is under way. */
  readonly waiting: number;
  readonly dead: number;
}

/** The deliveries to one endpoint. */
export interface DeliveryQueue {
  add(deliveries: readonly Delivery[]): Promise<void>;
  counts(): Promise<DeliveryCounts>;
  /** Those that were given up, the latest first; `from` is counted from 0. */
  dead(most: number, from?: number): Promise<readonly DeadDelivery[]>;
  /** Tries a dead one again, for as long as a new one; false where it is not dead. */
  replay(id: string, now: number): Promise<boolean>;
  /** What waits for another try is tried at once. */
  hurry(): Promise<void>;
  close(): Promise<void>;
}

/** Delivered ones stay known for a while: those that a killed process reads again are not sent twice. */
const keepDelivered = { age: 600, count: 1_000 };

/** Our choice. */
const keepDead = { age: 30 * 86_400, count: 100_000 };

const isDelivery = isShaped<DeliveryData>({ body: isText, events: isCount, since: isTime });

/** Reads what lies in a job. Total. */
const parseDelivery = (data: unknown): DeliveryData | undefined => (isDelivery(data) ? data : undefined);

export interface DeliveryPlace {
  readonly redis: RedisClient;
  /** Of the installation. */
  readonly prefix: string;
  readonly endpoint: string;
}

export function openDeliveryQueue(
  { redis, prefix, endpoint }: DeliveryPlace,
  onError: (error: unknown) => void = () => {},
): DeliveryQueue {
  const queue = new Queue(webhookQueueName(endpoint), {
    connection: redis,
    prefix: installationPrefix(redis, prefix),
    skipMetasUpdate: true,
  });
  queue.on('error', onError);
  return {
    async add(deliveries) {
      const opts = {
        attempts: mostTries,
        backoff: { type: 'custom' },
        removeOnComplete: keepDelivered,
        removeOnFail: keepDead,
        stackTraceLimit: 0,
      };
      await queue.addBulk(
        deliveries.map(({ id, data }) => ({ name: 'delivery', data, opts: { ...opts, jobId: id } })),
      );
    },
    async counts() {
      const { failed = 0, ...others } = await queue.getJobCounts(
        'waiting',
        'prioritized',
        'delayed',
        'active',
        'failed',
      );
      return { waiting: Object.values(others).reduce((sum, count) => sum + count, 0), dead: failed };
    },
    async dead(most, from = 0) {
      const jobs: (Job | undefined)[] = await queue.getFailed(from, from + most - 1);
      return jobs.flatMap((job) => (job ? [deadOf(job)] : []));
    },
    async replay(id, now) {
      const job: Job | undefined = await queue.getJob(id);
      if (!job || !(await job.isFailed())) return false;
      const data = parseDelivery(job.data);
      if (data) await job.updateData({ ...data, since: now });
      await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
      return true;
    },
    hurry: () => queue.promoteJobs({ count: 1_000 }),
    close: () => queue.close(),
  };
}

const deadOf = (job: Job): DeadDelivery => ({
  id: job.id ?? '',
  data: parseDelivery(job.data),
  why: job.failedReason ?? '',
  tries: job.attemptsMade,
  diedAt: job.finishedOn ?? 0,
});

/** Time, and not a number of tries, ends a delivery; BullMQ wants a number. */
const mostTries = 1_000_000;

/** What a try has come to: done, tried again after so long, or given up; `why` in a word. */
export type TryEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'again'; readonly why: string; readonly delayMs: number }
  | { readonly kind: 'dead'; readonly why: string };

export interface DeliveryTry {
  readonly id: string;
  /** Undefined where nobody of ours wrote it. */
  readonly data: DeliveryData | undefined;
  /** Tries that came to nothing before. */
  readonly failures: number;
}

/** What makes the deliveries of one endpoint: a BullMQ worker, as far as the others have to do with it. */
export interface DeliveryWorker {
  start(): void;
  /** In this process; does not wait for those under way. */
  setPaused(paused: boolean): void;
  /** Takes nothing new and waits for those under way; may wait for as long as Redis is away. */
  close(): Promise<void>;
}

export interface DeliveryWorkerOptions extends DeliveryPlace {
  /** Deliveries under way at a time. */
  readonly concurrency: number;
  readonly lockDurationMs: number;
  readonly stalledIntervalMs: number;
  readonly make: (delivery: DeliveryTry) => Promise<TryEnd>;
  readonly onError: (error: unknown) => void;
}

/** A delivery is made again however often a process was killed with it. */
const neverByStalling = 1_000_000;

/** After what nobody foresaw. */
const unforeseenMs = 60_000;

export function createDeliveryWorker(options: DeliveryWorkerOptions): DeliveryWorker {
  const { redis, prefix, endpoint, concurrency, lockDurationMs, stalledIntervalMs, make, onError } = options;
  /** How long the try that has just failed asks to wait; -1 = it is given up. */
  const waits = new Map<string, number>();
  const run = async ({ id = '', data, attemptsMade }: Job): Promise<void> => {
    const end = await make({ id, data: parseDelivery(data), failures: attemptsMade });
    if (end.kind === 'done') return;
    waits.set(id, end.kind === 'dead' ? -1 : end.delayMs);
    throw new Error(end.why);
  };
  const bull = new Worker(webhookQueueName(endpoint), run, {
    connection: redis,
    prefix: installationPrefix(redis, prefix),
    autorun: false,
    concurrency,
    lockDuration: lockDurationMs,
    stalledInterval: stalledIntervalMs,
    maxStalledCount: neverByStalling,
    drainDelay: 2,
    runRetryDelay: 1_000,
    settings: {
      backoffStrategy(_attempts, _type, _error, job) {
        const waitMs = waits.get(job?.id ?? '') ?? unforeseenMs;
        waits.delete(job?.id ?? '');
        return waitMs;
      },
    },
  });
  bull.on('error', onError);
  return {
    start() {
      if (!bull.isRunning()) bull.run().catch(onError);
    },
    setPaused(paused) {
      const change = paused ? bull.pause(true) : bull.resume();
      change?.catch(onError);
    },
    close: () => bull.close(),
  };
}
