import { describe, expect, it } from 'vitest';
import { openDeadLetters } from '../../../src/operator/dead-letters.ts';
import { holdAccount, resumeAccount } from '../../../src/operator/hold-operations.ts';
import { createProducer } from '../../../src/producer/index.ts';
import { dayOf, endedKey } from '../../../src/queue/ended-state.ts';
import { eventField, parseEventEntry } from '../../../src/queue/event-entry.ts';
import { emptyJournal, type Journal } from '../../../src/queue/journal.ts';
import { keys } from '../../../src/queue/names.ts';
import type { SendJob } from '../../../src/queue/send-job.ts';
import { createDelivery, type DeliveryWorld, numberAt } from '../../support/delivery.ts';
import { recordsAt } from '../../support/job-records.ts';
import { sendJob } from '../../support/send-job.ts';
import { waitFor } from '../../support/wait-for.ts';

const hour = 3_600_000;

const stateOf = async ({ producer }: DeliveryWorld, id: string) => (await producer.status(id)).state;

const subscribe = ({ redis, prefix, account }: DeliveryWorld): Promise<unknown> =>
  redis.xgroup('CREATE', keys.events(prefix, account.name), 'test', '0', 'MKSTREAM');

async function eventsOf({ redis, prefix, account }: DeliveryWorld) {
  const entries = await redis.xrange(keys.events(prefix, account.name), '-', '+');
  return entries.map(([, [field, text = '']]) => (field === eventField ? parseEventEntry(text) : undefined));
}

/** A campaign of texts of their own, which share one job; gives the messages' ids. */
async function campaignOf(world: DeliveryWorld, count: number): Promise<readonly string[]> {
  const to = Array.from({ length: count }, (_, n) => ({ to: `+${numberAt(n)}`, text: `Merhaba ${n}` }));
  await world.producer.sendMany(to, { campaign: 'spring' });
  const [job] = await world.queueOf('bulk').getJobs(['waiting', 'prioritized']);
  return to.map((_, n) => `${job?.id}.${n}`);
}

const numbersSent = ({ simulator }: DeliveryWorld): readonly string[] =>
  simulator.accepted.map(({ to }) => to).toSorted();

describe('a message that waits', () => {
  it('is called off for good: told, kept, and never sent, and its job is gone', async () => {
    await using world = await createDelivery();
    await subscribe(world);
    const { id } = await world.send({ idempotencyKey: 'order 17', meta: { order: 17 } });
    expect(await world.producer.cancel(id)).toBe('cancelled');
    expect(await world.producer.cancel(id)).toBe('cancelled');
    expect(await world.producer.status(id)).toMatchObject({
      state: 'cancelled',
      reason: 'cancelled',
      meaning: 'it was called off',
      key: 'order 17',
      meta: { order: 17 },
      attempts: 0,
      to: '+90*****67',
    });
    expect(await eventsOf(world)).toMatchObject([
      { type: 'message.cancelled', job: id, n: 1, ids: [id], keys: ['order 17'], meta: [{ order: 17 }] },
    ]);
    expect(await world.queue.getJob(id)).toBeUndefined();
    await world.startWorker();
    const next = await world.send({ to: `+${numberAt(2)}` });
    await world.end(next.id);
    expect(numbersSent(world)).toEqual([numberAt(2)]);
    expect(await world.letters()).toEqual([]);
  });

  it('keeps its idempotency key: sending it again sends nothing', async () => {
    await using world = await createDelivery();
    const { id } = await world.send({ idempotencyKey: 'order 17' });
    await world.producer.cancel(id);
    expect(await world.send({ idempotencyKey: 'order 17' })).toMatchObject({ id, duplicate: true });
    expect(await world.producer.status({ idempotencyKey: 'order 17' })).toMatchObject({ state: 'cancelled' });
  });

  it('is called off also where its time has not come, its deadline has passed, or its account is held', async () => {
    await using world = await createDelivery();
    const place = { prefix: world.prefix, account: world.account.name };
    await holdAccount(world.redis, { ...place, by: 'test', note: '' });
    const scheduled = await world.send({ sendAt: Date.now() + hour });
    await world.enqueue('old', sendJob({ account: world.account.name, deadlineAt: Date.now() - 1_000 }));
    const held = await world.send();
    for (const id of [scheduled.id, 'old', held.id])
      expect(await world.producer.cancel(id)).toBe('cancelled');
    await resumeAccount(world.redis, place);
    await world.startWorker();
    await world.end((await world.send({ to: `+${numberAt(9)}` })).id);
    expect(numbersSent(world)).toEqual([numberAt(9)]);
    expect(await world.letters()).toEqual([]);
  });

  it('is not forgotten sooner, nor are others, where an app remembers for less long than the workers', async () => {
    await using world = await createDelivery();
    const place = { prefix: world.prefix, account: world.account.name };
    await using producer = createProducer({
      redis: world.settings.redisUrl,
      prefix: world.prefix,
      accounts: { [world.account.name]: world.account },
      keepStatusMs: 1_000,
    });
    const { id } = await world.send();
    const key = endedKey(place, id, dayOf(Date.now()));
    await world.redis.hset(key, 'other', 'x');
    await world.redis.pexpire(key, 30 * 24 * hour);
    expect(await producer.cancel(id)).toBe('cancelled');
    expect(await world.redis.pttl(key)).toBeGreaterThan(29 * 24 * hour);
  });

  it('is unknown where no such message was stored', async () => {
    await using world = await createDelivery();
    expect(await world.producer.cancel('m00000000000000000000')).toBe('unknown');
    const { id } = await world.send();
    expect(await world.producer.cancel(`${id}.0`)).toBe('unknown');
    expect(await world.producer.cancel(`${id}.1`)).toBe('unknown');
  });

  it('stays called off where nothing is remembered of ends', async () => {
    await using world = await createDelivery({ settings: { keepStatusMs: 0 } });
    const { name } = world.account;
    await using producer = createProducer({
      redis: world.settings.redisUrl,
      prefix: world.prefix,
      accounts: { [name]: world.account },
      keepStatusMs: 0,
    });
    const { id } = await world.send();
    expect([await producer.cancel(id), await producer.cancel(id)]).toEqual(['cancelled', 'cancelled']);
    const [one = ''] = await world.sendTogether(3);
    expect([await producer.cancel(one), await producer.cancel(one)]).toEqual(['cancelled', 'cancelled']);
  });
});

