import { type BackendFactory, createRedisBackend, type RedisQueueBackend } from 'bullmq';

/** What a BullMQ worker shows of its life. Times by a clock that never jumps (`performance.now()`). */
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

/** Watches a BullMQ worker from inside: a worker that runs says nothing of whether it still asks for jobs. */
export interface Consumer {
  signs(): ConsumerSigns;
  /** Builds the worker's access to Redis. */
  readonly backend: BackendFactory<RedisQueueBackend>;
  /** A processor whose jobs are seen. */
  watched<Args extends readonly unknown[], Result>(
    processor: (...args: Args) => Promise<Result>,
  ): (...args: Args) => Promise<Result>;
}

export interface ConsumerOptions {
  /** Whether a job may be asked for now. */
  readonly mayTake?: () => boolean;
  readonly clock?: () => number;
}

/**
 * BullMQ's main loop asks by `moveToActive`: when idle every `drainDelay` (at most 10 s where delayed jobs wait),
 * when rate-limited every `maximumRateLimitDelay`, and not at all while every hand is full. A loop that hangs
 * asks no more, whatever `isRunning()` says.
 *
 * A paused worker asks once more when its wait is over, and with each question BullMQ moves scheduled jobs by this
 * machine's clock: where none may be asked for, no question reaches Redis, not even beside the end of a job.
 */
export function watchConsumer(options: ConsumerOptions = {}): Consumer {
  const { mayTake = () => true, clock = () => performance.now() } = options;
  let askedAt = clock();
  let tookAt = clock();
  let movedAt = clock();
  let inHand = 0;
  return {
    signs: () => ({ askedAt, tookAt, movedAt, inHand }),
    backend(name, opts, options) {
      const backend = onlyWhile(mayTake, createRedisBackend(name, opts, options));
      const ask = backend.moveToActive.bind(backend);
      backend.moveToActive = async (...args) => {
        const answer = await ask(...args);
        askedAt = clock();
        return answer;
      };
      return backend;
    },
    watched(processor) {
      const gone = (): void => {
        inHand -= 1;
        movedAt = clock();
      };
      return (...args) => {
        inHand += 1;
        tookAt = clock();
        movedAt = tookAt;
        const running = processor(...args);
        running.then(gone, gone);
        return running;
      };
    },
  };
}

/** The same access to Redis, which asks for no job unless it may. */
export function onlyWhile(mayTake: () => boolean, backend: RedisQueueBackend): RedisQueueBackend {
  const ask = backend.moveToActive.bind(backend);
  const complete = backend.moveToCompleted.bind(backend);
  const fail = backend.moveToFailed.bind(backend);
  backend.moveToActive = async (...args) => (mayTake() ? ask(...args) : []);
  backend.moveToCompleted = (job, value, remove, token, next) =>
    complete(job, value, remove, token, next && mayTake());
  backend.moveToFailed = (job, reason, remove, token, next, fields) =>
    fail(job, reason, remove, token, next && mayTake(), fields);
  return backend;
}
