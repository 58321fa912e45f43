import type { Job, JobState, Queue } from 'bullmq';
import { type Lane, lanes } from '../message/lane.ts';
import { type JobRecord, parseRecord, recordFields } from '../queue/job-record.ts';
import { type AccountPlace, keys, queueName } from '../queue/names.ts';
import { openQueue } from '../queue/open-queue.ts';
import type { RedisClient } from '../queue/redis-client.ts';

/**
 * What BullMQ finds; `unreadable` where it throws at a job whose fields are not the JSON that they must be.
 * @param find asks BullMQ for one job
 */
export async function findJob(find: () => Promise<Job | undefined>): Promise<Job | 'unreadable' | undefined> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return 'unreadable';
    throw error;
  }
}

/** A send job, wherever it lies. */
export interface FoundJob {
  readonly lane: Lane;
  readonly job: Job | 'unreadable';
  readonly state: JobState | 'unknown';
  readonly record: JobRecord;
}

/** Looks for an account's send jobs in all lanes. */
export interface JobFinder {
  /** The queue of a lane. */
  queueOf(lane: Lane): Queue;
  find(id: string): Promise<FoundJob | undefined>;
  close(): Promise<void>;
}

/** @param redis ready: a queue that is opened before that fails its first command */
export function createJobFinder(redis: RedisClient, { prefix, account }: AccountPlace): JobFinder {
  const queues = new Map<Lane, Queue>();
  const open = (lane: Lane): Queue => {
    const queue = openQueue(redis, queueName(account, lane), prefix);
    queues.set(lane, queue);
    // BullMQ asks for the version once: where that answer is lost with its connection, the queue fails for ever.
    queue.waitUntilReady().catch(() => queues.delete(lane));
    return queue;
  };
  const queueOf = (lane: Lane): Queue => queues.get(lane) ?? open(lane);
  return {
    queueOf,
    async find(id) {
      // Replays of one letter into two lanes have one id: that one which was added in vain is not the message.
      let inVain: FoundJob | undefined;
      for (const lane of lanes) {
        const job = await findJob(() => queueOf(lane).getJob(id));
        if (!job) continue;
        const state = await queueOf(lane).getJobState(id);
        const record = await readRecord(redis, { prefix, account }, lane, id);
        if (!record.lost.includes(-1)) return { lane, job, state, record };
        inVain ??= { lane, job, state, record };
      }
      return inVain;
    },
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}

/** The record of a job, for those who only look. */
export async function readRecord(
  redis: RedisClient,
  { prefix, account }: AccountPlace,
  lane: Lane,
  id: string,
): Promise<JobRecord> {
  return parseRecord(await redis.hmget(keys.record(prefix, queueName(account, lane), id), ...recordFields));
}
