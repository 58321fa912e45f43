import { setTimeout as pause } from 'node:timers/promises';
import { type BackendFactory, createRedisBackend, type RedisQueueBackend } from 'bullmq';
import type { Redis } from 'ioredis';
import { lanePriority } from '../queue/job-options.ts';
import { onlyWhile } from './consumer.ts';
import { type BullValue, moveToActive } from './scripts.ts';

export interface OtpOnlyOptions {
  readonly redis: Redis;
  /** Whether the first consumer has its hands full. */
  readonly isBusy: () => boolean;
  readonly isClosing: () => boolean;
  /** Whether a job may be asked for now. */
  readonly mayTake: () => boolean;
}

/** BullMQ's score of a waiting job is its priority times 2³², plus its place: every OTP is below this. */
const afterOtp = (lanePriority.otp + 1) * 2 ** 32;

/**
 * How a second consumer of an account's queue gets its jobs: only those of lane otp, and only while the first
 * one is busy. So an OTP finds a hand free, and a connection to Redis that is not full of finished bulk, however
 * much bulk waits. BullMQ knows no consumers per priority, so this backend answers "nothing there" as long as
 * the head of the queue is not an OTP.
 *
 * It looks at the head by itself, instead of waiting at BullMQ's marker: bulk sets the marker all the time, and
 * taking it would put the first consumer to sleep.
 */
export function otpOnlyBackend({
  redis,
  isBusy,
  isClosing,
  mayTake,
}: OtpOnlyOptions): BackendFactory<RedisQueueBackend> {
  redis.defineCommand('jetsmsTakeOtp', { lua: takeOtpScript, numberOfKeys: moveToActive.keys });
  const commands = redis as unknown as TakeOtpCommand; // defineCommand adds methods that ioredis' types cannot know
  return (name, opts, options) => {
    const backend = onlyWhile(mayTake, createRedisBackend(name, opts, options));
    const run = backend.execCommand.bind(backend);
    const complete = backend.moveToCompleted.bind(backend);
    const fail = backend.moveToFailed.bind(backend);

    const waiting = backend.toKey('prioritized');
    const isOtpWaiting = async (): Promise<boolean> =>
      (await redis.zrangebyscore(waiting, 0, `(${afterOtp}`, 'LIMIT', 0, 1)).length > 0;

    backend.execCommand = (client, command, values: BullValue[]) =>
      command === 'moveToActive' ? commands.jetsmsTakeOtp(...values) : run(client, command, values);
    // Finishing must not fetch the next job: it would be whatever is there.
    backend.moveToCompleted = (job, value, remove, token) => complete(job, value, remove, token, false);
    backend.moveToFailed = (job, reason, remove, token, _fetchNext, fields) =>
      fail(job, reason, remove, token, false, fields);
    backend.waitForJob = async (timeoutSeconds) => {
      const until = performance.now() + timeoutSeconds * 1_000;
      while (performance.now() < until && !isClosing()) {
        if (mayTake() && isBusy() && (await isOtpWaiting())) break;
        await pause(lookEveryMs);
      }
      return null;
    };
    return backend;
  };
}

/** BullMQ's own script, but only where the head of the queue (its third key) is an OTP; else its words for "nothing there". */
const takeOtpScript = `
if #redis.call('ZRANGEBYSCORE', KEYS[3], 0, '(${afterOtp}', 'LIMIT', 0, 1) == 0 then return {0, 0, 0, 0} end
${moveToActive.content}`;

interface TakeOtpCommand {
  jetsmsTakeOtp(...keysAndArgs: BullValue[]): Promise<unknown>;
}

/** An OTP waits at most so long for this consumer to see it; a look costs Redis some ten microseconds. */
const lookEveryMs = 3;
