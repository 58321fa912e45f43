import type { JobType, Queue } from 'bullmq';
import { parseRecord, recordFields } from '../../../src/queue/job-record.ts';
import { readJson } from '../../../src/queue/json.ts';
import { keys } from '../../../src/queue/names.ts';

/** A job as it lies in Redis. */
export interface StoredJob {
  readonly id: string;
  readonly state: JobType;
  /** Undefined where it is no JSON. */
  readonly data: unknown;
  /** The journal of its record, as it lies there. */
  readonly journal: string;
  /** Messages that have lost their claims. */
  readonly lost: readonly number[];
  /** Messages that were called off. */
  readonly cancelled: readonly number[];
  readonly returnvalue: unknown;
  readonly failedReason: string | undefined;
  readonly stalls: number;
}

const states: readonly JobType[] = ['completed', 'failed', 'active', 'waiting', 'delayed', 'prioritized'];

/** Every job of a queue, read without BullMQ's own reader: that throws for all where one of them holds no JSON. */
export async function readStoredJobs(queue: Queue): Promise<readonly StoredJob[]> {
  const byState = await Promise.all(states.map((state) => jobsIn(queue, state)));
  return byState.flat();
}

async function jobsIn(queue: Queue, state: JobType): Promise<readonly StoredJob[]> {
  const redis = await queue.getBackend().client;
  const ids = await queue.getRanges([state], 0, -1);
  const found = await Promise.all(ids.map((id) => redis.hgetall(queue.toKey(id))));
  const records = await Promise.all(
    ids.map((id) => redis.hgetall(keys.record(queue.opts.prefix ?? '', queue.name, id))),
  );
  return found.map((fields, index): StoredJob => {
    const { data, returnvalue, failedReason, stc = '0' } = fields;
    return {
      id: ids[index] ?? '',
      state,
      data: readJson(data),
      ...parseRecord(recordFields.map((field) => records[index]?.[field])),
      returnvalue: readJson(returnvalue),
      failedReason,
      stalls: Number(stc),
    };
  });
}
