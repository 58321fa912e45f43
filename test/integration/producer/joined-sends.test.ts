import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AccountQueues, openAccountQueues } from '../../../src/bullmq/account-queues.ts';
import { lanes } from '../../../src/message/lane.ts';
import {
  createProducer,
  type NewMessage,
  type Producer,
  ProducerError,
  type SendReceipt,
} from '../../../src/producer/index.ts';
import { deadlineAtOf, messageIdAt, type SendJob, textAt } from '../../../src/queue/send-job.ts';
import { createDelivery, numberAt } from '../../support/delivery.ts';
import { freshPrefix, sharedRedisUrl, startRedis } from '../../support/redis.ts';
import { waitFor } from '../../support/wait-for.ts';

const hour = 3_600_000;
const minute = 60_000;
const redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
afterAll(() => redis.disconnect());

let prefix: string;
let queues: AccountQueues;
let producer: Producer;

beforeEach(async () => {
  prefix = freshPrefix();
  queues = openAccountQueues(redis, { prefix, account: 'default' }, () => {});
  producer = createProducer({ redis: sharedRedisUrl(), prefix });
});
afterEach(async () => {
  await producer.close();
  await queues.close();
});

const message = (n: number, change: Partial<NewMessage> = {}): NewMessage => ({
  to: numberAt(n),
  text: `text ${n}`,
  title: 'ACME',
  ...change,
});

interface Stored {
  readonly id: string;
  readonly job: SendJob;
}

/** All send jobs that are stored, whatever their lane and time. */
async function storedJobs(): Promise<readonly Stored[]> {
  const found = await Promise.all(
    lanes.map((lane) => queues.of(lane).getJobs(['waiting', 'prioritized', 'delayed'])),
  );
  return found.flat().map(({ id = '', data }) => ({ id, job: data }));
}

/** Every message that is stored, as it lies in its job. */
const messagesIn = (jobs: readonly Stored[]) =>
  jobs.flatMap(({ id, job }) =>
    job.to.map((to, index) => ({
      id: messageIdAt(id, job, index),
      to,
      text: textAt(job, index),
      deadlineAt: deadlineAtOf(job, index),
    })),
  );

const byText = <T extends { readonly text?: unknown }>(list: readonly T[]): readonly T[] =>
  list.toSorted((one, other) => String(one.text).localeCompare(String(other.text)));

async function refusalOf(send: Promise<unknown>): Promise<ProducerError> {
  const thrown = await send.then(
    () => new Error('the message was taken'),
    (error: unknown) => error,
  );
  if (thrown instanceof ProducerError) return thrown;
  throw thrown;
}

describe('sends that come one after the other', () => {
  it('are written at once, each in a job of its own under its own id', async () => {
    const receipts: SendReceipt[] = [];
    for (let n = 0; n < 3; n += 1) receipts.push(await producer.send(message(n)));
    const jobs = await storedJobs();
    expect(jobs.map(({ id }) => id).toSorted()).toEqual(receipts.map(({ id }) => id).toSorted());
    for (const { job } of jobs) {
      expect(job.to).toHaveLength(1);
      expect(job).not.toHaveProperty('joined');
      expect(typeof job.text).toBe('string');
    }
  });
});

