import { inspect } from 'node:util';
import type { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AccountQueues, openAccountQueues } from '../../src/bullmq/account-queues.ts';
import { createProducer, type NewMessage, type Producer, ProducerError } from '../../src/producer/index.ts';
import type { ProducerOptions } from '../../src/producer/options.ts';
import { claimText, parseClaim } from '../../src/queue/claims.ts';
import { keys } from '../../src/queue/names.ts';
import { messageIdAt } from '../../src/queue/send-job.ts';
import { createDelivery, numberAt } from '../support/delivery.ts';
import { freshPrefix, sharedRedisUrl, startRedis } from '../support/redis.ts';
import { waitFor } from '../support/wait-for.ts';

const number = '905321234567';
const text = 'Kodunuz 481516';
const message: NewMessage = { to: number, text, title: 'ACME' };

const redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
let prefix: string;
/** That of lane transactional, and of others. */
let queue: Queue;
let queues: AccountQueues;
let producer: Producer;

beforeEach(() => {
  prefix = freshPrefix();
  queues = openAccountQueues(redis, { prefix, account: 'default' }, () => {});
  queue = queues.of('transactional');
  producer = createProducer({ redis: sharedRedisUrl(), prefix, idempotencyWindowMs: 60_000 });
});
afterEach(async () => {
  await producer.close();
  await queues.close();
});
afterAll(() => redis.disconnect());

async function refusal(send: Promise<unknown>): Promise<ProducerError> {
  try {
    await send;
  } catch (error) {
    if (error instanceof ProducerError) return error;
    throw error;
  }
  throw new Error('the message was taken');
}

/** The ids of all messages that wait in lane transactional. */
async function storedMessages(): Promise<readonly string[]> {
  const jobs = await queue.getJobs(['waiting']);
  return jobs.flatMap((job) =>
    job.data.to.map((_: string, index: number) => messageIdAt(job.id ?? '', job.data, index)),
  );
}

/** The ids of those of them that had their key used before. */
async function lostMessages(): Promise<readonly string[]> {
  const jobs = await queue.getJobs(['waiting']);
  const lost = await Promise.all(
    jobs.map(async ({ id = '', data }) => {
      const text = await redis.hget(keys.record(prefix, queue.name, id), 'lost');
      const indices: number[] = text === null ? [] : JSON.parse(text);
      return indices.map((index) => messageIdAt(id, data, Math.max(0, index)));
    }),
  );
  return lost.flat();
}

/** How long something took, in milliseconds. */
async function took(what: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await what();
  return performance.now() - began;
}

