import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { otpOnlyBackend } from '../../../src/bullmq/otp-consumer.ts';
import type { Lane } from '../../../src/message/lane.ts';
import { sendJobOptions } from '../../../src/queue/job-options.ts';
import { freshPrefix, sharedRedisUrl } from '../../support/redis.ts';
import { waitFor } from '../../support/wait-for.ts';

const redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
afterAll(() => redis.disconnect());

/** A queue and a consumer of its OTPs. Jobs called `bad…` fail. Answers with how long the closing took, in milliseconds. */
async function withConsumer(
  use: (world: {
    readonly add: (lane: Lane, ...ids: readonly string[]) => Promise<void>;
    readonly taken: readonly string[];
    /** The first consumer: whether its hands are full, and how often that was asked. */
    readonly first: { isBusy: boolean; looks: number };
    readonly waiting: () => Promise<readonly string[]>;
    readonly completed: () => Promise<readonly string[]>;
  }) => Promise<void>,
): Promise<number> {
  const prefix = freshPrefix();
  const queue = new Queue('jetsms-acme', { connection: redis, prefix });
  const connection = redis.duplicate();
  const taken: string[] = [];
  const first = { isBusy: true, looks: 0 };
  let isClosing = false;
  const worker = new Worker(
    queue.name,
    async (job) => {
      taken.push(job.id ?? '');
      if (job.id?.startsWith('bad')) throw new Error('no');
    },
    { connection, prefix, concurrency: 3, autorun: false, skipStalledCheck: true },
    otpOnlyBackend({
      redis: connection,
      isBusy() {
        first.looks += 1;
        return first.isBusy;
      },
      isClosing: () => isClosing,
      mayTake: () => true,
    }),
  );
  const running = worker.run();
  const idsIn = async (state: 'prioritized' | 'completed') =>
    (await queue.getJobs([state])).map(({ id }) => id ?? '').sort();
  await use({
    taken,
    first,
    add: async (lane, ...ids) => {
      await queue.addBulk(
        ids.map((id) => ({ name: lane, data: {}, opts: sendJobOptions({ id, lane, now: Date.now() }) })),
      );
    },
    waiting: () => idsIn('prioritized'),
    completed: () => idsIn('completed'),
  });
  isClosing = true;
  const closingAt = performance.now();
  await worker.close();
  await running;
  const closedAfterMs = performance.now() - closingAt;
  await queue.close();
  connection.disconnect();
  return closedAfterMs;
}

describe('the consumer that is kept for OTPs', () => {
  it('takes every OTP and nothing else, however long the others have waited', async () => {
    await withConsumer(async ({ add, taken, waiting, completed }) => {
      await add('bulk', 'b1', 'b2', 'b3');
      await add('transactional', 't1');
      await add('otp', 'o1', 'o2', 'o3', 'o4', 'o5');
      await waitFor(() => taken.length >= 5);
      await add('otp', 'o6');
      await waitFor(() => taken.length >= 6);
      expect(taken.toSorted()).toEqual(['o1', 'o2', 'o3', 'o4', 'o5', 'o6']);
      await waitFor(async () => (await completed()).length === 6);
      expect(await waiting()).toEqual(['b1', 'b2', 'b3', 't1']);
    });
  });

  it('takes no other job in the place of one that has failed', async () => {
    await withConsumer(async ({ add, taken, waiting }) => {
      await add('bulk', 'b1');
      await add('otp', 'bad1');
      // BullMQ tries it again at once.
      await waitFor(() => taken.length >= 3);
      expect(new Set(taken)).toEqual(new Set(['bad1']));
      expect(await waiting()).toContain('b1');
    });
  });

  it('leaves OTPs to the first consumer as long as that one has a hand free', async () => {
    await withConsumer(async ({ add, taken, first }) => {
      first.isBusy = false;
      await waitFor(() => first.looks > 0);
      await add('otp', 'o1');
      const before = first.looks;
      await waitFor(() => first.looks > before + 5);
      expect(taken).toEqual([]);
      first.isBusy = true;
      await waitFor(() => taken.length === 1);
    });
  });

  it('closes at once while it waits', async () => {
    expect(await withConsumer(async () => {})).toBeLessThan(1_000);
  });
});
