import type { Lane } from '../message/lane.ts';
import { createConfirmation } from '../queue/confirmation.ts';
import { createLeanClient } from '../queue/lean-client.ts';
import { installationPrefix, keys, placeOf, queueName } from '../queue/names.ts';
import { openQueue, type Queue } from '../queue/open-queue.ts';
import { openProducerRedis } from '../queue/redis.ts';
import { createRedisClock } from '../queue/redis-clock.ts';
import { targetOf } from '../queue/redis-target.ts';
import { isSecretInvalid, secretReader } from '../queue/secret.ts';
import { confirmedData } from './confirmed-data.ts';
import { ProducerError } from './errors.ts';
import type { ResolvedOptions } from './options.ts';
import { createRedisCalls } from './redis-calls.ts';
import { redisData } from './redis-data.ts';
import type { ClosableStore } from './store-jobs.ts';

/** Of the time that Redis has for an answer, how much its replicas may take. */
const shareOfReplicas = 0.5;

/** Opens the Redis where a producer stores its jobs, by a connection that it has for itself. */
export function openStore(
  options: Pick<
    ResolvedOptions,
    'redis' | 'redisTls' | 'redisTimeoutMs' | 'replicasToConfirm' | 'prefix' | 'keepStatusMs'
  >,
): ClosableStore {
  const { redisTimeoutMs, prefix, keepStatusMs } = options;
  const redis = openProducerRedis(targetOf(options), redisTimeoutMs);
  const calls = createRedisCalls(redis, redisTimeoutMs);
  const clock = createRedisClock(redis);
  clock.follow();
  const secretOf = secretReader(redis, prefix);
  const client = createLeanClient(redis);
  const queues = new Map<string, Queue>();

  const queueOf = (account: string, lane: Lane): Queue => {
    const name = queueName(account, lane);
    // BullMQ asks for the version once: where that answer is lost with its connection, the queue fails for ever.
    const place = placeOf(redis, prefix, account);
    const queue = queues.get(name) ?? openQueue(client, name, place.prefix, { skipVersionCheck: true });
    queues.set(name, queue);
    return queue;
  };
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
    throw new ProducerError('SECRET_INVALID', {
      detail: `Key: ${keys.secret(installationPrefix(redis, prefix))}.`,
      cause: found,
    });
  };

  const replicas = options.replicasToConfirm;
  const timeoutMs = Math.ceil(redisTimeoutMs * shareOfReplicas);
  const confirmation =
    replicas === 0 ? undefined : createConfirmation(redis, { prefix, replicas, timeoutMs });
  const data = redisData({ redis, prefix, keepStatusMs, queueOf, confirmation });

  return {
    data: confirmation ? confirmedData(data, confirmation) : data,
    calls,
    redisTime: (check) => (clock.skewMs() === undefined ? measureTime(check) : clock.now()),
    localTime: () => Date.now(),
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