describe('send', () => {
  it('resolves when Redis has stored the job, complete and versioned', async () => {
    const before = Date.now();
    const receipt = await producer.send({ ...message, to: '0532 123 45 67' });
    const job = await queue.getJob(receipt.id);
    expect(receipt).toMatchObject({ account: 'default', lane: 'transactional', parts: 1, duplicate: false });
    expect(job?.data).toEqual({
      v: 1,
      account: 'default',
      lane: 'transactional',
      title: 'ACME',
      to: [number],
      text,
      whenUncertain: 'ask',
      parts: 1,
      enqueuedAt: expect.any(Number),
      deadlineAt: receipt.deadlineAt,
    });
    expect(job?.data.enqueuedAt).toBeGreaterThanOrEqual(before);
    expect(receipt.deadlineAt).toBe(job?.data.enqueuedAt + 24 * 3_600_000);
    expect(await job?.getState()).toBe('waiting');
  });

  it('gives every message an id of its own', async () => {
    const receipts = await Promise.all(Array.from({ length: 50 }, () => producer.send(message)));
    expect(new Set(receipts.map(({ id }) => id)).size).toBe(50);
    expect((await storedMessages()).length).toBe(50);
  });

  it('refuses a message that is not fit to be sent, and stores nothing', async () => {
    await expect(producer.send({ ...message, to: '0212 123 45 67' })).rejects.toMatchObject({
      code: 'NUMBER_NOT_MOBILE',
    });
    await expect(producer.send(undefined as unknown as NewMessage)).rejects.toMatchObject({
      code: 'MESSAGE_INVALID',
    });
    expect(await queue.getJobCountByTypes('waiting', 'delayed')).toBe(0);
  });

  it.each(['shop', 'constructor', ''])(
    'refuses the unknown account %j and names the known ones',
    async (account) => {
      const error = await refusal(producer.send({ ...message, account }));
      expect(error.code).toBe('ACCOUNT_UNKNOWN');
      expect(error.message).toContain('Known accounts: default.');
    },
  );

  it('keeps a scheduled message back until its time', async () => {
    const sendAt = Date.now() + 3_600_000;
    const { id, deadlineAt } = await producer.send({ ...message, sendAt });
    const job = await queue.getJob(id);
    expect(await job?.getState()).toBe('delayed');
    expect(Math.abs((job?.timestamp ?? 0) + (job?.delay ?? 0) - sendAt)).toBeLessThan(1_000);
    expect(deadlineAt).toBe(sendAt + 24 * 3_600_000);
  });

  it('takes lengths of time, by the clock of Redis, and the same ones again as the same', async () => {
    const call = { ...message, sendAt: { in: '2h' }, deadline: '10m', idempotencyKey: 'soon' };
    const { id, sendAt, deadlineAt } = await producer.send(call);
    const job = await queue.getJob(id);
    expect(sendAt).toBe(job?.data.enqueuedAt + 2 * 3_600_000);
    expect(deadlineAt).toBe(sendAt + 600_000);
    expect(await producer.send(call)).toMatchObject({ id, duplicate: true });
    const other = await refusal(producer.send({ ...call, sendAt: { in: '3h' } }));
    expect(other).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT', fields: ['sendAt', 'deadline'] });
  });

  it('is refused after close, and close can be called again', async () => {
    await producer.close();
    await producer.close();
    expect((await refusal(producer.send(message))).code).toBe('PRODUCER_CLOSED');
  });

  it('is finished by a close that comes while it is under way', async () => {
    const sends = Array.from({ length: 100 }, () => producer.send(message));
    await producer.close();
    const receipts = await Promise.all(sends);
    expect(receipts).toHaveLength(100);
    expect((await storedMessages()).length).toBe(100);
  });
});

