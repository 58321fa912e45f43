import { type Job, Worker } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { createJournalStore } from '../../src/bullmq/journal-store.ts';
import type { Lane } from '../../src/message/lane.ts';
import { sendJobOptions } from '../../src/queue/job-options.ts';
import { emptyJournal } from '../../src/queue/journal.ts';
import type { Settlement } from '../../src/worker/delivery.ts';
import { type SettleContext, settle } from '../../src/worker/settle.ts';
import { createDelivery, type DeliveryWorld } from '../support/delivery.ts';
import { sendJob } from '../support/send-job.ts';
import { waitFor } from '../support/wait-for.ts';

const token = 'mine';
const journal = emptyJournal;

/** A world whose jobs the test takes by hand. */
async function byHand(
  use: (world: DeliveryWorld, take: () => Promise<Job>, context: SettleContext) => Promise<void>,
): Promise<void> {
  await using world = await createDelivery();
  const bull = new Worker(world.queue.name, null, { connection: world.redis, prefix: world.prefix });
  const { queue, deadQueue, telemetry, account, prefix, redis } = world;
  const journals = createJournalStore(redis, { prefix, account: account.name });
  const now = Date.now;
  const context = { queue, deadQueue, telemetry, journals, now, dueAt: (time: number) => time };
  await use(world, () => waitFor(() => bull.getNextJob(token)), context);
  await bull.close();
}

/** What BullMQ is told: the result, or the name of what was thrown. */
async function wordFor(job: Job, settlement: Settlement, context: SettleContext): Promise<unknown> {
  try {
    return await settle({ job, token }, settlement, context);
  } catch (error) {
    return (error as Error).name;
  }
}

const add = ({ queue }: DeliveryWorld, id: string, lane: Lane = 'bulk'): Promise<unknown> =>
  queue.add(lane, sendJob({ lane }), sendJobOptions({ id, lane, now: Date.now() }));

describe("BullMQ's words", () => {
  it('a message that is complete is returned, with its group id', () =>
    byHand(async (world, take, context) => {
      await add(world, 'm1');
      const verdict = { kind: 'complete', rule: '00', groupId: '17' } as const;
      const word = await wordFor(await take(), { kind: 'verdict', verdict, journal }, context);
      expect(word).toEqual({ end: 'accepted', groupId: '17' });
      expect(world.telemetry.ends).toMatchObject([{ id: 'm1', end: 'accepted', lane: 'bulk', messages: 1 }]);
    }));

  it('a retry is moved to the delayed set, until the time that its journal names', () =>
    byHand(async (world, take, context) => {
      await add(world, 'm1');
      const verdict = { kind: 'retry', rule: 'unsent', delayMs: 60_000, resend: false } as const;
      const notBefore = Date.now() + 60_000;
      const settlement = { kind: 'verdict', verdict, journal: { ...journal, notBefore } } as const;
      expect(await wordFor(await take(), settlement, context)).toBe('DelayedError');
      expect(await world.queue.getJobState('m1')).toBe('delayed');
      const due = await world.redis.zscore(`${world.prefix}:${world.queue.name}:delayed`, 'm1');
      expect(Math.floor(Number(due) / 4_096)).toBe(notBefore);
    }));

  it.each<[string, Settlement]>([
    ['what was not sent', { kind: 'back' }],
    [
      'what an account that is held must wait for',
      { kind: 'verdict', verdict: { kind: 'hold', rule: '11', reason: 'no-credit', code: '11' }, journal },
    ],
  ])('%s goes back to the head of its lane, and to no other lane', (_, settlement) =>
    byHand(async (world, take, context) => {
      for (const id of ['b1', 'b2', 'b3']) await add(world, id);
      const first = await take();
      expect(first.id).toBe('b1');
      await add(world, 'o1', 'otp');
      expect(await wordFor(first, settlement, context)).toBe('WaitingError');
      const order = [];
      for (let n = 0; n < 4; n += 1) order.push((await take()).id);
      expect(order).toEqual(['o1', 'b1', 'b2', 'b3']);
      expect(first.attemptsMade).toBe(0);
    }),
  );

  it('a dead letter lies in its queue before the job is given up', () =>
    byHand(async (world, take, context) => {
      await add(world, 'm1');
      const facts = { reason: 'terminal', code: '12', text: 'wrong title' } as const;
      const verdict = { kind: 'dead-letter', rule: '12', facts } as const;
      expect(await wordFor(await take(), { kind: 'verdict', verdict, journal }, context)).toBe(
        'UnrecoverableError',
      );
      expect(await world.letters()).toMatchObject([{ id: 'm1', data: { ...facts, v: 1 } }]);
      expect(world.telemetry.ends).toMatchObject([{ id: 'm1', end: 'terminal', code: '12' }]);
    }));

  it('a job whose lock is lost is left alone', () =>
    byHand(async (world, take, context) => {
      await add(world, 'm1');
      const job = await take();
      expect(await wordFor(job, { kind: 'lost' }, context)).toBe('WaitingError');
      expect(await world.queue.getJobState('m1')).toBe('active');
    }));

  it('what went wrong here is thrown as it is', () =>
    byHand(async (world, take, context) => {
      await add(world, 'm1');
      const error = new RangeError('ours');
      expect(await wordFor(await take(), { kind: 'failed', error }, context)).toBe('RangeError');
    }));
});
