import { Redis } from 'ioredis';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobRecords } from '../../../src/bullmq/job-records.ts';
import { emptyRecord } from '../../../src/queue/job-record.ts';
import { emptyJournal, type Journal, type Settled } from '../../../src/queue/journal.ts';
import { keys, queueName } from '../../../src/queue/names.ts';
import { recordsAt } from '../../support/job-records.ts';
import { freshPrefix, sharedRedisUrl } from '../../support/redis.ts';
import { sendJob } from '../../support/send-job.ts';

const redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
afterAll(() => redis.disconnect());

const job = sendJob();
let prefix: string;
let records: JobRecords;
let record: string;
const runOf = (run: number) => ({ id: 'm1', job, run });

beforeEach(() => {
  prefix = freshPrefix();
  records = recordsAt(redis, { prefix, account: 'acme' });
  record = keys.record(prefix, queueName('acme', job.lane), 'm1');
});

describe('a run whose record others may change', () => {
  it.each([
    ['cancelled', '[0]'],
    ['moved', '{"sendAt":1,"deadlineAt":2}'],
  ])('records no end, and begins no request, before it has seen what lies in `%s`', async (field, text) => {
    await redis.hset(record, field, text);
    const settled = { end: 'dead', at: 1, reason: 'expired' } as const;
    const write = { ...runOf(1), journal: { ...emptyJournal, settled }, isMarked: false };
    expect(await records.write([{ ...write, seen: emptyRecord.seen }])).toEqual(['changed']);
    expect(await records.begin([{ ...runOf(1), seen: emptyRecord.seen }], false)).toEqual(['changed']);
    const { seen, journal } = await records.read({ id: 'm1', job });
    expect(journal).toBe('');
    expect(await records.write([{ ...write, seen }])).toEqual(['written']);
  });

  it('is in doubt where an earlier run had begun a request and never told of it', async () => {
    const { seen } = emptyRecord;
    expect(await records.begin([{ ...runOf(1), seen }], false)).toEqual(['written']);
    expect(await redis.hget(record, 'doubt')).toBeNull();
    expect(await records.begin([{ ...runOf(2), seen }], false)).toEqual(['written']);
    await records.write([{ ...runOf(2), journal: emptyJournal, isMarked: false }]);
    expect(await redis.hmget(record, 'begun', 'doubt')).toEqual(['', '1']);
  });

  it('is forgotten when it is through, but not what was called off', async () => {
    await redis.hset(record, 'cancelled', '[0]', 'journal', '{}');
    await records.forget([{ id: 'm1', job }]);
    expect((await records.read({ id: 'm1', job })).cancelled).toEqual([0]);
    await redis.hdel(record, 'cancelled');
    await records.forget([{ id: 'm1', job }]);
    expect(await redis.exists(record)).toBe(0);
  });
});

it('a late acceptance of a divided campaign job counts none of the messages that go on by themselves', async () => {
  const to = ['905320000001', '905320000002', '905320000003'];
  const own = sendJob({ to, campaign: 'spring' });
  const settled: Settled = {
    end: 'split',
    at: 1,
    pieces: [
      { fate: 'accepted', ranges: [[0, 1]] },
      { fate: 'dead', ranges: [[1, 2]], facts: { reason: 'uncertain' } },
      { fate: 'again', ranges: [[2, 3]], delayMs: 0, attempts: 0, resends: 0 },
    ],
  };
  const before: Journal = { ...emptyJournal, settled };
  const after: Journal = { ...emptyJournal, settled: { end: 'accepted', at: 2, late: true } };
  const counts = keys.campaign(prefix, own.account, 'spring');
  await redis.hset(counts, 'startedAt', 1);
  const write = { id: 'm1', job: own, run: 1, journal: before, isMarked: false };
  expect(await records.write([write])).toEqual(['written']);
  expect(await records.replace('m1', JSON.stringify(before), { job: own, before, after })).toBe(true);
  expect(await redis.hgetall(counts)).toEqual({ startedAt: '1', accepted: '2', 'dead:uncertain': '0' });
});