describe('one message of several', () => {
  it('is called off alone: of joined sends, the others are sent', async () => {
    await using world = await createDelivery();
    const ids = await world.sendTogether(5);
    expect(await world.producer.cancel(ids[3] ?? '')).toBe('cancelled');
    await world.startWorker();
    await Promise.all(ids.filter((_, n) => n !== 3).map((id) => world.end(id)));
    expect(numbersSent(world)).toEqual([0, 1, 2, 4].map(numberAt));
    const states = (await world.producer.statuses(ids)).map(({ state }) => state);
    expect(states).toEqual(ids.map((_, n) => (n === 3 ? 'cancelled' : 'accepted')));
  });

  it('is called off alone: of a campaign, which counts it, whatever becomes of the others', async () => {
    await using world = await createDelivery();
    await subscribe(world);
    world.simulator.faults.add({ kind: 'reply', code: '80', match: { to: numberAt(5) } });
    const ids = await campaignOf(world, 8);
    expect(await world.producer.cancel(ids[2] ?? '')).toBe('cancelled');
    expect(await world.producer.cancel(ids[2] ?? '')).toBe('cancelled');
    expect(await world.producer.campaign('spring')).toMatchObject({ waiting: 7, dead: { cancelled: 1 } });
    await world.startWorker();
    await waitFor(async () => (await world.producer.campaign('spring'))?.waiting === 0);
    expect(await world.producer.campaign('spring')).toMatchObject({
      accepted: 6,
      dead: { cancelled: 1, '80': 1 },
    });
    expect((await world.producer.statuses(ids)).map(({ id, state }) => [id, state])).toEqual(
      ids.map((id, n) => [id, { 2: 'cancelled', 5: 'dead' }[n] ?? 'accepted']),
    );
    expect(numbersSent(world)).toEqual([0, 1, 3, 4, 6, 7].map(numberAt));
    const told = (await eventsOf(world)).flatMap((event) =>
      event && 'ids' in event ? (event.ids ?? []) : [],
    );
    expect(told.toSorted()).toEqual([...ids].toSorted());
  });

  it('leaves nothing of a job whose messages are all called off', async () => {
    await using world = await createDelivery();
    const ids = await campaignOf(world, 3);
    for (const id of ids) expect(await world.producer.cancel(id)).toBe('cancelled');
    expect(await world.queueOf('bulk').getJobCounts()).toMatchObject({ waiting: 0, prioritized: 0 });
    expect((await world.producer.statuses(ids)).map(({ state }) => state)).toEqual(
      ids.map(() => 'cancelled'),
    );
  });

  it('is called off with the others by the id of an MMS to many', async () => {
    await using world = await createDelivery({ account: { surface: 'web-service' } });
    const media = { contentType: 'image/png', data: new Uint8Array([1, 2, 3]) };
    const to = [`+${numberAt(1)}`, `+${numberAt(2)}`];
    const { id } = await world.producer.sendMms({ to, subject: '', media, meta: { order: 17 } });
    expect(await world.producer.status(id)).toMatchObject({ state: 'waiting', messages: 2 });
    expect(await world.producer.cancel(`${id}.1`)).toBe('cancelled');
    expect(await world.producer.cancel(id)).toBe('cancelled');
    expect(await world.producer.cancel(id)).toBe('cancelled');
    expect(await world.producer.status(id)).toMatchObject({ state: 'cancelled', messages: 2 });
    expect(await world.producer.status(`${id}.0`)).toMatchObject({ state: 'cancelled', meta: { order: 17 } });
  });
});

