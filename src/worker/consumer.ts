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

/**
 * BullMQ's main loop asks by `moveToActive`: when idle every `drainDelay` (at most 10 s where delayed jobs wait),
 * when rate-limited every `maximumRateLimitDelay`, and not at all while every hand is full. A loop that hangs
 * asks no more, whatever `isRunning()` says.
 */
export function watchConsumer(clock: () => number = () => performance.now()): Consumer {
  let askedAt = clock();
  let tookAt = clock();
  let movedAt = clock();
  let inHand = 0;
  return {
    signs: () => ({ askedAt, tookAt, movedAt, inHand }),
    backend(name, opts, options) {
      const backend = createRedisBackend(name, opts, options);
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
