import { keyedHash } from '../message/keyed-hash.ts';
import { createRedisCalls, type RedisCalls } from '../producer/redis-calls.ts';
import { installationPrefix, keys } from '../queue/names.ts';
import { run } from '../queue/pipeline.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { secretReader } from '../queue/secret.ts';

/** A batch that was sent under a key. */
export interface KeyedBatch {
  /** The id of the API key. */
  readonly sender: string;
  /** The idempotency key. */
  readonly key: string;
  readonly messages: readonly unknown[];
}

/**
 * What batches under keys were made of. The keys of messages go by their places: a list from which one was taken out would move the
 * others to places that are free, where they would be sent again.
 */
export interface BatchRecords {
  /**
   * Whether it is the first batch under its key, or the same as that one.
   * @throws ProducerError `REDIS_REFUSED`, `REDIS_UNAVAILABLE`: nothing is stored
   */
  admit(batch: KeyedBatch): Promise<boolean>;
  /** Frees the key of a batch of which nothing is stored. */
  forget(batch: KeyedBatch): Promise<void>;
}

export interface BatchRecordsOptions {
  readonly redis: RedisClient;
  readonly prefix: string;
  /** How long a key is remembered, in milliseconds. */
  readonly windowMs: number;
}

/** How long Redis may be silent. */
const timeoutMs = 2_000;

export function createBatchRecords({ redis, prefix, windowMs }: BatchRecordsOptions): BatchRecords {
  const calls: RedisCalls = createRedisCalls(redis, timeoutMs);
  const secretOf = secretReader(redis, prefix);
  const secret = async (): Promise<string> =>
    secretOf.fresh() ?? (await calls.run({ work: () => secretOf.read(), isRepeatable: true, stores: false }));
  const placeOf = async ({ sender, key }: KeyedBatch): Promise<string> =>
    keys.gatewayBatch(
      installationPrefix(redis, prefix),
      keyedHash(await secret(), 'batch key', [sender, key]),
    );

  return {
    async admit(batch) {
      const place = await placeOf(batch);
      const content = keyedHash(await secret(), 'batch', batch.messages);
      const work = () => run(redis.pipeline().set(place, content, 'PX', windowMs, 'NX').get(place));
      const [, first] = await calls.run({ work, isRepeatable: true, stores: false });
      return first === content;
    },
    async forget(batch) {
      await redis.del(await placeOf(batch));
    },
  };
}
