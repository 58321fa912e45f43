import { describe, expect, it } from 'vitest';
import { createDelivery, type DeliveryWorld, numberAt } from '../support/delivery.ts';
import { waitFor } from '../support/wait-for.ts';

const batching = { batchSize: 50, batchWaitMs: 20, concurrency: 200 };

describe('single sends that wait together', () => {
  it('travel in one request, each with its own end', async () => {
    await using world = await createDelivery({ account: batching });
    const ids = await world.sendMany(100);
    await world.startWorker();
    for (const id of ids) expect(await world.end(id)).toMatchObject({ state: 'completed' });
    expect(world.simulator.stats()).toMatchObject({ acceptedMessages: 100 });
    expect(world.simulator.stats().requests).toBeLessThan(20);
  });

  it.each([
    ['each in a job of its own', (world: DeliveryWorld) => world.sendMany(50)],
    ['that share jobs', (world: DeliveryWorld) => world.sendTogether(50)],
    [
      'of which one goes alone',
      async (world: DeliveryWorld) => [
        ...(await world.sendTogether(49)),
        (await world.send({ to: `+${numberAt(49)}` })).id,
      ],
    ],
  ])('%s are split where one is bad: it alone dies, and nobody is texted twice', async (_, send) => {
    await using world = await createDelivery({ account: batching });
    const bad = numberAt(17);
    world.simulator.faults.add({ kind: 'reply', code: '31', match: { to: bad } });
    const ids = await send(world);
    await world.startWorker();
    const ends = await Promise.all(ids.map((id) => world.end(id)));
    expect(ends.filter(({ letter }) => letter?.code === '31')).toHaveLength(1);
    expect(ends.filter(({ state }) => state === 'completed')).toHaveLength(49);
    const counts = world.simulator.counts('to');
    expect([counts.size, counts.has(bad)]).toEqual([49, false]);
    expect([...counts.values()].every((times) => times === 1)).toBe(true);
    expect((await world.letters()).map(({ id }) => id)).toEqual([ids[17]]);
  });

  it('are each uncertain by their own choice when the answer does not come', async () => {
    await using world = await createDelivery({ account: { ...batching, headersTimeoutMs: 300 } });
    world.simulator.faults.add({ kind: 'accept-then-reset', times: 1 });
    const parked = await world.sendMany(5, { whenUncertain: 'park' });
    const resent = await world.send({ to: `+${numberAt(99)}`, whenUncertain: 'resend' });
    await world.startWorker();
    for (const id of parked) {
      expect((await world.end(id)).letter).toMatchObject({ reason: 'uncertain', mayHaveArrived: true });
    }
    expect(await world.end(resent.id)).toMatchObject({ state: 'completed' });
    expect(world.simulator.counts('to').get(numberAt(99))).toBe(2);
    expect(world.telemetry.resends).toEqual([{ lane: 'transactional', cause: 'reset-after-write' }]);
  });

  it('all die where the title is refused, in one request', async () => {
    await using world = await createDelivery({ account: batching });
    const ids = await world.sendTogether(30, { title: 'YOK' });
    await world.startWorker();
    for (const id of ids) expect((await world.end(id)).letter).toMatchObject({ code: '12' });
    expect(world.telemetry.splits).toEqual([]);
    expect(world.simulator.stats().requests).toBeLessThanOrEqual(3);
  });

  it('keep titles apart', async () => {
    await using world = await createDelivery({
      account: batching,
      provider: { titles: ['ACME', 'OTHER'] },
    });
    await world.sendMany(10);
    await world.sendMany(10, { title: 'OTHER' });
    await world.startWorker();
    await world.simulator.waitForAccepted(20, 5_000);
    const titles = world.simulator.accepted.map(({ title }) => title);
    expect(titles.filter((title) => title === 'OTHER')).toHaveLength(10);
  });
});

describe('the pace of an account', () => {
  it('is kept over two workers, counts messages, and costs no attempt', async () => {
    await using world = await createDelivery({
      account: { ...batching, batchSize: 10, messagesPerSecond: 100, connections: 8 },
    });
    const ids = await world.sendMany(250);
    const startedAt = Date.now();
    await world.startWorker();
    await world.startWorker();
    await world.simulator.waitForAccepted(250, 20_000);
    const seconds = (Date.now() - startedAt) / 1_000;
    const [first] = world.simulator.accepted;
    // A second's worth may leave at once, then 100 a second: 250 messages cannot take less than 1.5 seconds.
    expect(seconds).toBeGreaterThan(1.3);
    expect(first).toBeDefined();
    for (const id of ids.slice(0, 5)) expect((await world.end(id)).journal.attempts).toBeLessThanOrEqual(1);
  });

  it('lets an OTP go first while bulk waits for its turn', async () => {
    await using world = await createDelivery({
      account: { ...batching, batchSize: 5, messagesPerSecond: 20, connections: 2, connectionsForOtp: 1 },
    });
    await world.sendMany(200, { lane: 'bulk' });
    await world.startWorker();
    await world.simulator.waitForAccepted(25, 10_000);
    const otp = await world.send({ to: `+${numberAt(999)}`, lane: 'otp' });
    await world.end(otp.id);
    const place = world.simulator.accepted.findIndex(({ to }) => to === numberAt(999));
    expect(place).toBeLessThan(60);
  });

  it('counts requests too', async () => {
    await using world = await createDelivery({
      account: { ...batching, batchSize: 1, batchWaitMs: 0, requestsPerSecond: 10 },
    });
    await world.sendMany(25);
    await world.startWorker();
    const startedAt = Date.now();
    await waitFor(() => world.simulator.stats().acceptedMessages >= 25, {
      what: '25 messages',
      limitMs: 15_000,
    });
    expect((Date.now() - startedAt) / 1_000).toBeGreaterThan(1.2);
  });
});

describe('an OTP while bulk fills every hand', () => {
  it('is taken by the hands that are kept for it, and leaves before any bulk request is done', async () => {
    await using world = await createDelivery({
      account: {
        ...batching,
        concurrency: 20,
        batchSize: 10,
        connections: 3,
        connectionsForOtp: 1,
      },
    });
    world.simulator.setLatency({ minMs: 1_000, maxMs: 1_000 });
    await world.sendMany(200, { lane: 'bulk' });
    await world.startWorker();
    await waitFor(() => world.simulator.stats().acceptedMessages >= 20, { what: 'two requests under way' });
    const otp = await world.send({ to: `+${numberAt(999)}`, lane: 'otp' });
    await waitFor(() => world.simulator.counts('to').get(numberAt(999)) === 1, { what: 'the OTP' });
    // The two bulk requests that were under way are still the only ones.
    expect(world.simulator.stats().acceptedMessages).toBe(21);
    expect(await world.end(otp.id)).toMatchObject({ state: 'completed' });
  });
});
