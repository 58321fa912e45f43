import { Queue, Worker } from 'bullmq';
import { expect, it } from 'vitest';
import { countRunningJobs, RunningCount } from '../../../src/bullmq/short-pauses.ts';
import { freshPrefix, sharedRedisUrl } from '../../support/redis.ts';
import { waitFor } from '../../support/wait-for.ts';

it("BullMQ's loop counts its running jobs, and still waits for all of them at its end", async () => {
  const options = { connection: { url: sharedRedisUrl() }, prefix: freshPrefix() };
  const queue = new Queue('counted', options);
  await queue.addBulk([1, 2, 3, 4, 5].map((n) => ({ name: 'one', data: n })));
  const held: (() => void)[] = [];
  const hold = () => new Promise<void>((release) => held.push(release));
  const worker = new Worker('counted', hold, { ...options, autorun: false, concurrency: 3 });
  countRunningJobs(worker);
  const ended = worker.run();
  await waitFor(() => held.length === 3);
  const { mainLoopQueue } = worker as unknown as { mainLoopQueue: { pending: unknown } };
  expect(mainLoopQueue.pending).toBeInstanceOf(RunningCount);
  expect(mainLoopQueue.pending).toMatchObject({ size: 3 });
  held[0]?.();
  await waitFor(() => held.length === 4);
  expect(mainLoopQueue.pending).toMatchObject({ size: 3 });

  const closed = worker.close();
  for (const release of held.slice(1, 3)) release();
  expect(
    await Promise.race([
      closed.then(() => 'closed'),
      waitFor(async () => (await queue.getCompletedCount()) === 3),
    ]),
  ).toBe(true);
  for (const release of held) release();
  await Promise.all([closed, ended]);
  expect(await queue.getJobCounts('completed', 'waiting', 'active')).toEqual({
    completed: 4,
    waiting: 1,
    active: 0,
  });
  await queue.close();
});