describe('an idempotency key', () => {
  const keyed: NewMessage = { ...message, idempotencyKey: 'order 17' };

  it('with the same content gives the first id, and stores nothing more', async () => {
    const first = await producer.send(keyed);
    const second = await producer.send({ ...keyed, to: '+90 (532) 123 45 67' });
    expect(first.duplicate).toBe(false);
    expect(second).toMatchObject({ id: first.id, duplicate: true });
    expect(await queue.getJobCountByTypes('waiting')).toBe(1);
  });

  it('works across producers, and when both send at once', async () => {
    await using other = createProducer({ redis: sharedRedisUrl(), prefix });
    const receipts = await Promise.all([producer.send(keyed), other.send(keyed), producer.send(keyed)]);
    expect(new Set(receipts.map(({ id }) => id)).size).toBe(1);
    expect(receipts.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
  });

  it.each<[string, Partial<NewMessage>, string]>([
    ['another text', { text: 'Kodunuz 999999' }, 'text'],
    ['another number', { to: '905331234567' }, 'to'],
    ['another title', { title: 'OTHER' }, 'title'],
    ['another lane', { lane: 'otp' }, 'lane'],
    ['another choice for an uncertain end', { whenUncertain: 'resend' }, 'whenUncertain'],
    ['another time', { sendAt: Date.now() + 7_200_000 }, 'sendAt'],
    ['another deadline', { deadline: Date.now() + 7_200_000 }, 'deadline'],
  ])('with %s is refused, and the first message stays as it is', async (_, change, field) => {
    const first = await producer.send(keyed);
    const error = await refusal(producer.send({ ...keyed, ...change }));
    expect(error).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT', messageId: first.id, fields: [field] });
    expect(error.message).toContain(`It differs in: ${field}.`);
    expect((await queue.getJob(first.id))?.data).toMatchObject({ to: [number], text });
    expect(await queue.getJobCountByTypes('waiting')).toBe(1);
  });

  it.each<[string, (key: string) => Promise<unknown>]>([
    ['gone', (key) => redis.del(key)],
    ['no longer readable', (key) => redis.hset(key, 'data', '{"v":1')],
  ])('is remembered when its job is %s, with all that was stored', async (_, spoil) => {
    const first = await producer.send(keyed);
    await spoil(queue.toKey(first.id));
    expect(await producer.send(keyed)).toEqual({ ...first, duplicate: true });
    const error = await refusal(producer.send({ ...keyed, text: 'Kodunuz 999999', lane: 'otp' }));
    const expected = { code: 'IDEMPOTENCY_CONFLICT', messageId: first.id, fields: ['text', 'lane'] };
    expect(error).toMatchObject(expected);
  });

  it.each(['', 'nobody of ours', 'm1 x tp 1 1', '{"v":1}'])(
    'under which something else lies is refused: %j',
    async (strange) => {
      const first = await producer.send(keyed);
      const [claim = ''] = await redis.keys(`${prefix.replace(/[{}]/g, '?')}:claim:default:*`);
      await redis.set(claim, strange);
      expect((await refusal(producer.send(keyed))).code).toBe('IDEMPOTENCY_CONFLICT');
      expect(await storedMessages()).toEqual([first.id]);
    },
  );

  it('that comes several times at once is one message, whichever job each call went in', async () => {
    await using other = createProducer({ redis: sharedRedisUrl(), prefix });
    const calls = Array.from({ length: 120 }, (_, n) => ({
      ...message,
      to: String(905_320_000_000 + (n % 40)),
      idempotencyKey: `order ${n % 40}`,
    }));
    const receipts = await Promise.all(calls.map((call, n) => (n % 3 === 0 ? other : producer).send(call)));
    for (let n = 0; n < 40; n += 1) {
      const same = receipts.filter((_, at) => at % 40 === n);
      expect(new Set(same.map(({ id }) => id)).size).toBe(1);
      expect(same.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    }
    const [ids, lost] = [await storedMessages(), await lostMessages()];
    expect(ids.filter((id) => !lost.includes(id)).toSorted()).toEqual(
      [...new Set(receipts.map(({ id }) => id))].toSorted(),
    );
  });

  it('is not taken where Redis refuses the job, and can be used afterwards', async () => {
    await using server = await startRedis();
    await using live = createProducer({ redis: server.url });
    await live.send(message);
    await server.client().call('CONFIG', 'SET', 'maxmemory', '1');
    const error = await refusal(live.send(keyed));
    expect(error).toMatchObject({ code: 'REDIS_REFUSED', reason: 'OOM', mayBeStored: false });
    await server.client().call('CONFIG', 'SET', 'maxmemory', '0');
    expect(await live.send(keyed)).toMatchObject({ duplicate: false });
  });

  it.each(['zadd', 'hmset', 'xadd', 'lpush', 'exists', 'multi', '@transaction'])(
    'is not taken where a missing right to %s breaks the storing off, and can be used once it is there',
    async (command) => {
      await using server = await startRedis();
      const acl = (rule: string) =>
        server.client().call('ACL', 'SETUSER', 'app', 'on', '>pw', '~*', '&*', '+@all', rule);
      await acl(`-${command}`);
      const url = new URL(server.url);
      url.username = 'app';
      url.password = 'pw';
      await using live = createProducer({ redis: url.href });
      await refusal(live.send(keyed));
      await acl(`+${command}`);
      const receipt = await live.send(keyed);
      expect(receipt.duplicate).toBe(false);
      const names = await server.client().lrange('{jetsms}:jetsms-default-transactional:wait', 0, -1);
      expect(names).toEqual([receipt.id]);
    },
  );

  it('may be used again after its window, and gives a new id', async () => {
    await using brief = createProducer({ redis: sharedRedisUrl(), prefix, idempotencyWindowMs: 150 });
    const first = await brief.send(keyed);
    expect(await brief.send(keyed)).toMatchObject({ id: first.id });
    const again = await waitFor(async () => {
      const receipt = await brief.send(keyed);
      return !receipt.duplicate && receipt;
    });
    expect(again.id).not.toBe(first.id);
    expect(await queue.getJobCountByTypes('waiting')).toBe(2);
  });

  it('is one thing per account', async () => {
    await using two = createProducer({ redis: sharedRedisUrl(), prefix, accounts: { a: {}, b: {} } });
    const ids = await Promise.all(['a', 'b'].map((account) => two.send({ ...keyed, account })));
    expect(ids.map(({ duplicate }) => duplicate)).toEqual([false, false]);
  });
});

describe('a repeated call', () => {
  const hour = 3_600_000;
  const day = 24 * hour;
  const keyed: NewMessage = { ...message, idempotencyKey: 'order 17' };

  /** Stores a message as if that had been so long ago. */
  async function sendAgo(agoMs: number, change: Partial<NewMessage>) {
    const { id } = await producer.send({ ...keyed, ...change });
    const [key = ''] = await redis.keys(`${prefix.replace(/[{}]/g, '?')}:claim:default:*`);
    const claimed = parseClaim((await redis.get(key)) ?? '');
    if (!claimed) throw new Error('no claim');
    const { enqueuedAt, sendAt, deadlineAt } = claimed;
    const earlier = {
      enqueuedAt: enqueuedAt - agoMs,
      sendAt: sendAt - agoMs,
      deadlineAt: deadlineAt - agoMs,
    };
    await redis.set(key, claimText({ ...claimed, ...earlier }), 'KEEPTTL');
    return { id, ...earlier };
  }

  it('gets a receipt of what is stored, and not of what it leaves to the defaults', async () => {
    const sendAt = Date.now() + hour;
    const stated = { lane: 'otp', sendAt, deadline: sendAt + hour } as const;
    const first = await producer.send({ ...keyed, ...stated });
    expect(first).toMatchObject({ lane: 'otp', sendAt, deadlineAt: sendAt + hour, duplicate: false });
    expect(await producer.send(keyed)).toEqual({ ...first, duplicate: true });
  });

  it('may write the same times in another way', async () => {
    const sendAt = Date.now() + hour;
    const first = await producer.send({ ...keyed, sendAt, deadline: new Date(sendAt + hour) });
    const written = { sendAt: new Date(sendAt).toISOString(), deadline: sendAt + hour };
    expect(await producer.send({ ...keyed, ...written })).toEqual({ ...first, duplicate: true });
  });

  it('may compute its times from the clock anew, days later', async () => {
    const times = () => ({ sendAt: Date.now() + hour, deadline: Date.now() + 2 * hour });
    const first = await sendAgo(2 * day, times());
    const { id, sendAt, deadlineAt } = first;
    expect(await producer.send({ ...keyed, ...times() })).toMatchObject({
      id,
      sendAt,
      deadlineAt,
      duplicate: true,
    });
  });

  it('is a conflict with a time that is neither the same nor as far away as before', async () => {
    const { id } = await sendAgo(2 * day, { deadline: Date.now() + hour });
    const error = await refusal(producer.send({ ...keyed, deadline: Date.now() + 2 * hour }));
    expect(error).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT', messageId: id, fields: ['deadline'] });
  });

  it('gets its receipt also after its times have passed', async () => {
    const first = await sendAgo(2 * day, { sendAt: Date.now() + hour, deadline: Date.now() + 2 * hour });
    const { id, sendAt, deadlineAt } = first;
    const expected = { id, sendAt, deadlineAt, duplicate: true };
    expect(await producer.send({ ...keyed, sendAt, deadline: deadlineAt })).toMatchObject(expected);
    expect(await producer.send({ ...keyed, deadline: deadlineAt })).toMatchObject(expected);
    const error = await refusal(producer.send({ ...keyed, deadline: deadlineAt - hour }));
    expect(error).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT', fields: ['deadline'] });
    expect(await queue.getJobCountByTypes('waiting', 'delayed')).toBe(1);
  });

  it.each<[string, Partial<NewMessage>]>([
    ['SCHEDULE_PAST', { sendAt: Date.now() - hour }],
    ['DEADLINE_PAST', { deadline: Date.now() - hour }],
  ])('is refused with %s where nothing was stored before, with a key or without', async (code, times) => {
    await expect(producer.send({ ...keyed, ...times })).rejects.toMatchObject({ code });
    await producer.send(message);
    await expect(producer.send({ ...message, ...times })).rejects.toMatchObject({ code });
  });
});

describe('without Redis', () => {
  const options = (redisUrl: string): ProducerOptions => ({ redis: redisUrl, redisTimeoutMs: 400 });

  it('a send fails fast at start, and works when Redis has come', async () => {
    await using server = await startRedis();
    await server.kill();
    await using away = createProducer(options(server.url));
    const ms = await took(async () => {
      expect((await refusal(away.send(message))).code).toBe('REDIS_UNAVAILABLE');
    });
    expect(ms).toBeLessThan(1_000);
    await server.restart();
    const receipt = await waitFor(() => away.send(message));
    expect(receipt.duplicate).toBe(false);
  });

  it('a send takes no longer than about a second by default', async () => {
    await using away = createProducer({ redis: 'redis://127.0.0.1:1' });
    const ms = await took(() => refusal(away.send(message)));
    expect(ms).toBeLessThan(1_500);
    expect(await took(() => away.close())).toBeLessThan(500);
  });

  it('a send fails fast when Redis goes away later, and works when it is back', async () => {
    await using server = await startRedis();
    await using live = createProducer(options(server.url));
    await live.send(message);
    await server.kill();
    for (let n = 0; n < 2; n += 1) {
      const ms = await took(async () => {
        expect((await refusal(live.send(message))).code).toBe('REDIS_UNAVAILABLE');
      });
      expect(ms).toBeLessThan(1_000);
    }
    await server.restart();
    await waitFor(() => live.send(message));
  });

  it('a send fails fast while Redis is frozen, and works after the thaw; the key keeps it from texting twice', async () => {
    await using server = await startRedis();
    await using live = createProducer(options(server.url));
    const keyed = { ...message, idempotencyKey: 'order 18' };
    await live.send(message);
    server.freeze();
    const ms = await took(async () => {
      expect((await refusal(live.send(keyed))).code).toBe('REDIS_UNAVAILABLE');
    });
    expect(ms).toBeLessThan(1_000);
    server.thaw();
    // The message was stored after all: its command lay in the connection.
    const receipt = await waitFor(() => live.send(keyed));
    expect(receipt.duplicate).toBe(true);
  });

  it('many sends at once fail without a warning of the runtime', async () => {
    const warnings: string[] = [];
    const listen = (warning: Error): void => void warnings.push(warning.name);
    process.on('warning', listen);
    await using away = createProducer({ redis: 'redis://127.0.0.1:1', redisTimeoutMs: 200 });
    const sends = await Promise.allSettled(Array.from({ length: 50 }, () => away.send(message)));
    process.off('warning', listen);
    expect(sends.every(({ status }) => status === 'rejected')).toBe(true);
    expect(warnings).toEqual([]);
  });

  it('a close does not wait', async () => {
    await using server = await startRedis();
    const live = createProducer(options(server.url));
    await live.send(message);
    server.freeze();
    const send = refusal(live.send(message));
    expect(await took(() => live.close())).toBeLessThan(1_000);
    expect((await send).code).toBe('REDIS_UNAVAILABLE');
  });

  it('an error knows the id of a message that may be stored, and tells none of one that is not', async () => {
    await using away = createProducer(options('redis://127.0.0.1:1'));
    expect((await refusal(away.send(message))).messageId).toBeUndefined();
    await using server = await startRedis();
    await using live = createProducer(options(server.url));
    await live.send(message);
    server.freeze();
    expect((await refusal(live.send(message))).messageId).toMatch(/^m[0-9a-z]{20}$/);
  });
});

describe('no error of a send', () => {
  it('holds the number or the text, in no property, cause or stack', async () => {
    await using server = await startRedis();
    await using live = createProducer({ redis: server.url, redisTimeoutMs: 200 });
    const keyed = { ...message, idempotencyKey: `${number} ${text}` };
    await live.send(keyed);
    const errors: unknown[] = [];
    const collect = (error: unknown): void => void errors.push(error);
    await live.send({ ...keyed, text: `${text} x` }).catch(collect);
    await live.send({ ...message, title: undefined } as unknown as NewMessage).catch(collect);
    await live.send({ ...message, account: number }).catch(collect);
    await live.send({ ...message, [number]: 1 } as NewMessage).catch(collect);
    server.freeze();
    await live.send(message).catch(collect);
    server.thaw();
    await server.client().call('CONFIG', 'SET', 'maxmemory', '1');
    await waitFor(async () => (await refusal(live.send(message))).message);
    await live.send(message).catch(collect);
    await server.kill();
    await live.send(message).catch(collect);
    expect(errors).toHaveLength(7);
    for (const error of errors) {
      const everything = inspect(error, { depth: 10, showHidden: true, maxStringLength: null });
      expect(everything).not.toContain(number.slice(2));
      expect(everything).not.toContain('481516');
    }
  });
});

describe('together with a worker', () => {
  it('a scheduled message is not delivered before its time', async () => {
    await using world = await createDelivery();
    await world.startWorker();
    const sendAt = Date.now() + 400;
    const { id } = await world.send({ sendAt });
    const ended = await world.end(id);
    expect(ended.journal.history[0]?.at).toBeGreaterThanOrEqual(sendAt);
  });

  it('an OTP overtakes 2,000 bulk messages', async () => {
    await using world = await createDelivery({
      account: { connections: 4, connectionsForOtp: 1, concurrency: 8 },
    });
    world.simulator.setLatency({ minMs: 2, maxMs: 2 });
    await world.sendMany(2_000, { lane: 'bulk' });
    await world.startWorker();
    await world.simulator.waitForAccepted(20, 5_000);
    await world.send({ to: `+${numberAt(9_999)}`, lane: 'otp' });
    const otp = () => world.simulator.accepted.findIndex(({ to }) => to === numberAt(9_999));
    await waitFor(() => otp() >= 0);
    expect(otp()).toBeLessThan(500);
    expect(await world.queueOf('bulk').getJobCountByTypes('waiting')).toBeGreaterThan(500);
  });

  it('each lane is taken though the others wait for the one connection, the most urgent first', async () => {
    await using world = await createDelivery({
      account: { connections: 1, connectionsForOtp: 0, batchSize: 1, batchWaitMs: 0 },
    });
    world.simulator.setLatency({ minMs: 50, maxMs: 50 });
    await world.send({ lane: 'bulk', text: 'first' });
    await world.startWorker();
    await waitFor(() => world.simulator.stats().requests === 1);
    for (const lane of ['bulk', 'transactional', 'otp'] as const)
      await world.sendMany(2, { lane, text: lane });
    await world.simulator.waitForAccepted(7, 5_000);
    const order = world.simulator.accepted.map((accepted) => accepted.text);
    expect(order.filter((lane) => lane === 'otp')).toHaveLength(2);
    expect(order.slice(-2)).toEqual(['bulk', 'bulk']);
  });
});
