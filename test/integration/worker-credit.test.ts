import { describe, expect, it } from 'vitest';
import { readWaiting } from '../../src/bullmq/waiting.ts';
import { keys } from '../../src/queue/names.ts';
import { createQueueSnapshot } from '../../src/watch/queue-snapshot.ts';
import { createCreditStore } from '../../src/worker/account/credit/credit-store.ts';
import { createDelivery, type DeliveryWorld, numberAt } from '../support/delivery.ts';
import { sendJob } from '../support/send-job.ts';
import { waitFor } from '../support/wait-for.ts';

const asking = { creditIntervalMs: 60_000 } as const;
const quick = { creditIntervalMs: 60_000, probeIntervalMs: 1_000 } as const;

const placeOf = ({ prefix, account }: DeliveryWorld) => ({ prefix, account: account.name });
const storeOf = (world: DeliveryWorld) => createCreditStore(world.redis, placeOf(world));
const refusedForCredit = ({ simulator }: DeliveryWorld) => simulator.stats().refusedByCode['11'] ?? 0;

describe('the credit', () => {
  it.each(['xml', 'web-service'] as const)(
    'is asked once over %s, however many workers run',
    async (surface) => {
      await using world = await createDelivery({
        account: { ...asking, surface },
        provider: { credit: 120 },
      });
      await Promise.all([world.startWorker(), world.startWorker(), world.startWorker()]);
      const told = await waitFor(() => storeOf(world).read(), { what: 'the credit in Redis' });
      expect(told).toMatchObject({ credit: 120, waiting: { jobs: 0, parts: 0 } });
      expect(await storeOf(world).lease('credit', 1_000)).toBe(false);
      expect(world.telemetry.credits).toEqual([{ credit: 120 }]);
      expect(world.simulator.stats().requests).toBe(1);
    },
  );

  it('is asked again after its interval', async () => {
    await using world = await createDelivery({
      account: { creditIntervalMs: 100 },
      provider: { credit: 120 },
    });
    await world.startWorker();
    await waitFor(() => world.telemetry.credits.length >= 3);
    expect((await storeOf(world).readings()).length).toBeGreaterThanOrEqual(2);
  });

  it('is not asked where the account says so', async () => {
    await using world = await createDelivery({ account: { creditIntervalMs: 0 } });
    await world.startWorker();
    await world.end((await world.send()).id);
    expect(world.simulator.stats().requests).toBe(1);
  });

  it('shows in the metrics, with what waited then', async () => {
    await using world = await createDelivery({ account: asking, provider: { credit: 120 } });
    await world.send({ text: 'x'.repeat(160), sendAt: Date.now() + 3_600_000 });
    await world.producer.sendMany([`+${numberAt(1)}`, `+${numberAt(2)}`], {
      campaign: 'later',
      text: 'Merhaba',
      sendAt: Date.now() + 3_600_000,
    });
    await world.startWorker();
    await waitFor(() => storeOf(world).read());
    const { redis, prefix } = world;
    const collect = createQueueSnapshot({ redis, prefix, accounts: ['acme'], now: Date.now });
    expect(await collect()).toMatchObject([{ creditLeft: 120, waitingParts: 3 }]);
  });

  it('that is not told leaves the last word for a while, and is told of', async () => {
    await using world = await createDelivery({ account: asking });
    world.simulator.faults.add({ kind: 'reply', code: '20', match: { on: 'account-query' } });
    await world.startWorker();
    await waitFor(() => world.telemetry.credits.length > 0);
    expect(world.telemetry.credits).toEqual([{ why: '20' }]);
    expect(await storeOf(world).read()).toBeUndefined();
  });
});

describe('what waits', () => {
  it('is estimated from a sample where much waits, and exact where little does', async () => {
    await using world = await createDelivery();
    const jobs = Array.from({ length: 200 }, (_, n) => ({
      name: 'bulk',
      data: sendJob({ to: [numberAt(n), numberAt(n + 1)], parts: 4, lane: 'bulk' }),
      opts: { priority: 100 },
    }));
    await world.queue.addBulk(jobs.slice(0, 20));
    expect(await readWaiting(world.redis, placeOf(world))).toEqual({
      jobs: 20,
      messages: 40,
      parts: 80,
      isEstimate: false,
    });
    await world.queue.addBulk(jobs.slice(20));
    expect(await readWaiting(world.redis, placeOf(world))).toEqual({
      jobs: 200,
      messages: 400,
      parts: 800,
      isEstimate: true,
    });
  });
});

