import {
  type BackendFactory,
  createRedisBackend,
  type Job,
  type Queue,
  type RedisQueueBackend,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import type { Lane } from '../message/lane.ts';
import type { JobResult } from '../queue/journal.ts';
import { isUnreadable, mendUnreadable, readable } from './readable-jobs.ts';

/** What a consumer shows of its life. Times by a clock that never jumps (`performance.now()`). */
export interface ConsumerSigns {
  /** When Redis last answered its question for a job: with one, or that there is none. */
  readonly askedAt: number;
  /** When it last took a job. */
  readonly tookAt: number;
  /** When it last took a job or was done with one. */
  readonly movedAt: number;
  /** Jobs that it holds now. */
  readonly inHand: number;
}

/** What takes the jobs of one lane of one account: a BullMQ worker, as far as the others have to do with it. */
export interface Consumer {
  readonly lane: Lane;
  /** BullMQ's own side of it, for tests that break it. */
  readonly bull: Worker;
  /** Jobs that it may hold at a time. */
  readonly concurrency: number;
  signs(): ConsumerSigns;
  isRunning(): boolean;
  isPaused(): boolean;
  start(): void;
  /** In this process alone; does not wait for the jobs in hand. */
  setPaused(paused: boolean): void;
  /** Takes nothing new and waits for the jobs in hand; may wait for as long as Redis is away. */
  close(): Promise<void>;
}

export interface ConsumerOptions {
  readonly lane: Lane;
  /** The queue of the lane. */
  readonly queue: Queue;
  readonly processor: (job: Job, token: string) => Promise<JobResult>;
  /** Told of jobs that BullMQ has completed. */
  readonly onCompleted: (job: Job) => void;
  readonly options: WorkerOptions;
  /** Whether a job may be asked for now. */
  readonly mayTake: () => boolean;
  readonly onRedisError: (error: unknown) => void;
  readonly onUnexpected: (error: unknown, where: string) => void;
  readonly clock?: () => number;
}

/**
 * BullMQ's main loop asks by `moveToActive`: when idle every `drainDelay` (at most 10 s where delayed jobs wait),
 * when rate-limited every `maximumRateLimitDelay`, and not at all while every hand is full. A loop that hangs
 * asks no more, whatever `isRunning()` says.
 */
export function createConsumer(options: ConsumerOptions): Consumer {
  const { lane, queue, processor, mayTake, onRedisError, onUnexpected } = options;
  const { clock = () => performance.now() } = options;
  let askedAt = clock();
  let tookAt = clock();
  let movedAt = clock();
  let inHand = 0;
  const asked = (): void => {
    askedAt = clock();
  };
  const gone = (): void => {
    inHand -= 1;
    movedAt = clock();
  };
  // A function of two arguments: BullMQ makes more of one that takes a third.
  const watched = (job: Job, token?: string): Promise<JobResult> => {
    inHand += 1;
    tookAt = clock();
    movedAt = tookAt;
    const running = processor(job, token ?? '');
    running.then(gone, gone);
    return running;
  };
  /** There is no next job then; the others go on. */
  const unlessUnreadable = (error: unknown): undefined => {
    if (!isUnreadable(error)) throw error;
    onRedisError(error);
    mendUnreadable(queue).catch(onRedisError);
    return undefined;
  };
  const backend = backendOf({ mayTake, asked, unlessUnreadable });
  const bull = new Worker(queue.name, watched, { ...options.options, autorun: false }, backend);
  bull.on('error', onRedisError);
  bull.on('completed', options.onCompleted);
  return {
    lane,
    bull,
    concurrency: options.options.concurrency ?? 1,
    signs: () => ({ askedAt, tookAt, movedAt, inHand }),
    isRunning: () => bull.isRunning(),
    isPaused: () => bull.isPaused(),
    start() {
      if (!bull.isRunning()) bull.run().catch((error) => onUnexpected(error, 'worker'));
    },
    setPaused(paused) {
      const change = paused ? bull.pause(true) : bull.resume();
      change?.catch((error) => onUnexpected(error, 'pause'));
    },
    close: () => bull.close(),
  };
}

/**
 * Access to Redis that asks for no job unless it may: a paused worker asks once more when its wait is over, and with each
 * question BullMQ moves scheduled jobs by this machine's clock. And no job comes through that BullMQ cannot read.
 */
function backendOf({
  mayTake,
  asked,
  unlessUnreadable,
}: {
  readonly mayTake: () => boolean;
  readonly asked: () => void;
  readonly unlessUnreadable: (error: unknown) => undefined;
}): BackendFactory<RedisQueueBackend> {
  return (name, opts, options) => {
    const backend = createRedisBackend(name, opts, options);
    const ask = backend.moveToActive.bind(backend);
    const complete = backend.moveToCompleted.bind(backend);
    const fail = backend.moveToFailed.bind(backend);
    backend.moveToActive = async (...args) => {
      if (!mayTake()) return [];
      const answer = await ask(...args).catch(unlessUnreadable);
      asked();
      return readable(answer ?? []);
    };
    const nextReadable = async (ended: Promise<Ended>): Promise<Ended> => {
      const { result, finishedOn } = (await ended.catch(unlessUnreadable)) ?? { finishedOn: Date.now() };
      return { result: readable(result), finishedOn };
    };
    backend.moveToCompleted = (job, value, remove, token, next) =>
      nextReadable(complete(job, value, remove, token, next && mayTake()));
    backend.moveToFailed = (job, reason, remove, token, next, fields) =>
      nextReadable(fail(job, reason, remove, token, next && mayTake(), fields));
    return backend;
  };
}

/** What BullMQ gets where it ends a job: the next one beside. */
type Ended = Awaited<ReturnType<RedisQueueBackend['moveToCompleted']>>;
