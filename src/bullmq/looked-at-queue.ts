import { Job, Queue } from 'bullmq';
import type { RedisClient } from '../queue/redis-client.ts';
import { findJob } from './find-job.ts';

export type { Job, Queue } from 'bullmq';

/** One job that cannot be read is shown as such, and is no reason to show none. */
class LookedAtQueue extends Queue {
  override async getJob(id: string): Promise<Job | undefined> {
    const found = await findJob(() => super.getJob(id));
    // Without data: no job of ours, as the views will say.
    return found === 'unreadable' ? new Job(this, 'unreadable', {}, {}, id) : found;
  }
}

/** A queue to look at: opening it writes nothing. */
export function openLookedAtQueue(
  redis: RedisClient,
  { name, prefix }: { readonly name: string; readonly prefix: string },
  onError: (error: unknown) => void,
): Queue {
  const queue = new LookedAtQueue(name, {
    connection: redis,
    prefix,
    skipMetasUpdate: true,
    skipWaitingForReady: true,
  });
  queue.on('error', onError);
  return queue;
}
