import { type IRedisClient, Queue, type QueueOptions } from 'bullmq';
import type { RedisClient } from './redis-client.ts';

export type { Queue } from 'bullmq';

/**
 * A queue that shares a connection which is ready. It writes nothing by itself, and its connection errors reach the
 * caller through the command that they fail.
 */
export function openQueue(
  redis: RedisClient | IRedisClient,
  name: string,
  prefix: string,
  options: Pick<QueueOptions, 'skipVersionCheck'> = {},
): Queue {
  const queue = new Queue(name, {
    connection: redis,
    prefix,
    skipMetasUpdate: true,
    skipWaitingForReady: true,
    ...options,
  });
  // Without a listener an error would end the process.
  queue.on('error', () => {});
  return queue;
}
