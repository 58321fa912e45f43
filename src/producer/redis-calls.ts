import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { isPartlyAdded } from '../queue/add-jobs.ts';
import {
  isTurnedAway,
  moreTelling,
  passes,
  type RedisTrouble,
  readTrouble,
  redisNotReady,
} from '../queue/redis-trouble.ts';
import { redisTrouble } from './errors.ts';
import { createPatience, type Waiting } from './patience.ts';

/** A piece of work with Redis. */
export interface RedisCall<T> {
  /** Begins when Redis can take commands. */
  readonly work: () => Promise<T>;
  /** Doing it twice is the same as doing it once. */
  readonly isRepeatable: boolean;
  /** Whether it stores the message: what it left undone then decides what is told. */
  readonly stores: boolean;
  /** The id that the message has, or would have. */
  readonly messageId?: string;
}

/** What a producer asks of Redis. */
export interface RedisCalls {
  /** @throws ProducerError `REDIS_REFUSED`, `REDIS_UNAVAILABLE` */
  run<T>(call: RedisCall<T>): Promise<T>;
}

/**
 * Written and not answered at a time. Further calls wait in the process, where it is certain that they have not
 * left; far more than it takes to keep Redis busy.
 */
const mostUnderWay = 1_000;

/** Between two tries. */
const pauseMs = 50;

/** What one `run()` has come to. */
interface Run {
  readonly waiting: Waiting;
  /** A try has left and was not answered. */
  isDoubtful: boolean;
}

/**
 * Runs calls as Redis takes them, and tries again for as long as the limit what certainly was not done, or can be
 * done twice. A call fails when Redis has said nothing to anybody for `limitMs` (see `createPatience`).
 */
export function createRedisCalls(redis: Redis, limitMs: number): RedisCalls {
  const patience = createPatience(limitMs);
  const entering = new Set<() => void>();
  let underWay = 0;
  /** The server has turned into a replica. */
  let isLeaving = false;
  let lastError: Error | undefined;

  const mayEnter = (): boolean => redis.status === 'ready' && !isLeaving && underWay < mostUnderWay;
  const letIn = (): void => {
    if (!mayEnter()) return;
    for (const enter of entering) {
      entering.delete(enter);
      underWay += 1;
      enter();
      if (!mayEnter()) return;
    }
  };
  const leave = (): void => {
    underWay -= 1;
    // What is under way is answered first: broken off, it would be in doubt.
    if (isLeaving && underWay === 0) redis.disconnect(true);
    // By the half, since finding the first of a Set is slow where many were taken out before it.
    if (underWay <= mostUnderWay / 2) letIn();
  };
  redis.on('error', (error) => {
    lastError = moreTelling(lastError, error);
  });
  redis.on('ready', () => {
    lastError = undefined;
    isLeaving = false;
    letIn();
  });

  const enter = (waiting: Waiting): Promise<void> =>
    new Promise((resolve, reject) => {
      entering.add(resolve);
      waiting.onSilence = () => {
        if (entering.delete(resolve)) reject(redisNotReady('Redis takes no commands', lastError));
      };
      letIn();
    });

  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      const answer = await work();
      patience.answered();
      return answer;
    } catch (error) {
      const trouble = readTrouble(error);
      if (trouble.kind === 'refused') patience.answered();
      if (isTurnedAway(trouble)) isLeaving = true;
      throw error;
    } finally {
      leave();
    }
  };

  const mayTryAgain = (
    error: unknown,
    trouble: RedisTrouble,
    { isRepeatable }: RedisCall<unknown>,
  ): boolean => {
    // What is half there would be taken for the whole.
    if (isPartlyAdded(error)) return false;
    if (trouble.kind === 'doubt') return isRepeatable;
    return trouble.kind === 'unsent' || passes(trouble.reason);
  };

  const runWithin = async <T>(call: RedisCall<T>, run: Run): Promise<T> => {
    for (;;) {
      try {
        await enter(run.waiting);
        return await unlessSilent(attempt(call.work), run.waiting);
      } catch (error) {
        const trouble = readTrouble(error);
        if (trouble.kind === 'doubt') run.isDoubtful = true;
        if (run.waiting.isLong() || !mayTryAgain(error, trouble, call)) {
          const mayBeStored = call.stores && run.isDoubtful;
          throw redisTrouble(trouble, { mayBeStored, messageId: call.messageId, error });
        }
        await pause(pauseMs);
      }
    }
  };

  return {
    async run(call) {
      const run: Run = { waiting: patience.wait(), isDoubtful: false };
      try {
        return await runWithin(call, run);
      } finally {
        run.waiting.end();
      }
    },
  };
}

/** What was written and is given up goes on by itself, and keeps its place until Redis answers or is gone. */
const unlessSilent = <T>(task: Promise<T>, waiting: Waiting): Promise<T> =>
  new Promise((resolve, reject) => {
    waiting.onSilence = () => reject(new Error('no answer'));
    task.then(resolve, reject);
  });
