import { setTimeout as pause } from 'node:timers/promises';
import { isPartlyAdded } from '../queue/add-jobs.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { passes } from '../queue/redis-refusals.ts';
import { isTurnedAway, type RedisTrouble, readTrouble } from '../queue/redis-trouble.ts';
import { createEntrance } from './entrance.ts';
import { redisTrouble } from './errors.ts';
import { createPatience, type Waiting } from './patience.ts';

/** A piece of work with Redis. */
export interface RedisCall<T> {
  /** Begins when Redis can take commands. */
  readonly work: () => Promise<T>;
  /** Doing it twice is the same as doing it once. */
  readonly isRepeatable: boolean;
  /** Whether it stores the message, or changes it: what it left undone then decides what is told. */
  readonly stores: boolean;
  /** It changes a message that is stored. */
  readonly isChange?: boolean;
  /** The id that the message has, or would have. */
  readonly messageId?: string;
}

/** What a producer asks of Redis. */
export interface RedisCalls {
  /** @throws ProducerError `REDIS_REFUSED`, `REDIS_UNAVAILABLE` */
  run<T>(call: RedisCall<T>): Promise<T>;
}

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
export function createRedisCalls(redis: RedisClient, limitMs: number): RedisCalls {
  const patience = createPatience(limitMs);
  const entrance = createEntrance(redis);

  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      const answer = await work();
      patience.answered();
      return answer;
    } catch (error) {
      const trouble = readTrouble(error);
      if (trouble.kind === 'refused' || trouble.kind === 'unconfirmed') patience.answered();
      if (isTurnedAway(trouble)) entrance.shut();
      throw error;
    } finally {
      entrance.leave();
    }
  };

  return {
    async run(call) {
      const run: Run = { waiting: patience.wait(), isDoubtful: false };
      try {
        for (;;) {
          try {
            await entrance.enter(run.waiting);
            return await unlessSilent(attempt(call.work), run.waiting);
          } catch (error) {
            throwUnlessAgain(error, call, run);
            await pause(pauseMs);
          }
        }
      } finally {
        run.waiting.end();
      }
    },
  };
}

/** @throws ProducerError where another try would be wrong, or comes too late */
function throwUnlessAgain(error: unknown, call: RedisCall<unknown>, run: Run): void {
  const trouble = readTrouble(error);
  if (trouble.kind === 'doubt') run.isDoubtful = true;
  if (!run.waiting.isLong() && mayTryAgain(error, trouble, call)) return;
  const mayBeStored = trouble.kind === 'unconfirmed' || (call.stores && run.isDoubtful);
  throw redisTrouble(trouble, { mayBeStored, messageId: call.messageId, isChange: call.isChange, error });
}

function mayTryAgain(error: unknown, trouble: RedisTrouble, { isRepeatable }: RedisCall<unknown>): boolean {
  // What is half there would be taken for the whole.
  if (isPartlyAdded(error)) return false;
  if (trouble.kind === 'doubt') return isRepeatable;
  // Redis has waited for the replicas for as long as it was told to.
  if (trouble.kind === 'unconfirmed') return false;
  return trouble.kind === 'unsent' || passes(trouble.reason);
}

/** What was written and is given up goes on by itself, and keeps its place until Redis answers or is gone. */
const unlessSilent = <T>(task: Promise<T>, waiting: Waiting): Promise<T> =>
  new Promise((resolve, reject) => {
    waiting.onSilence = () => reject(new Error('no answer'));
    task.then(resolve, reject);
  });
