import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createProducer, type NewMessage, ProducerError } from '../../../src/producer/index.ts';
import { freshPrefix, sharedRedisUrl, startRedis } from '../../support/redis.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import { waitFor } from '../../support/wait-for.ts';
import { captureCli } from '../../unit/cli/capture.ts';

const message: NewMessage = { to: '905321234567', text: 'Kodunuz 481516', title: 'ACME' };

/** This process does nothing else for so long, as in a busy app. */
function starve(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

const many = <T>(count: number, one: () => Promise<T>): Promise<T>[] => Array.from({ length: count }, one);

/** The longest turn of the event loop while `task` was under way, in milliseconds of this process' own work. */
async function longestTurn(task: Promise<unknown>): Promise<number> {
  let isOver = false;
  let longestMs = 0;
  const over = task.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    const before = process.cpuUsage();
    await nextTurn();
    const { user, system } = process.cpuUsage(before);
    longestMs = Math.max(longestMs, (user + system) / 1_000);
  }
  await over;
  return longestMs;
}

describe('many sends at once', () => {
  it('are all taken by a Redis that answers, though they take it longer than the limit', async () => {
    await using producer = createProducer({
      redis: sharedRedisUrl(),
      prefix: freshPrefix(),
      redisTimeoutMs: 300,
    });
    const began = performance.now();
    const receipts = await Promise.all(many(20_000, () => producer.send(message)));
    expect(new Set(receipts.map(({ id }) => id)).size).toBe(20_000);
    // Else this test would show nothing.
    expect(performance.now() - began).toBeGreaterThan(300);
  });

  it.each([
    ['that share jobs', {}],
    // Each waits for the connection by itself.
    ['that have a job each', { sendAt: Date.now() + 3_600_000 }],
  ])('%s do not stop the app while Redis refuses connections', async (_, change) => {
    await using producer = createProducer({ redis: 'redis://127.0.0.1:1', redisTimeoutMs: 300 });
    const settled = Promise.allSettled(many(20_000, () => producer.send({ ...message, ...change })));
    const longestMs = await longestTurn(settled);
    expect(longestMs).toBeLessThan(1_000);
    expect((await settled).every(({ status }) => status === 'rejected')).toBe(true);
  });

  it('are told by Redis that stands still which of them may be stored, and rightly so', async () => {
    await using redis = await startRedis();
    await using producer = createProducer({ redis: redis.url, redisTimeoutMs: 300 });
    await producer.send(message);
    redis.freeze();
    const outcomes = await Promise.all(
      many(3_000, () => producer.send(message).catch((error: unknown) => error)),
    );
    redis.thaw();
    const errors = outcomes.filter((outcome) => outcome instanceof ProducerError);
    expect(errors).toHaveLength(3_000);
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['REDIS_UNAVAILABLE']));
    const client = redis.client();
    // What lay in the connection is stored before this is.
    await producer.send(message);
    const exists = await Promise.all(
      errors.map(({ messageId }) =>
        client.exists(`{jetsms}:jetsms-default-transactional:${messageId?.replace(/\.\d+$/, '')}`),
      ),
    );
    const storedThoughDenied = errors.filter(({ mayBeStored }, index) => exists[index] === 1 && !mayBeStored);
    expect(storedThoughDenied).toEqual([]);
    expect(errors.filter(({ mayBeStored }) => mayBeStored).length).toBeLessThanOrEqual(1_000);
  });
});

describe('a connection that breaks off', () => {
  // The lane's queue had a question of its own to Redis, and was dead for as long as the app lived.
  it('under the first send of a lane keeps neither that one nor later ones of the lane from being stored', async () => {
    await using redis = await startRedis();
    await using road = await startTcpProxy({ port: redis.port });
    await using producer = createProducer({ redis: `redis://${road.host}:${road.port}` });
    await producer.send(message);
    road.stall('down');
    const { up } = road.counters();
    const first = producer.send({ ...message, lane: 'otp', idempotencyKey: 'login 17' });
    await waitFor(() => road.counters().up > up);
    road.cut();
    road.resume();
    expect(await first).toMatchObject({ lane: 'otp', duplicate: false });
    expect(await producer.send({ ...message, lane: 'otp' })).toMatchObject({ duplicate: false });
    expect(await redis.client().llen('{jetsms}:jetsms-default-otp:wait')).toBe(2);
  });
});