describe('it is too late', () => {
  it('while a request is under way, whether it leaves a mark or not, and after the end', async () => {
    await using world = await createDelivery();
    world.simulator.faults.add({ kind: 'latency', latencyMs: 1_500, times: 2 });
    const ids = [
      (await world.send({ whenUncertain: 'park' })).id,
      (await world.send({ to: `+${numberAt(1)}`, whenUncertain: 'resend' })).id,
    ];
    await world.startWorker();
    for (const id of ids) {
      await waitFor(async () => (await stateOf(world, id)) === 'sending');
      expect(await world.producer.cancel(id)).toBe('too-late');
    }
    await Promise.all(ids.map((id) => world.end(id)));
    for (const id of ids) expect(await world.producer.cancel(id)).toBe('too-late');
    expect(await world.producer.statuses(ids)).toMatchObject([{ state: 'accepted' }, { state: 'accepted' }]);
  });

  it.each<[string, Partial<SendJob>, Partial<Journal>]>([
    ['a request has no answer yet', {}, { sending: { at: 1, worker: 'w1' } }],
    ['it is sent again after one without an answer', {}, { attempts: 1, resends: 1 }],
    ['its job was divided after such a request', { before: { attempts: 1, resends: 1 } }, {}],
    [
      'JetSMS is asked about one',
      {},
      { asking: { since: 1, cause: 'reply-timeout', until: 2, asked: 0 } } as Partial<Journal>,
    ],
  ])('where %s', async (_, change, journal) => {
    await using world = await createDelivery();
    const job = sendJob({ account: world.account.name, ...change });
    await world.enqueue('m1', job, { ...emptyJournal, ...journal });
    expect(await world.producer.cancel('m1')).toBe('too-late');
  });

  it.each([
    ['cancelled', {}],
    ['too-late', { mayHaveArrived: true }],
  ] as const)('or not where it was called off with its campaign: %s after %j', async (answer, more) => {
    await using world = await createDelivery();
    const job = sendJob({ account: world.account.name, campaign: 'spring' });
    const settled = { end: 'dead', at: Date.now(), reason: 'cancelled', ...more } as const;
    await world.enqueue('m1', job, { ...emptyJournal, settled });
    expect(await world.producer.cancel('m1')).toBe(answer);
    const records = recordsAt(world.redis, { prefix: world.prefix, account: world.account.name });
    const written = { ...emptyJournal, settled };
    await world.redis.del(keys.record(world.prefix, world.queue.name, 'm1'));
    await records.write([{ id: 'm1', job, run: 1, journal: written, isMarked: false }]);
    expect(await world.producer.status('m1')).toMatchObject({ state: 'cancelled', ...more });
    expect(await world.producer.cancel('m1')).toBe(answer);
  });

  it('where its worker died after it had begun a request', async () => {
    await using world = await createDelivery();
    await world.enqueue('m1', sendJob({ account: world.account.name, whenUncertain: 'resend' }));
    await world.redis.hset(keys.record(world.prefix, world.queue.name, 'm1'), 'run', 1, 'begun', '1');
    expect(await world.producer.cancel('m1')).toBe('too-late');
  });

  it('not between two attempts, where JetSMS has refused the first', async () => {
    await using world = await createDelivery({ random: () => 0.99 });
    await subscribe(world);
    world.simulator.faults.add({ kind: 'reply', code: '90', text: 'XML null' });
    const { id } = await world.send();
    await world.startWorker();
    await waitFor(async () => {
      const { state, attempts } = await world.producer.status(id);
      return state === 'waiting' && attempts === 1;
    });
    expect(await world.producer.cancel(id)).toBe('cancelled');
    expect(await world.producer.status(id)).toMatchObject({ state: 'cancelled', attempts: 1 });
    expect(await eventsOf(world)).toMatchObject([{ type: 'message.cancelled' }]);
  });
});

