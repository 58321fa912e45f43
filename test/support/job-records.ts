import { createJobRecords, type JobRecords, type JobRecordsOptions } from '../../src/bullmq/job-records.ts';
import { lanes } from '../../src/message/lane.ts';
import type { AccountPlace } from '../../src/queue/names.ts';
import type { RedisClient } from '../../src/queue/redis-client.ts';
import { secretReader } from '../../src/queue/secret.ts';

/** The records of an account's jobs, as a worker with default settings keeps them. */
export const recordsAt = (
  redis: RedisClient,
  place: AccountPlace,
  rules: Partial<JobRecordsOptions['rules']> = {},
): JobRecords =>
  createJobRecords({
    redis,
    now: Date.now,
    secret: secretReader(redis, place.prefix),
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
