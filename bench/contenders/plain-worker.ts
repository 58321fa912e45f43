import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { OtherWorkerTask } from '../processes/worker.ts';
import type { OtherJob } from './message.ts';
import { openPost } from './post.ts';

export const plainQueue = 'sms';

/**
 * What a careful developer would write with BullMQ and undici in an afternoon: one POST per job. It knows no reply codes,
 * no marks, no holds, and logs nothing.
 */
export async function startPlain({ redisUrl, providerUrl, concurrency }: OtherWorkerTask): Promise<void> {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const post = openPost(providerUrl, concurrency);
  const worker = new Worker<OtherJob>(plainQueue, (job) => post(job.data), { connection, concurrency });
  await worker.waitUntilReady();
}
