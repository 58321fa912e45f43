import type { Job } from 'bullmq';

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