describe('a hold for want of credit', () => {
  it.each(['xml', 'web-service'] as const)(
    'asks for the credit over %s and spends no message, until there is some',
    async (surface) => {
      await using world = await createDelivery({
        account: { ...quick, surface },
        provider: { credit: 0 },
      });
      await world.startWorker();
      const { id } = await world.send();
      await world.held({ reason: 'no-credit', credit: 0 });
      const asked = world.telemetry.credits.length;
      await waitFor(() => world.telemetry.credits.length >= asked + 2);
      expect(refusedForCredit(world)).toBe(1);
      world.simulator.topUp('acme', 50);
      const ended = await world.end(id);
      expect(ended.way).toEqual(['refused 11 hold', 'accepted 00 complete']);
      expect(refusedForCredit(world)).toBe(1);
    },
  );

  it('ends when there is credit, also where nothing waits', async () => {
    await using world = await createDelivery({ account: quick, provider: { credit: 0 } });
    await world.startWorker();
    const { id } = await world.send();
    await world.held({ reason: 'no-credit', credit: 0 });
    await (await world.queue.getJob(id))?.remove();
    world.simulator.topUp('acme', 50);
    await world.held({ reason: 'no-credit', mode: 'resuming' });
  });

  it('lets a canary go where JetSMS does not tell the credit', async () => {
    await using world = await createDelivery({ account: quick, provider: { credit: 0 } });
    world.simulator.faults.add({ kind: 'status', status: 500, match: { on: 'account-query' } });
    await world.startWorker();
    const { id } = await world.send();
    await waitFor(() => refusedForCredit(world) >= 2);
    world.simulator.topUp('acme', 50);
    expect((await world.end(id)).way.at(-1)).toBe('accepted 00 complete');
  });

  it('lets canaries go where some credit is left, but too little for a message; and ends when there is more', async () => {
    await using world = await createDelivery({
      account: { ...quick, maxTextLength: 612 },
      provider: { credit: 1, maxTextLength: 612 },
    });
    await world.startWorker();
    const { id } = await world.send({ text: 'x'.repeat(306) });
    await world.held({ reason: 'no-credit', credit: 1 });
    await waitFor(() => refusedForCredit(world) >= 2);
    world.simulator.topUp('acme', 50);
    expect((await world.end(id)).way.at(-1)).toBe('accepted 00 complete');
  });

  it('asks once an interval, however many workers run', async () => {
    await using world = await createDelivery({
      account: { creditIntervalMs: 3_600_000, probeIntervalMs: 1_000 },
      provider: { credit: 0 },
    });
    await Promise.all([world.startWorker(), world.startWorker(), world.startWorker()]);
    await waitFor(() => storeOf(world).read());
    const startedAt = Date.now();
    await world.send();
    await world.held({ reason: 'no-credit', credit: 0 });
    const before = world.telemetry.credits.length;
    await waitFor(() => world.telemetry.credits.length >= before + 2);
    const intervals = Math.ceil((Date.now() - startedAt) / 1_000);
    expect(world.telemetry.credits.length - 1).toBeLessThanOrEqual(intervals + 1);
    expect(refusedForCredit(world)).toBe(1);
  });
});

describe('what lies in Redis instead of the credit', () => {
  const reading = { at: 1, credit: 120 };
  const state = {
    ...reading,
    waiting: { jobs: 1, messages: 1, parts: 1, isEstimate: false },
    forecast: { coversWaiting: true },
  };

  it.each<[string, unknown]>([
    ['no JSON', '{'],
    ['null', null],
    ['a number', 120],
    ['a credit of no form', { ...state, credit: 'all' }],
    ['a time of no form', { ...state, at: null }],
    ['nothing of what waits', { ...state, waiting: null }],
    ['a forecast of no form', { ...state, forecast: { coversWaiting: 'no' } }],
    ['an hour of no form', { ...state, forecast: { coversWaiting: true, hoursLeft: {} } }],
  ])('counts as none, and hides nothing else of the account: %s', async (_, value) => {
    await using world = await createDelivery();
    await world.send();
    const key = keys.credit(world.prefix, world.account.name);
    const raw = typeof value === 'string' ? value : JSON.stringify(value);
    await world.redis.set(key, raw);
    await world.redis.rpush(`${key}:readings`, JSON.stringify(reading), raw, '{"at":2,"credit":null}', '[]');
    expect(await storeOf(world).read()).toBeUndefined();
    const readings = await storeOf(world).readings();
    expect(readings.filter((one) => typeof one.credit !== 'number')).toEqual([]);
    expect(readings).toContainEqual(reading);
    const { redis, prefix, account } = world;
    const collect = createQueueSnapshot({ redis, prefix, accounts: [account.name], now: Date.now });
    const [snapshot] = await collect();
    expect(snapshot?.jobs.transactional).toMatchObject({ waiting: 1 });
    expect(snapshot).not.toHaveProperty('creditLeft');
  });

  it('is read where it is one', async () => {
    await using world = await createDelivery();
    await world.redis.set(keys.credit(world.prefix, world.account.name), JSON.stringify(state));
    expect(await storeOf(world).read()).toEqual(state);
  });

  it('leaves a waiting job that cannot be read out of the count of parts', async () => {
    await using world = await createDelivery();
    const { id } = await world.send();
    await world.send();
    await world.redis.hset(`${world.prefix}:${world.queue.name}:${id}`, 'data', '{"v":1,');
    expect(await readWaiting(world.redis, placeOf(world))).toMatchObject({ jobs: 2, parts: 2 });
  });

  it('leaves the age of a waiting job at 0 where its fields tell none', async () => {
    await using world = await createDelivery();
    const { id } = await world.send();
    const key = `${world.prefix}:${world.queue.name}:${id}`;
    const { redis, prefix, account } = world;
    const ages = async () => {
      const collect = createQueueSnapshot({ redis, prefix, accounts: [account.name], now: Date.now });
      return (await collect())[0]?.oldestWaitingMs.transactional;
    };
    for (const opts of ['null', '{', '{"delay":"long"}', '{"delay":1e300}']) {
      await redis.hset(key, { opts, progress: '{"history":[null],"notBefore":"never"}' });
      expect(await ages()).toBeLessThan(60_000);
    }
  });
});
