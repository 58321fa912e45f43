import { describe, expect, it } from 'vitest';
import { openDeadLetters } from '../../../src/operator/dead-letters.ts';
import { dayOf, endedKey, reportedText } from '../../../src/queue/ended-state.ts';
import { emptyJournal } from '../../../src/queue/journal.ts';
import { keys } from '../../../src/queue/names.ts';
import type { SendJob } from '../../../src/queue/send-job.ts';
import { createDelivery, type DeliveryWorld, numberAt } from '../../support/delivery.ts';
import { sendJob } from '../../support/send-job.ts';
import { waitFor } from '../../support/wait-for.ts';

const hour = 3_600_000;

const stateOf = async ({ producer }: DeliveryWorld, id: string) => (await producer.status(id)).state;

/** Puts a report in front of what is kept of a job, as the worker that asks for reports does. */
async function report(world: DeliveryWorld, id: string, ...texts: readonly string[]): Promise<void> {
  const place = { prefix: world.prefix, account: world.account.name };
  const key = endedKey(place, id, dayOf(Date.now()));
  const text = (await world.redis.hget(key, id)) ?? '';
  await world.redis.hset(key, id, text.replace(/^\S+/, texts.join(',')));
}

describe('the status of a message', () => {
  it('is unknown where it was never stored', async () => {
    await using world = await createDelivery();
    expect(await world.producer.status('m00000000000000000000')).toEqual({
      id: 'm00000000000000000000',
      state: 'unknown',
    });
    expect(await world.producer.status({ idempotencyKey: 'never used' })).toMatchObject({ state: 'unknown' });
  });

  it('tells of one that waits all but its text, with its number masked', async () => {
    await using world = await createDelivery();
    const sent = await world.send({ idempotencyKey: 'order 17', meta: { order: 17 } });
    const status = await world.producer.status(sent.id);
    expect(status).toEqual({
      id: sent.id,
      state: 'waiting',
      account: world.account.name,
      lane: 'transactional',
      at: sent.sendAt,
      enqueuedAt: sent.sendAt,
      deadlineAt: sent.deadlineAt,
      attempts: 0,
      parts: 1,
      key: 'order 17',
      meta: { order: 17 },
      to: '+90*****67',
    });
    expect(JSON.stringify(status)).not.toMatch(/Merhaba|905321234567/);
    expect(await world.producer.status({ idempotencyKey: 'order 17' })).toEqual(status);
  });

  it('is scheduled until its time has come', async () => {
    await using world = await createDelivery();
    const sendAt = Date.now() + hour;
    const { id } = await world.send({ sendAt });
    expect(await world.producer.status(id)).toMatchObject({ state: 'scheduled', sendAt });
  });

  it('is sending while a request is under way, and accepted once JetSMS has taken it', async () => {
    await using world = await createDelivery();
    world.simulator.faults.add({ kind: 'latency', latencyMs: 1_500, times: 1 });
    const { id } = await world.send({ whenUncertain: 'resend' });
    await world.startWorker();
    await waitFor(async () => (await stateOf(world, id)) === 'sending');
    const { groupId } = await world.end(id);
    const status = await world.producer.status(id);
    expect(status).toMatchObject({
      state: 'accepted',
      groupId,
      attempts: 1,
      parts: 1,
      lane: 'transactional',
    });
    expect(status.deadlineAt).toBeGreaterThan(Date.now());
  });

  it('is what JetSMS was asked about while it is asked', async () => {
    await using world = await createDelivery();
    const asking = { since: Date.now(), cause: 'reply-timeout', until: Date.now() + hour, asked: 1 };
    await world.enqueue('m1', sendJob({ account: world.account.name }), {
      ...emptyJournal,
      ...{ asking },
    });
    expect(await stateOf(world, 'm1')).toBe('asking');
  });

  it('is waiting between two attempts, with the code of the last in words', async () => {
    await using world = await createDelivery({ random: () => 0.99 });
    world.simulator.faults.add({ kind: 'reply', code: '90', text: 'XML null' });
    const { id } = await world.send();
    await world.startWorker();
    const status = await waitFor(async () => {
      const found = await world.producer.status(id);
      return found.attempts === 1 && found.state === 'waiting' && found;
    });
    expect(status).toMatchObject({ code: '90', meaning: expect.stringMatching(/\w/) });
  });

  it('is dead with its reason and its code in words', async () => {
    await using world = await createDelivery();
    world.simulator.faults.add({ kind: 'reply', code: '80' });
    const { id } = await world.send();
    await world.startWorker();
    await world.end(id);
    expect(await world.producer.status(id)).toMatchObject({
      state: 'dead',
      reason: 'terminal',
      code: '80',
      meaning: expect.stringMatching(/\w/),
      attempts: 1,
    });
  });

  it.each([
    ['delivered', { state: 'delivered', at: 1_700_000_000_000 }, { deliveredAt: 1_700_000_000_000 }],
    ['failed', { state: 'failed', at: 1_700_000_000_000, status: '4' }, { code: '4' }],
    ['failed', { state: 'expired', at: 1_700_000_000_000, status: '3' }, { code: '3' }],
    ['unconfirmed', { state: 'unconfirmed', at: 1_700_000_000_000 }, {}],
  ] as const)('is %s by what JetSMS reports: %j', async (state, reported, more) => {
    await using world = await createDelivery();
    const { id } = await world.send();
    await world.startWorker();
    await world.end(id);
    await report(world, id, reportedText(reported));
    expect(await world.producer.status(id)).toMatchObject({ state, at: 1_700_000_000_000, ...more });
  });

  it('is known of each joined send by itself, whatever became of the others', async () => {
    await using world = await createDelivery({ account: { batchSize: 10 } });
    world.simulator.faults.add({ kind: 'reply', code: '31', match: { to: numberAt(1) } });
    const ids = await world.sendTogether(4);
    for (const id of ids) expect(await stateOf(world, id)).toBe('waiting');
    await world.startWorker();
    await Promise.all(ids.map((id) => world.end(id)));
    const statuses = await world.producer.statuses(ids);
    expect(statuses.map(({ id, state }) => [id, state])).toEqual(
      ids.map((id, n) => [id, n === 1 ? 'dead' : 'accepted']),
    );
  });

  it('is known of each message of a campaign, through every division of its job', async () => {
    await using world = await createDelivery({ account: { batchSize: 10 } });
    world.simulator.faults.add({ kind: 'reply', code: '80', match: { to: numberAt(5) } });
    const to = Array.from({ length: 8 }, (_, n) => ({ to: `+${numberAt(n)}`, text: `Merhaba ${n}` }));
    await world.producer.sendMany(to, { campaign: 'spring', meta: { wave: 1 } });
    const [job] = await world.queueOf('bulk').getJobs(['waiting', 'prioritized']);
    const ids = to.map((_, n) => `${job?.id}.${n}`);
    expect(await world.producer.statuses(ids)).toMatchObject(
      ids.map(() => ({ state: 'waiting', campaign: 'spring', meta: { wave: 1 } })),
    );
    await world.startWorker();
    await waitFor(async () => (await world.producer.campaign('spring'))?.waiting === 0);
    expect(await world.producer.statuses(ids)).toMatchObject(
      ids.map((id, n) => ({
        id,
        campaign: 'spring',
        state: n === 5 ? 'dead' : 'accepted',
        meta: { wave: 1 },
      })),
    );
    expect(await stateOf(world, `${job?.id}.8`)).toBe('unknown');
  });

  it('is that of the newest replay, and says so', async () => {
    await using world = await createDelivery();
    world.simulator.faults.add({ kind: 'reply', code: '80', times: 2 });
    const { id } = await world.send();
    await world.startWorker();
    await world.end(id);
    await using letters = openDeadLetters({
      redis: world.redis,
      prefix: world.prefix,
      account: world.account.name,
    });
    await letters.replay({ ids: [id] });
    await world.end(`${id}.r1`);
    await letters.replay({ ids: [`${id}.r1`] });
    await world.end(`${id}.r2`);
    expect(await world.producer.status(id)).toMatchObject({ state: 'accepted', replayedAs: `${id}.r2` });
    expect(await world.producer.status(`${id}.r2`)).toMatchObject({
      state: 'accepted',
      origins: [id, `${id}.r1`],
    });
  });

  it('is forgotten when keepStatusMs is over, or at once where nothing is kept', async () => {
    await using world = await createDelivery({ settings: { keepStatusMs: 0 } });
    const { id } = await world.send();
    await world.startWorker();
    await world.end(id);
    expect(await waitFor(async () => (await stateOf(world, id)) === 'unknown')).toBe(true);
  });

  it('of a message whose key was used before is unknown: nobody was told its id', async () => {
    await using world = await createDelivery();
    const job: SendJob = {
      ...sendJob({ account: world.account.name }),
      to: [numberAt(1), numberAt(2)],
      text: ['one', 'two'],
      joined: true,
      parts: 2,
    };
    await world.enqueue('m1', job);
    await world.redis.hset(keys.record(world.prefix, world.queue.name, 'm1'), 'lost', '[1]');
    expect(await stateOf(world, 'm1.0')).toBe('waiting');
    expect(await stateOf(world, 'm1.1')).toBe('unknown');
  });
});
