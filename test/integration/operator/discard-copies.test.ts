import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DeadLetters, openDeadLetters } from '../../../src/operator/dead-letters.ts';
import { openDeadLetterFixture } from '../../support/dead-letters.ts';
import { createDelivery, type DeliveryWorld, numberAt } from '../../support/delivery.ts';
import { freshPrefix, sharedRedisUrl } from '../../support/redis.ts';
import { contentsOf } from '../../support/redis-contents.ts';
import { sendJob } from '../../support/send-job.ts';
import { waitFor } from '../../support/wait-for.ts';

const bad = numberAt(3);
const text = 'Kodunuz 481516 kimseye vermeyin';

/** The lines of Redis in which the number stands. */
const linesWith = async ({ redis, prefix }: DeliveryWorld): Promise<readonly string[]> =>
  (await contentsOf(redis, prefix)).filter((line) => line.includes(bad));

const lettersOf = ({ redis, prefix, account }: DeliveryWorld): DeadLetters =>
  openDeadLetters({ redis, prefix, account: account.name });

/** A JetSMS that refuses the bad number, whoever else travels with it. */
async function worldThatRefuses(): Promise<DeliveryWorld> {
  const world = await createDelivery();
  world.simulator.faults.add({ kind: 'reply', code: '31', match: { to: bad } });
  return world;
}

describe('a discarded dead letter', () => {
  it('leaves nothing of number and text in Redis, neither in the send job that it was nor anywhere else', async () => {
    await using world = await worldThatRefuses();
    await world.startWorker();
    const { id } = await world.send({ to: `+${bad}`, text });
    await world.end(id);
    expect((await linesWith(world)).length).toBeGreaterThan(1);
    await using letters = lettersOf(world);
    expect(await letters.discard({ ids: [id] })).toMatchObject({ discarded: 1, skipped: {} });
    expect(await linesWith(world)).toEqual([]);
    expect((await contentsOf(world.redis, world.prefix)).join('\n')).not.toContain('481516');
    expect(await world.queue.getJobCounts('failed')).toEqual({ failed: 0 });
    expect(await letters.show(id)).toBeUndefined();
  });

  it('takes along the jobs that it was divided from, but not those of the others', async () => {
    await using world = await worldThatRefuses();
    const to = Array.from({ length: 8 }, (_, n) => numberAt(n));
    await world.enqueue('m1', sendJob({ account: world.account.name, to, text, parts: 8, lane: 'bulk' }));
    await world.startWorker();
    const letter = await waitFor(async () => (await world.letters())[0], { what: 'the dead letter' });
    await waitFor(async () =>
      Object.values(await world.queue.getJobCounts('active', 'waiting')).every((n) => n === 0),
    );
    await using letters = lettersOf(world);
    expect(await letters.discard({ ids: [letter.id ?? ''] })).toMatchObject({ discarded: 1 });
    expect(await linesWith(world)).toEqual([]);
    const kept = (await contentsOf(world.redis, world.prefix)).join('\n');
    for (const other of to.filter((one) => one !== bad)) expect(kept).toContain(other);
  });

  it('takes along the messages that it repeats', async () => {
    await using world = await worldThatRefuses();
    await world.startWorker();
    const { id } = await world.send({ to: `+${bad}`, text });
    await world.end(id);
    await using letters = lettersOf(world);
    for (const replay of [`${id}.r1`, `${id}.r2`]) {
      await letters.replay({});
      await world.end(replay);
    }
    expect(await letters.discard({})).toMatchObject({ discarded: 1 });
    expect(await linesWith(world)).toEqual([]);
  });

  it('does not make its idempotency key forgotten', async () => {
    await using world = await worldThatRefuses();
    await world.startWorker();
    const message = { to: `+${bad}`, text, idempotencyKey: 'order 1' };
    const { id } = await world.send(message);
    await world.end(id);
    await using letters = lettersOf(world);
    await letters.discard({});
    expect(await world.send(message)).toMatchObject({ id, duplicate: true });
  });

  it.each([
    ['m1', 'm1'],
    ['m1.1', 'm1'],
    ['m1.r1', 'm1.r1'],
  ])('waits while the worker of %s has not finished with %s', async (letter, source) => {
    const prefix = freshPrefix();
    const redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
    const yard = openDeadLetterFixture(redis, prefix);
    const worker = new Worker(yard.queue.name, undefined, { connection: redis, prefix });
    const letters = openDeadLetters({ redis, prefix });
    onTestFinished(async () => {
      await worker.close();
      await letters.close();
      await yard[Symbol.asyncDispose]();
      redis.disconnect();
    });
    await yard.queue.add('transactional', sendJob(), { jobId: source, attempts: 1 });
    const job = await worker.getNextJob('token');
    await yard.put(letter);
    expect(await letters.discard({})).toMatchObject({ discarded: 0, skipped: { 'still-settling': 1 } });
    expect(await yard.letterIds()).toEqual([letter]);
    await job?.moveToFailed(new Error('dead letter'), 'token');
    expect(await letters.discard({})).toMatchObject({ discarded: 1, skipped: {} });
    expect(await yard.queue.getJob(source)).toBeUndefined();
  });
});