describe('a change of a campaign whose answer is lost', () => {
  it('may be done, says so, and is made again without harm', async () => {
    await using redis = await startRedis();
    await using road = await startTcpProxy({ port: redis.port });
    const options = { accounts: { default: { title: 'ACME' } }, redisTimeoutMs: 300 };
    await using producer = createProducer({ ...options, redis: `redis://${road.host}:${road.port}` });
    await producer.sendMany(['905321234567'], { campaign: 'sale', text: 'Merhaba' });
    road.stall('down');
    await expect(producer.setCampaign('sale', 'cancelled')).rejects.toMatchObject({
      code: 'REDIS_UNAVAILABLE',
      mayBeStored: true,
      message: expect.stringContaining('may or may not be done'),
    });
    road.resume();
    await waitFor(() => producer.setCampaign('sale', 'cancelled').catch(() => false));
    expect(await producer.campaign('sale')).toMatchObject({ state: 'cancelled' });
  });

  it('was not done where Redis could not be reached', async () => {
    await using producer = createProducer({ redis: 'redis://127.0.0.1:1', redisTimeoutMs: 300 });
    await expect(producer.setCampaign('sale', 'cancelled')).rejects.toMatchObject({
      code: 'REDIS_UNAVAILABLE',
      mayBeStored: false,
    });
  });
});

describe('an app that stands still', () => {
  it('does not lose a message that Redis has answered meanwhile', async () => {
    await using producer = createProducer({
      redis: sharedRedisUrl(),
      prefix: freshPrefix(),
      redisTimeoutMs: 200,
    });
    await producer.send(message);
    const sends = many(500, () => producer.send(message));
    await nextTurn();
    starve(1_000);
    expect((await Promise.all(sends)).every(({ duplicate }) => !duplicate)).toBe(true);
  });

  it('again and again, does not either', async () => {
    await using producer = createProducer({
      redis: sharedRedisUrl(),
      prefix: freshPrefix(),
      redisTimeoutMs: 200,
    });
    await producer.send(message);
    const sends = Promise.all(many(3_000, () => producer.send(message)));
    for (let n = 0; n < 6; n += 1) {
      starve(250);
      await nextTurn();
    }
    expect(await sends).toHaveLength(3_000);
  });
});

describe('a Redis that listens on a socket', () => {
  it.each([
    ['its path', (path: string) => path],
    ['its path and a database', (path: string) => `${path}?db=3`],
    ['a unix:// address', (path: string) => `unix://${path}`],
    ['a redis+unix:// address', (path: string) => `redis+unix://${path}`],
  ])('is reached by %s, from a producer and from jetsms send', async (_, addressOf) => {
    const dir = await mkdtemp(join(tmpdir(), 'jetsms-socket-'));
    const path = join(dir, 'redis.sock');
    await using redis = await startRedis({ args: ['--unixsocket', path] });
    const address = addressOf(path);
    await using producer = createProducer({ redis: address });
    await producer.send(message);
    const sent = await captureCli(['send', '--to', '905321234567', '--text', 'Merhaba', '--title', 'ACME'], {
      env: { JETSMS_REDIS_URL: address },
    });
    expect(sent).toMatchObject({ exitCode: 0, err: [] });
    const client = redis.client({ db: address.endsWith('?db=3') ? 3 : 0 });
    expect(await client.llen('{jetsms}:jetsms-default-transactional:wait')).toBe(2);
    await rm(dir, { recursive: true });
  });
});
