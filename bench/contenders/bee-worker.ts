import BeeQueue from 'bee-queue';
import type { OtherWorkerTask } from '../processes/worker.ts';
import type { OtherJob } from './message.ts';
import { openPost } from './post.ts';

export const beeQueue = 'sms';

/** The plain worker's job with bee-queue: one POST per job, no events that nobody listens to. */
export async function startBee({ redisUrl, providerUrl, concurrency }: OtherWorkerTask): Promise<void> {
  const queue = new BeeQueue<OtherJob>(beeQueue, {
    redis: { url: redisUrl },
    getEvents: false,
    sendEvents: false,
    storeJobs: false,
    activateDelayedJobs: true,
  });
  const post = openPost(providerUrl, concurrency);
  queue.process(concurrency, (job) => post(job.data));
  await queue.ready();
}
