import BeeQueue from 'bee-queue';
import type { ProducerTask } from '../processes/producer.ts';
import { beeQueue } from './bee-worker.ts';
import { jobIdOf, type OtherJob, type Sender } from './message.ts';

/** A bee-queue job per message; its id is the key. bee-queue has no age limit: what has ended stays, and so do the keys. */
export async function openBee({ redisUrl }: ProducerTask): Promise<Sender> {
  const queue = new BeeQueue<OtherJob>(beeQueue, {
    redis: { url: redisUrl },
    isWorker: false,
    getEvents: false,
    sendEvents: false,
    storeJobs: false,
  });
  await queue.ready();
  return {
    send: ({ to, text, idempotencyKey }) =>
      queue
        .createJob({ title: 'BENCH', to, text })
        .setId(jobIdOf(idempotencyKey))
        .retries(4)
        .backoff('exponential', 1_000)
        .save(),
    close: () => queue.close(),
  };
}