describe('sends that come while others are written', () => {
  it('share jobs of at most 100, each with its own id, text, deadline and receipt', async () => {
    const from = Math.ceil((Date.now() + hour) / minute) * minute;
    const wishes = Array.from({ length: 252 }, (_, n) =>
      message(n, {
        deadline: from + (n % 60) * 1_000,
        ...(n % 5 ? {} : { text: `${n} ${'x'.repeat(200)}` }),
      }),
    );
    const accounts = { default: { maxTextLength: 306 } } as const;
    await using long = createProducer({ redis: sharedRedisUrl(), prefix, accounts });
    const receipts = await Promise.all(wishes.map((wish) => long.send(wish)));
    const jobs = await storedJobs();
    expect(jobs.map(({ job }) => job.to.length).toSorted((a, b) => a - b)).toEqual([1, 51, 100, 100]);
    for (const { job } of jobs) expect(job.joined).toBe(job.to.length > 1 ? true : undefined);
    expect(byText(messagesIn(jobs))).toEqual(
      byText(
        wishes.map(({ to, text, deadline }, n) => ({ id: receipts[n]?.id, to, text, deadlineAt: deadline })),
      ),
    );
    for (const [n, receipt] of receipts.entries())
      expect(receipt).toMatchObject({
        account: 'default',
        lane: 'transactional',
        parts: n % 5 ? 1 : 2,
        deadlineAt: wishes[n]?.deadline,
        duplicate: false,
      });
    const parts = jobs.reduce((sum, { job }) => sum + job.parts, 0);
    expect(parts).toBe(receipts.reduce((sum, receipt) => sum + receipt.parts, 0));
  });

  it('are each in Redis when their receipt comes', async () => {
    const found = await Promise.all(
      Array.from({ length: 120 }, async (_, n) => {
        const { id } = await producer.send(message(n));
        return queues.of('transactional').getJobState(id.replace(/\.\d+$/, ''));
      }),
    );
    expect(new Set(found)).toEqual(new Set(['waiting']));
  });

  it.each<[string, Partial<NewMessage>, (job: SendJob) => unknown]>([
    ['lanes', { lane: 'otp' }, ({ lane }) => lane],
    ['titles', { title: 'OTHER' }, ({ title }) => title],
    ['choices for an uncertain end', { whenUncertain: 'resend' }, ({ whenUncertain }) => whenUncertain],
    [
      'minutes of their deadlines',
      { deadline: Math.ceil(Date.now() / minute) * minute + 2 * hour },
      ({ deadlineAt }) => Math.floor(deadlineAt / minute),
    ],
  ])('do not share a job with those of other %s', async (_, change, kindOf) => {
    const deadline = Math.ceil(Date.now() / minute) * minute + hour;
    const sends = Array.from({ length: 40 }, (_, n) =>
      producer.send(message(n, { deadline, ...(n % 2 ? change : {}) })),
    );
    await Promise.all(sends);
    const jobs = await storedJobs();
    expect(messagesIn(jobs)).toHaveLength(40);
    // One that was written by itself, and one of all the others, of each kind.
    expect(jobs.map(({ job }) => job.to.length).toSorted((a, b) => a - b)).toEqual([1, 1, 19, 19]);
    const odd = new Set(
      jobs.filter(({ job }) => /[13579]$/.test(textAt(job, 0))).map(({ job }) => kindOf(job)),
    );
    const even = new Set(
      jobs.filter(({ job }) => /[02468]$/.test(textAt(job, 0))).map(({ job }) => kindOf(job)),
    );
    expect([odd.size, even.size]).toEqual([1, 1]);
    for (const { job } of jobs)
      expect(new Set(job.to.map((_, index) => Number(textAt(job, index).slice(5)) % 2)).size).toBe(1);
  });

  it('do not share a job with those that have no idempotency key, where they have one', async () => {
    await producer.send(message(99, { idempotencyKey: 'first' }));
    await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        producer.send(message(n, n % 2 ? { idempotencyKey: `order ${n}` } : {})),
      ),
    );
    for (const { job } of await storedJobs())
      expect(new Set(job.to.map((_, index) => Number(textAt(job, index).slice(5)) % 2)).size).toBe(1);
  });

  it('have a job of their own where they are scheduled', async () => {
    const sendAt = Date.now() + hour;
    const sends = Array.from({ length: 20 }, (_, n) => producer.send(message(n, n % 2 ? { sendAt } : {})));
    const receipts = await Promise.all(sends);
    const delayed = await queues.of('transactional').getJobs(['delayed']);
    expect(delayed.map(({ id }) => id).toSorted()).toEqual(
      receipts.flatMap(({ id }, n) => (n % 2 ? [id] : [])).toSorted(),
    );
  });

  it('are told each its own id where Redis is silent, and that id is the message', async () => {
    await using server = await startRedis();
    await using live = createProducer({ redis: server.url, redisTimeoutMs: 300 });
    await live.send(message(99));
    server.freeze();
    const errors = await Promise.all(Array.from({ length: 6 }, (_, n) => refusalOf(live.send(message(n)))));
    server.thaw();
    // What lay in the connection is stored before this is.
    await live.send(message(98));
    for (const [n, { code, mayBeStored, messageId = '' }] of errors.entries()) {
      expect({ code, mayBeStored }).toEqual({ code: 'REDIS_UNAVAILABLE', mayBeStored: true });
      const [, job = '', index = '0'] = /^(\w+)(?:\.(\d+))?$/.exec(messageId) ?? [];
      const key = `{jetsms}:jetsms-default-transactional:${job}`;
      const data: SendJob = JSON.parse((await server.client().hget(key, 'data')) ?? 'null');
      expect([data.to[Number(index)], messageIdAt(job, data, Number(index))]).toEqual([
        numberAt(n),
        messageId,
      ]);
    }
  });

  it('are accepted as one request, and end each under its own id', async () => {
    await using world = await createDelivery();
    const ids = await world.sendTogether(30);
    await world.startWorker();
    for (const id of ids) expect(await world.end(id)).toMatchObject({ state: 'completed' });
    expect(world.simulator.accepted.map(({ to }) => to).toSorted()).toEqual(
      Array.from({ length: 30 }, (_, n) => numberAt(n)).toSorted(),
    );
    expect(world.simulator.stats().requests).toBeLessThanOrEqual(3);
  });
});

