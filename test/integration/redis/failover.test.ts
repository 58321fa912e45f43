import { afterEach, describe, expect, it } from 'vitest';
import { createProducer, type NewMessage } from '../../../src/producer/index.ts';
import { openOperatorRedis, whenReady } from '../../../src/queue/redis.ts';
import { createDelivery } from '../../support/delivery.ts';
import { startRedisPair } from '../../support/redis-pair.ts';
import { waitFor } from '../../support/wait-for.ts';

const message: NewMessage = { to: '905321234567', text: 'Kodunuz 481516', title: 'ACME' };

const warnings: string[] = [];
const listen = (warning: Error): void => void warnings.push(warning.message);
process.on('warning', listen);
afterEach(() => expect(warnings).toEqual([]));

describe('a failover behind one address, while the old connections stay open', () => {
  it('costs a producer no message', async () => {
    await using pair = await startRedisPair();
    await using producer = createProducer({ redis: pair.url });
    await producer.send(message);
    await pair.failOver();
    const { id } = await producer.send(message);
    expect(await pair.second.client().exists(`{jetsms}:jetsms-default-transactional:${id}`)).toBe(1);
  });

  it('costs a producer none of thousands of sends at once', async () => {
    await using pair = await startRedisPair();
    await using producer = createProducer({ redis: pair.url });
    await producer.send(message);
    await pair.failOver();
    const receipts = await Promise.all(Array.from({ length: 5_000 }, () => producer.send(message)));
    expect(new Set(receipts.map(({ id }) => id)).size).toBe(5_000);
    const client = pair.second.client();
    const ids = await client.lrange('{jetsms}:jetsms-default-transactional:wait', 0, -1);
    const jobs = await Promise.all(
      ids.map((id) => client.hget(`{jetsms}:jetsms-default-transactional:${id}`, 'data')),
    );
    expect(jobs.flatMap((data) => JSON.parse(data ?? '{}').to)).toHaveLength(5_001);
  });

  it('is told as a refusal while the address still leads to the old primary, and is over with it', async () => {
    await using pair = await startRedisPair();
    await using producer = createProducer({ redis: pair.url, redisTimeoutMs: 300 });
    await producer.send(message);
    const point = await pair.turn();
    await expect(producer.send(message)).rejects.toMatchObject({
      code: 'REDIS_REFUSED',
      reason: 'READONLY',
      mayBeStored: false,
    });
    point();
    await waitFor(() => producer.send(message));
    expect(await pair.second.client().llen('{jetsms}:jetsms-default-transactional:wait')).toBe(2);
  });

  it('reaches campaigns and media too', async () => {
    await using pair = await startRedisPair();
    const accounts = { default: { title: 'ACME', surface: 'web-service' as const } };
    await using producer = createProducer({ redis: pair.url, accounts });
    await producer.sendMany(['905321234567'], { campaign: 'before', text: 'Merhaba' });
    await pair.failOver();
    await producer.sendMany(['905321234567'], { campaign: 'after', text: 'Merhaba' });
    expect(await producer.campaign('after')).toMatchObject({ messages: 1 });
    expect(await producer.setCampaign('before', 'paused')).toBe(true);
    const media = { contentType: 'image/png', data: new Uint8Array([1, 2, 3]) };
    const mms = await producer.sendMms({ to: ['905321234567'], text: '', subject: 'x', media });
    expect(mms.messages).toBe(1);
  });

  it('does not keep a worker from delivering what comes after it, nor what it had in hand', async () => {
    await using pair = await startRedisPair();
    await using world = await createDelivery({ redisUrl: pair.url });
    const worker = await world.startWorker();
    world.simulator.setLatency({ minMs: 30, maxMs: 30 });
    const before = await world.sendMany(50);
    await waitFor(() => world.simulator.stats().requests > 0);
    await pair.failOver();
    const after = await world.sendMany(50);
    const ends = await Promise.all([...before, ...after].map((id) => world.end(id, { limitMs: 15_000 })));
    expect(ends.map(({ state }) => state)).toEqual(Array.from({ length: 100 }, () => 'completed'));
    expect(world.simulator.stats().acceptedMessages).toBe(100);
    expect(worker.redis.status).toBe('ready');
  });

  it('is found out where the old primary is gone without a word, by producer and worker', async () => {
    await using pair = await startRedisPair();
    await using world = await createDelivery({ redisUrl: pair.url });
    await world.startWorker();
    await world.end((await world.send()).id);
    await pair.vanish();
    await waitFor(() => world.send({ idempotencyKey: 'order 17' }), { limitMs: 10_000 });
    await waitFor(() => world.simulator.stats().acceptedMessages === 2, { limitMs: 25_000 });
  }, 60_000);

  it('is found out where the old primary is gone without a word, by an operator', async () => {
    await using pair = await startRedisPair();
    const redis = openOperatorRedis(pair.url, 500);
    redis.on('error', () => {});
    await whenReady(redis, 5_000);
    await pair.vanish();
    await waitFor(() => redis.set('after', '1'), { limitMs: 10_000 });
    expect(await pair.second.client().get('after')).toBe('1');
    redis.disconnect();
  });

  it('leaves no idle worker waiting at the old primary', async () => {
    await using pair = await startRedisPair();
    await using world = await createDelivery({ redisUrl: pair.url });
    await world.startWorker();
    const { id: first } = await world.send();
    await world.end(first);
    await pair.failOver();
    const { id } = await world.send();
    expect(await world.end(id, { limitMs: 8_000 })).toMatchObject({ state: 'completed' });
  });
});
