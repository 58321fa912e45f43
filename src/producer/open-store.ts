import { jobAdder } from '../queue/add-jobs.ts';
import { createLeanClient } from '../queue/lean-client.ts';
import { keys, queueName } from '../queue/names.ts';
import { openQueue, type Queue } from '../queue/open-queue.ts';
import { openProducerRedis } from '../queue/redis.ts';
import { createRedisClock } from '../queue/redis-clock.ts';
import { isSecretInvalid, secretReader } from '../queue/secret.ts';
import { ProducerError } from './errors.ts';
import type { ResolvedOptions } from './options.ts';
import { createRedisCalls } from './redis-calls.ts';
import type { JobStore } from './store-jobs.ts';

/** Where a producer stores its jobs, with the connection that it has for itself. */
export interface OpenStore extends JobStore {
  /** Ends the connection; nothing may be under way any more. */
  close(): Promise<void>;
}

export function openStore(options: Pick<ResolvedOptions, 'redis' | 'redisTimeoutMs' | 'prefix'>): OpenStore {
  const { redisTimeoutMs, prefix } = options;
  const redis = openProducerRedis(options.redis, redisTimeoutMs);
  const calls = createRedisCalls(redis, redisTimeoutMs);
  const clock = createRedisClock(redis);
  clock.follow();
  const secretOf = secretReader(redis, prefix);
  const client = createLeanClient(redis);
  const queues = new Map<string, Queue>();

  const measureTime = async (check: (systemMs: number) => void): Promise<number> => {
    try {
      await calls.run({ work: () => clock.measure(), isRepeatable: true, stores: false });
      return clock.now();
    } catch (error) {
      check(Date.now());
      throw error;
    }
  };

  const readSecret = async (): Promise<string> => {
    // That it is no secret is an answer of Redis, and asking again would change nothing.
    const work = () => secretOf.read().catch((error: unknown) => unlessInvalid(error));
    const found = await calls.run({ work, isRepeatable: true, stores: false });
    if (typeof found === 'string') return found;
    throw new ProducerError('SECRET_INVALID', { detail: `Key: ${keys.secret(prefix)}.`, cause: found });
  };

  return {
    redis,
    prefix,
    calls,
    addJobs: jobAdder(redis),
    redisTime: (check) => (clock.skewMs() === undefined ? measureTime(check) : clock.now()),
    queueOf(account, lane) {
      const name = queueName(account, lane);
      // BullMQ asks for the version once: where that answer is lost with its connection, the queue fails for ever.
      const options = { skipVersionCheck: true };
      const queue = queues.get(name) ?? openQueue(client, name, prefix, options);
      queues.set(name, queue);
      return queue;
    },
    secret: () => secretOf.fresh() ?? readSecret(),
    async close() {
      clock.stop();
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      redis.disconnect();
    },
  };
}

/** @throws whatever else went wrong than that the secret is none */
function unlessInvalid(error: unknown): Error {
  if (error instanceof Error && isSecretInvalid(error)) return error;
  throw error;
}