describe('one idempotency key', () => {
  const keyed = (n: number, change: Partial<NewMessage> = {}): NewMessage =>
    message(n, { idempotencyKey: `order ${n}`, ...change });

  it('in two batches, twice in one, and in two producers at once, is one message and one receipt', async () => {
    await using world = await createDelivery();
    await using other = createProducer({
      redis: sharedRedisUrl(),
      prefix: world.prefix,
      accounts: { acme: world.account },
    });
    const send = (by: Producer, n: number): Promise<SendReceipt> => by.send(keyed(n, { account: 'acme' }));
    // Both know the secret, and need not ask for it.
    await Promise.all([send(other, 500), send(world.producer, 501)]);
    const first = Array.from({ length: 102 }, (_, n) => send(world.producer, n));
    const inTheNext = Array.from({ length: 30 }, (_, n) => send(world.producer, n));
    const twiceInOne = [200, 200, 200, 201, 201].map((n) => send(world.producer, n));
    const elsewhere = Array.from({ length: 102 }, (_, n) => send(other, n));
    const keyOf = [...first.keys(), ...inTheNext.keys(), ...[200, 200, 200, 201, 201], ...elsewhere.keys()];
    const receipts = await Promise.all([...first, ...inTheNext, ...twiceInOne, ...elsewhere]);
    const winners = new Map(
      receipts.flatMap((receipt, at) => (receipt.duplicate ? [] : [[keyOf[at], receipt] as const])),
    );
    expect(winners.size).toBe(104);
    expect(receipts.filter(({ duplicate }) => !duplicate)).toHaveLength(104);
    for (const [at, receipt] of receipts.entries()) {
      const winner = winners.get(keyOf[at]);
      expect(receipt).toEqual({ ...winner, duplicate: receipt.duplicate });
    }
    await world.startWorker();
    const drained = async (): Promise<boolean> => {
      const counts = await world.queue.getJobCounts('waiting', 'active', 'delayed');
      return Object.values(counts).every((count) => count === 0);
    };
    await waitFor(drained, { limitMs: 15_000 });
    expect(world.simulator.accepted.map(({ to }) => to).toSorted()).toEqual(
      [...winners.keys(), 500, 501].map((n) => numberAt(n ?? -1)).toSorted(),
    );
    expect(await world.letters()).toEqual([]);

    // Long after, when nothing is left of the jobs and of what was recorded of them.
    await world.queue.obliterate({ force: true });
    const records = await world.redis.keys(`${world.prefix.replace(/[{}]/g, '?')}:record:*`);
    if (records.length > 0) await world.redis.del(records);
    for (const n of [0, 57, 101, 200, 201])
      expect(await send(other, n)).toEqual({ ...winners.get(n), duplicate: true });
    await waitFor(drained);
    expect(world.simulator.accepted).toHaveLength(106);
    expect(await world.letters()).toEqual([]);
  });

  it.each<[string, Partial<NewMessage>, string, (readonly number[])?]>([
    ['another lane', { lane: 'otp' }, 'lane'],
    ['another time', { sendAt: Date.now() + 2 * hour }, 'sendAt'],
    ['another deadline', { deadline: Date.now() + 2 * hour }, 'deadline'],
    ['another text', { text: 'other' }, 'text', [0, 7]],
    ['another number', { to: numberAt(777) }, 'to', [0, 7]],
    ['another title', { title: 'OTHER' }, 'title'],
    ['another choice for an uncertain end', { whenUncertain: 'resend' }, 'whenUncertain'],
  ])(
    'with %s at the same moment is a conflict, which costs no other message of its batch',
    async (_, change, field, again = [0]) => {
      await producer.send(keyed(900));
      // The first is written at once; the others share a job, with the conflicts of their kind.
      const sends = Array.from({ length: 10 }, (_one, n) => producer.send(keyed(n)));
      const conflicts = again.map((n) => refusalOf(producer.send(keyed(n, change))));
      const others = Array.from({ length: 10 }, (_one, n) => producer.send(keyed(20 + n)));
      const receipts = await Promise.all([...sends, ...others]);
      expect(receipts.every(({ duplicate }) => !duplicate)).toBe(true);
      for (const [index, error] of (await Promise.all(conflicts)).entries())
        expect(error).toMatchObject({
          code: 'IDEMPOTENCY_CONFLICT',
          messageId: receipts[again[index] ?? -1]?.id,
          fields: [field],
        });
    },
  );

  it('with several things changed names all of them', async () => {
    await producer.send(keyed(1));
    const error = await refusalOf(
      producer.send(keyed(1, { lane: 'bulk', text: 'other', to: numberAt(2), title: 'OTHER' })),
    );
    expect(error.code).toBe('IDEMPOTENCY_CONFLICT');
    expect(error.fields.toSorted()).toEqual(['lane', 'text', 'title', 'to']);
  });
});

