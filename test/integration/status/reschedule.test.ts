import { describe, expect, it } from 'vitest';
import { keyedName } from '../../../src/producer/names-of-claims.ts';
import { keys } from '../../../src/queue/names.ts';
import { secretReader } from '../../../src/queue/secret.ts';
import { createDelivery, type DeliveryWorld, numberAt } from '../../support/delivery.ts';
import { waitFor } from '../../support/wait-for.ts';

const hour = 3_600_000;

async function claimTtl({ redis, prefix, account }: DeliveryWorld, key: string): Promise<number> {
  const secret = await secretReader(redis, prefix).read();
  return redis.pttl(keys.claim(prefix, account.name, keyedName(account.name, key, secret)));
}

describe('a scheduled message', () => {
  it('moves to a later time, and its deadline and the window of its key with it', async () => {
    await using world = await createDelivery();
    const sendAt = Date.now() + hour;
    const sent = await world.send({ sendAt, idempotencyKey: 'order 17' });
    const ttlMs = await claimTtl(world, 'order 17');
    expect(await world.producer.reschedule(sent.id, sendAt + hour)).toBe('rescheduled');
    expect(await world.producer.reschedule(sent.id, sendAt + hour)).toBe('rescheduled');
    const times = { sendAt: sendAt + hour, deadlineAt: sent.deadlineAt + hour };
    expect(await world.producer.status(sent.id)).toMatchObject({ state: 'scheduled', ...times });
    const job = await world.queue.getJob(sent.id);
    expect(job?.data).toMatchObject(times);
    expect(Math.abs(Date.now() + (job?.delay ?? 0) - times.sendAt)).toBeLessThan(60_000);
    expect(Math.abs((await claimTtl(world, 'order 17')) - ttlMs - hour)).toBeLessThan(60_000);
    expect(await world.send({ sendAt, idempotencyKey: 'order 17' })).toMatchObject({
      id: sent.id,
      duplicate: true,
    });
  });

  it('moves to now, and leaves at once', async () => {
    await using world = await createDelivery();
    const { id } = await world.send({ sendAt: Date.now() + hour });
    await world.startWorker();
    expect(await world.producer.reschedule(id, new Date())).toBe('rescheduled');
    await world.end(id);
    expect(await world.producer.status(id)).toMatchObject({ state: 'accepted' });
    expect(await world.producer.reschedule(id, new Date())).toBe('too-late');
    expect(await world.producer.cancel(id)).toBe('too-late');
  });

  it('does not leave at its old time where BullMQ has not been told of the new one', async () => {
    await using world = await createDelivery();
    const { id } = await world.send({ sendAt: Date.now() + hour });
    const moved = { sendAt: Date.now() + 2 * hour, deadlineAt: Date.now() + 3 * hour };
    await world.redis.hset(keys.record(world.prefix, world.queue.name, id), 'moved', JSON.stringify(moved));
    await (await world.queue.getJob(id))?.promote();
    await world.startWorker();
    await world.end((await world.send({ to: `+${numberAt(1)}` })).id);
    await waitFor(async () => (await world.queue.getJob(id))?.isDelayed());
    expect(world.simulator.accepted).toHaveLength(1);
    expect(await world.producer.status(id)).toMatchObject({ state: 'scheduled', ...moved });
  });

  it('leaves at the time that came last, whoever moves it at the same time', async () => {
    await using world = await createDelivery();
    const { id } = await world.send({ sendAt: Date.now() + hour });
    const times = Array.from({ length: 20 }, (_, n) => Date.now() + (n + 2) * hour);
    await Promise.all(times.map((time) => world.producer.reschedule(id, time)));
    const { sendAt = 0 } = await world.producer.status(id);
    expect(times).toContain(sendAt);
    const job = await world.queue.getJob(id);
    const score = Number(await world.redis.zscore(`${world.queue.toKey('delayed')}`, id));
    expect(job?.data.sendAt).toBe(sendAt);
    expect(Math.abs(Math.floor(score / 4_096) - sendAt)).toBeLessThan(60_000);
  });

  it('can be called off after it was moved, and not moved after it was called off', async () => {
    await using world = await createDelivery();
    const { id } = await world.send({ sendAt: Date.now() + hour });
    await world.producer.reschedule(id, Date.now() + 2 * hour);
    expect(await world.producer.cancel(id)).toBe('cancelled');
    expect(await world.producer.reschedule(id, Date.now() + hour)).toBe('too-late');
  });

  it('is refused a time that send() would refuse', async () => {
    await using world = await createDelivery();
    const { id } = await world.send({ sendAt: Date.now() + hour });
    const { producer } = world;
    await expect(producer.reschedule(id, Date.now() - hour)).rejects.toMatchObject({ code: 'SCHEDULE_PAST' });
    await expect(producer.reschedule(id, 'tomorrow')).rejects.toMatchObject({ code: 'TIME_INVALID' });
    await expect(producer.reschedule(id, Date.now() + 400 * 24 * hour)).rejects.toMatchObject({
      code: 'SCHEDULE_TOO_FAR',
    });
  });
});

describe('a message that is not scheduled by itself', () => {
  it('is not moved: it is on its way, or not known, or one of many', async () => {
    await using world = await createDelivery();
    const { producer } = world;
    expect(await producer.reschedule('m00000000000000000000', Date.now() + hour)).toBe('unknown');
    expect(await producer.reschedule((await world.send()).id, Date.now() + hour)).toBe('too-late');
    await producer.sendMany([`+${numberAt(1)}`, `+${numberAt(2)}`], {
      campaign: 'spring',
      text: 'Merhaba',
      sendAt: Date.now() + hour,
    });
    const [job] = await world.queueOf('bulk').getDelayed();
    expect(await producer.status(`${job?.id}.1`)).toMatchObject({ state: 'scheduled' });
    await expect(producer.reschedule(`${job?.id}.1`, Date.now() + hour)).rejects.toMatchObject({
      code: 'SCHEDULE_SHARED',
    });
    expect(await producer.cancel(`${job?.id}.1`)).toBe('cancelled');
  });
});

describe('messages that are moved while their time comes', () => {
  it('leave once, at the time that whoever moved them was told', async () => {
    await using world = await createDelivery();
    const sendAt = Date.now() + 400;
    const sent = await Promise.all(
      Array.from({ length: 300 }, async (_, n) => {
        const to = numberAt(n);
        return { to, id: (await world.send({ to: `+${to}`, sendAt })).id };
      }),
    );
    await Promise.all([world.startWorker(), world.startWorker()]);
    await waitFor(() => world.simulator.accepted.length > 20);
    const told = await Promise.all(
      sent.map(async ({ id, to }) => ({
        id,
        to,
        result: await world.producer.reschedule(id, Date.now() + hour),
      })),
    );
    const early = told.filter(({ result }) => result === 'too-late');
    await Promise.all(early.map(({ id }) => world.end(id)));
    await waitFor(
      async () => (await world.queue.getActiveCount()) + (await world.queue.getWaitingCount()) === 0,
    );
    expect(world.simulator.accepted.map(({ to }) => to).toSorted()).toEqual(
      early.map(({ to }) => to).toSorted(),
    );
    const moved = told.filter(({ result }) => result === 'rescheduled');
    expect(early.length + moved.length).toBe(sent.length);
    const statuses = await world.producer.statuses(moved.map(({ id }) => id));
    expect(statuses.every(({ state }) => state === 'scheduled')).toBe(true);
  });
});
