import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { ProducerTask } from '../processes/producer.ts';
import { jobIdOf, type OtherJob, type Sender } from './message.ts';
import { plainQueue } from './plain-worker.ts';

/** A BullMQ job per message; its id is the key, and what has ended is kept as long as ours keeps it. */
export async function openPlain({ redisUrl }: ProducerTask): Promise<Sender> {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue<OtherJob>(plainQueue, {
    connection,
    defaultJobOptions: {
      attempts: 5,
      backoff: { type: 'exponential', delay: 1_000 },
      removeOnComplete: { count: 50_000, age: 86_400 },
      removeOnFail: { age: 604_800 },
    },
  });
  await queue.waitUntilReady();
  return {
    send: ({ to, text, idempotencyKey }) =>
      queue.add('sms', { title: 'BENCH', to, text }, { jobId: jobIdOf(idempotencyKey) }),
    async close() {
      await queue.close();
      connection.disconnect();
    },
  };
}