describe('a message whose job is being divided', () => {
  /** A joined job that JetSMS has refused as a whole, whose worker died before it made the pieces. */
  const dividing = (world: DeliveryWorld): [SendJob, Journal] => {
    const to = [numberAt(0), numberAt(1), numberAt(2)];
    const job = sendJob({ account: world.account.name, to, text: ['a', 'b', 'c'], joined: true, parts: 3 });
    const pieces = to.map((_, n) => {
      const ranges: [number, number][] = [[n, n + 1]];
      return { fate: 'again', ranges, delayMs: 0, attempts: 1, resends: 0 } as const;
    });
    return [job, { ...emptyJournal, attempts: 1, settled: { end: 'split', at: Date.now(), pieces } }];
  };

  it('is called off before its piece is there: the piece never travels, the others do', async () => {
    await using world = await createDelivery();
    await subscribe(world);
    await world.enqueue('m1', ...dividing(world));
    expect(await stateOf(world, 'm1.1')).toBe('waiting');
    expect(await world.producer.cancel('m1.1')).toBe('cancelled');
    expect(await world.producer.cancel('m1.1')).toBe('cancelled');
    await world.startWorker();
    await Promise.all(['m1.0', 'm1.2'].map((id) => world.end(id)));
    await waitFor(async () => (await world.queue.getJob('m1.1'))?.finishedOn !== undefined);
    expect((await world.queue.getJob('m1.1'))?.returnvalue).toEqual({ end: 'cancelled' });
    expect(numbersSent(world)).toEqual([numberAt(0), numberAt(2)]);
    expect(await stateOf(world, 'm1.1')).toBe('cancelled');
    const cancelled = (await eventsOf(world)).filter((event) => event?.type === 'message.cancelled');
    expect(cancelled).toHaveLength(1);
  });

  it('is called off in a piece of pieces, where its siblings go on', async () => {
    await using world = await createDelivery({ account: { batchSize: 10 } });
    world.simulator.faults.add({ kind: 'reply', code: '80', match: { to: numberAt(1) }, times: 1 });
    const ids = await campaignOf(world, 8);
    const worker = await world.startWorker();
    await waitFor(async () => (await world.producer.campaign('spring'))?.waiting === 0);
    await worker.close();
    expect((await world.producer.statuses(ids)).every(({ state }) => state === 'accepted')).toBe(true);
    for (const id of ids) expect(await world.producer.cancel(id)).toBe('too-late');
  });
});

describe('a replayed message', () => {
  it('is called off by its first id, as its newest replay, unless it may have arrived before', async () => {
    await using world = await createDelivery();
    world.simulator.faults.add({ kind: 'reply', code: '80', times: 1 });
    world.simulator.faults.add({ kind: 'accept-then-reset', times: 1, match: { to: numberAt(2) } });
    const refused = (await world.send()).id;
    const worker = await world.startWorker();
    await world.end(refused);
    const uncertain = (await world.send({ to: `+${numberAt(2)}`, whenUncertain: 'park' })).id;
    await world.end(uncertain);
    await worker.close();
    for (const id of [refused, uncertain]) expect(await world.producer.cancel(id)).toBe('too-late');
    await using letters = openDeadLetters({
      redis: world.redis,
      prefix: world.prefix,
      account: world.account.name,
    });
    await letters.replay({ ids: [refused, uncertain] }, { includeUncertain: true });
    expect(await world.producer.cancel(refused)).toBe('cancelled');
    expect(await world.producer.status(refused)).toMatchObject({
      state: 'cancelled',
      replayedAs: `${refused}.r1`,
    });
    expect(await world.producer.cancel(uncertain)).toBe('too-late');
  });
});