describe('a job and its claims', () => {
  it('are there together or not at all where Redis is full, and the keys can be used afterwards', async () => {
    await using server = await startRedis();
    await using live = createProducer({ redis: server.url, redisTimeoutMs: 400 });
    const client = server.client();
    const keyed = (n: number): NewMessage => message(n, { idempotencyKey: `order ${n}` });
    // The connection has sent its scripts, of jobs of one message and of several.
    await Promise.all(Array.from({ length: 6 }, (_, n) => live.send(keyed(100 + n))));
    const contents = async (): Promise<readonly string[]> => (await client.keys('*')).toSorted();
    const before = await contents();
    await client.config('SET', 'maxmemory', '1');
    const refusals = await Promise.all(Array.from({ length: 20 }, (_, n) => refusalOf(live.send(keyed(n)))));
    for (const error of refusals)
      expect(error).toMatchObject({ code: 'REDIS_REFUSED', reason: 'OOM', mayBeStored: false });
    expect(await contents()).toEqual(before);
    await client.config('SET', 'maxmemory', '0');
    const receipts = await Promise.all(Array.from({ length: 20 }, (_, n) => live.send(keyed(n))));
    expect(receipts.every(({ duplicate }) => !duplicate)).toBe(true);
    const again = await Promise.all(Array.from({ length: 20 }, (_, n) => live.send(keyed(n))));
    expect(again).toEqual(receipts.map((receipt) => ({ ...receipt, duplicate: true })));
  });

  it('are so from the first send on, where the scripts have never been sent', async () => {
    await using server = await startRedis();
    const client = server.client();
    // Its secret is there already; nothing else is.
    await using early = createProducer({ redis: server.url });
    await early.send(message(1, { idempotencyKey: 'early' }));
    await client.config('SET', 'maxmemory', '1');
    await using live = createProducer({ redis: server.url, redisTimeoutMs: 400 });
    const keyed = (n: number): NewMessage => message(n, { idempotencyKey: `order ${n}` });
    const before = (await client.keys('*')).toSorted();
    for (let round = 0; round < 2; round += 1) {
      const refusals = await Promise.all(Array.from({ length: 6 }, (_, n) => refusalOf(live.send(keyed(n)))));
      for (const error of refusals)
        expect(error).toMatchObject({ code: 'REDIS_REFUSED', reason: 'OOM', mayBeStored: false });
    }
    expect((await client.keys('*')).toSorted()).toEqual(before);
    await client.config('SET', 'maxmemory', '0');
    const receipts = await Promise.all(Array.from({ length: 6 }, (_, n) => live.send(keyed(n))));
    expect(receipts.every(({ duplicate }) => !duplicate)).toBe(true);
  });
});
