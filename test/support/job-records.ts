import type { Redis } from 'ioredis';
import { createJobRecords, type JobRecords, type JobRecordsOptions } from '../../src/bullmq/job-records.ts';
import { lanes } from '../../src/message/lane.ts';
import type { AccountPlace } from '../../src/queue/names.ts';

/** The records of an account's jobs, as a worker with default settings keeps them. */
export const recordsAt = (
  redis: Redis,
  place: AccountPlace,
  rules: Partial<JobRecordsOptions['rules']> = {},
): JobRecords =>
  createJobRecords({
    redis,
    now: Date.now,
    rules: {
      ...place,
      keepStatusMs: 604_800_000,
      maxEvents: 10_000,
      shownInEvents: { number: false, text: false },
      reportLanes: lanes,
      reportFirstMs: 30_000,
      asksByIds: true,
      ...rules,
    },
  });
