import { type Job, Worker } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { jobAdder } from '../../src/queue/add-jobs.ts';
import { sendJobOptions } from '../../src/queue/job-options.ts';
import { emptyRecord } from '../../src/queue/job-record.ts';
import { emptyJournal } from '../../src/queue/journal.ts';
import type { SettleContext } from '../../src/worker/known-job.ts';
import { settle } from '../../src/worker/settle.ts';
import { createDelivery, type DeliveryWorld, numberAt } from '../support/delivery.ts';
import { recordsAt } from '../support/job-records.ts';
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
  const { queueOf, deadQueue, telemetry, account, prefix, redis } = world;
  const context: SettleContext = {
    queues: { of: queueOf, dead: deadQueue },
    addJobs: jobAdder(redis),
    records: recordsAt(redis, { prefix, account: account.name }),
    telemetry,
    now: Date.now,
    dueAt: (time) => time,
  };
  await use(world, () => waitFor(() => bull.getNextJob(token)), context);
  await bull.close();
}

type Settled = Parameters<typeof settle>[1];

/** What BullMQ is told: the result, or the name of what was thrown. */
async function wordFor(job: Job, settlement: Settled, context: SettleContext): Promise<unknown> {
  try {
    return await settle(
      { job, token, id: job.id ?? '', sendJob: job.data, seen: emptyRecord.seen },
      settlement,
      context,
    );
  } catch (error) {
    return (error as Error).name;
  }
}

const add = ({ queue }: DeliveryWorld, id: string): Promise<unknown> =>
  queue.add('transactional', sendJob(), sendJobOptions({ id, now: Date.now() }));

describe("BullMQ's words", () => {
  it('a message that is complete is returned, with its group id', () =>
    byHand(async (world, take, context) => {
      await add(world, 'm1');
      const verdict = { kind: 'complete', rule: '00', groupId: '17' } as const;
      const word = await wordFor(await take(), { kind: 'verdict', verdict, journal }, context);
      expect(word).toEqual({ end: 'accepted', groupId: '17' });
      expect(world.telemetry.ends).toMatchObject([
        { id: 'm1', end: 'accepted', lane: 'transactional', messages: 1 },
      ]);
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

  it.each<[string, Settled]>([
    ['what was not sent', { kind: 'back' }],
    [
      'what an account that is held must wait for',
      { kind: 'verdict', verdict: { kind: 'hold', rule: '11', reason: 'no-credit', code: '11' }, journal },
    ],
  ])('%s goes back to the head of its lane', (_, settlement) =>
    byHand(async (world, take, context) => {
      for (const id of ['b1', 'b2', 'b3']) await add(world, id);
      const first = await take();
      expect(first.id).toBe('b1');
      expect(await wordFor(first, settlement, context)).toBe('WaitingError');
      const order = [];
      for (let n = 0; n < 3; n += 1) order.push((await take()).id);
      expect(order).toEqual(['b1', 'b2', 'b3']);
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

  it('a job that is divided becomes jobs and dead letters under the ids of its pieces, each once however often', () =>
    byHand(async (world, take, context) => {
      const to = [0, 1, 2].map(numberAt);
      const job = sendJob({ account: world.account.name, to, text: ['a', 'b', 'c'], joined: true });
      await world.queue.add('transactional', job, sendJobOptions({ id: 'm1', now: Date.now() }));
      const again = { fate: 'again', delayMs: 60_000, attempts: 1, resends: 0 } as const;
      const facts = { reason: 'terminal', code: '80' } as const;
      const pieces = [
        { fate: 'accepted', ranges: [[0, 1]], groupId: '17' },
        { ...again, ranges: [[1, 2]] },
        { fate: 'dead', facts, ranges: [[2, 3]] },
      ] as const;
      const settlement = { kind: 'verdict', verdict: { kind: 'split', rule: 'x', pieces }, journal } as const;
      const taken = await take();
      expect(await wordFor(taken, settlement, context)).toEqual({ end: 'split' });
      expect(await wordFor(taken, settlement, context)).toEqual({ end: 'split' });
      expect(await world.queue.getRanges(['delayed'])).toEqual(['m1.1']);
      expect((await world.queue.getJob('m1.1'))?.data).toMatchObject({ to: [to[1]], text: 'b' });
      expect(await world.letters()).toMatchObject([{ id: 'm1.2', data: { ...facts, pieceOf: 'm1' } }]);
    }));

  it('a piece that was sent and forgotten meanwhile is not sent again', () =>
    byHand(async (world, take, context) => {
      const job = sendJob({ account: world.account.name, to: [0, 1].map(numberAt), text: 'a' });
      await world.queue.add('transactional', job, sendJobOptions({ id: 'm1', now: Date.now() }));
      const again = { fate: 'again', delayMs: 0, attempts: 0, resends: 0 } as const;
      const pieces = [
        { ...again, ranges: [[0, 1]] },
        { ...again, ranges: [[1, 2]] },
      ] as const;
      const settlement = { kind: 'verdict', verdict: { kind: 'split', rule: 'x', pieces }, journal } as const;
      const taken = await take();
      await wordFor(taken, settlement, context);
      await world.queue.remove('m1.p0');
      await wordFor(taken, settlement, context);
      expect(await world.queue.getRanges(['wait'])).toEqual(['m1.p1']);
      await world.startWorker();
      expect(await world.end('m1.p1')).toMatchObject({ state: 'completed' });
      expect(world.simulator.accepted.map(({ to }) => to)).toEqual([numberAt(1)]);
    }));

  it('a piece that was taken, sent and forgotten before it is added again is dropped by whoever takes it', () =>
    byHand(async (world, _, context) => {
      const job = sendJob({ account: world.account.name, to: [numberAt(0)], text: 'a' });
      const claims = [{ name: 'm1.0', value: 'm1.0', ttlMs: 60_000 }];
      const added = { id: 'm1.0', job, now: Date.now(), claims };
      await context.addJobs(world.queue, [added]);
      await world.queue.remove('m1.0');
      // A worker is faster than the one that would take it back.
      const remove = world.queue.remove.bind(world.queue);
      world.queue.remove = async () => 0;
      await context.addJobs(world.queue, [added]);
      world.queue.remove = remove;
      await world.startWorker();
      expect((await world.end('m1.0')).job.returnvalue).toEqual({ end: 'duplicate' });
      expect(world.simulator.stats().requests).toBe(0);
    }));
});
