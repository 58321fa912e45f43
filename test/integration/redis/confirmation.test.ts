import { describe, expect, it } from 'vitest';
import { createProducer, type NewMessage, ProducerError } from '../../../src/producer/index.ts';
import { createDelivery } from '../../support/delivery.ts';
import { startRedis } from '../../support/redis.ts';
import { startRedisPair } from '../../support/redis-pair.ts';
import { waitFor } from '../../support/wait-for.ts';

const message: NewMessage = { to: '905321234567', text: 'Kodunuz 481516', title: 'ACME' };
const media = { contentType: 'image/png', data: new Uint8Array([1, 2, 3]) };
const accounts = { default: { title: 'ACME', surface: 'web-service' as const } };

/** What a call was refused with. */
const refusal = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'not refused',
    (error: unknown) => (error instanceof ProducerError ? `${error.code} ${error.mayBeStored}` : error),
  );

describe('a producer that waits for a replica', () => {
  it('resolves when the replica has what was stored', async () => {
    await using pair = await startRedisPair();
    await using producer = createProducer({ redis: pair.url, accounts, replicasToConfirm: 1 });
    const receipts = await Promise.all(Array.from({ length: 200 }, () => producer.send(message)));
    const replica = pair.second.client();
    const ids = new Set(receipts.map(({ id }) => id.replace(/\.\d+$/, '')));
    for (const id of ids) expect(await replica.exists(`{jetsms}:jetsms-default-transactional:${id}`)).toBe(1);
    const { id } = await producer.send({ ...message, sendAt: new Date(Date.now() + 3_600_000) });
    expect(await producer.cancel(id)).toBe('cancelled');
    await producer.sendMany(['905321234567'], { campaign: 'spring', text: 'Merhaba' });
    expect(await producer.setCampaign('spring', 'paused')).toBe(true);
    await producer.sendMms({ to: ['905321234567'], text: '', subject: 'x', media });
  });

  it('rejects where no replica is there, says that it may be stored, and confirms it under the same key later', async () => {
    await using pair = await startRedisPair();
    await using producer = createProducer({
      redis: pair.url,
      accounts,
      replicasToConfirm: 1,
      redisTimeoutMs: 400,
    });
    await producer.send(message);
    const replica = pair.second.client();
    await replica.replicaof('NO', 'ONE');
    await waitFor(async () => (await pair.first.client().info('replication')).includes('connected_slaves:0'));
    const keyed = { ...message, idempotencyKey: 'order 17' };
    expect(await refusal(producer.send(message))).toBe('REDIS_UNCONFIRMED true');
    expect(await refusal(producer.send(keyed))).toBe('REDIS_UNCONFIRMED true');
    expect(await refusal(producer.send(keyed))).toBe('REDIS_UNCONFIRMED true');
    expect(await refusal(producer.sendMany(['905321234567'], { campaign: 'spring', text: 'x' }))).toBe(
      'REDIS_UNCONFIRMED true',
    );
    await replica.replicaof('127.0.0.1', pair.first.port);
    const { duplicate } = await waitFor(() => producer.send(keyed), { limitMs: 10_000 });
    expect(duplicate).toBe(true);
    expect(await pair.first.client().llen('{jetsms}:jetsms-default-transactional:wait')).toBe(3);
  });

  it('does not hold many up one after the other where no replica is there', async () => {
    await using redis = await startRedis();
    await using producer = createProducer({ redis: redis.url, replicasToConfirm: 1, redisTimeoutMs: 600 });
    const sends = Array.from({ length: 50 }, (_, n) =>
      refusal(producer.send({ ...message, reference: `r${n}` })),
    );
    expect(new Set(await Promise.all(sends))).toEqual(new Set(['REDIS_UNCONFIRMED true']));
  }, 10_000);

  it('names what keeps Redis from asking its replicas', async () => {
    await using redis = await startRedis();
    const client = redis.client();
    await client.call('ACL', 'SETUSER', 'app', 'on', '>pw', '~*', '&*', '+@all', '-wait');
    const url = `redis://app:pw@127.0.0.1:${redis.port}`;
    await using producer = createProducer({ redis: url, replicasToConfirm: 1 });
    await expect(producer.send(message)).rejects.toMatchObject({
      code: 'REDIS_UNCONFIRMED',
      message: expect.stringContaining('NOPERM'),
    });
  });
});

describe('a worker that waits for a replica', () => {
  it('sends nothing while no replica has its mark, uses no attempt, and goes on when one is there', async () => {
    await using pair = await startRedisPair();
    await using world = await createDelivery({ redisUrl: pair.url, settings: { replicasToConfirm: 1 } });
    await world.startWorker();
    await world.end((await world.send()).id);
    const replica = pair.second.client();
    await replica.replicaof('NO', 'ONE');
    await waitFor(async () => (await pair.first.client().info('replication')).includes('connected_slaves:0'));
    const { id } = await world.send({ lane: 'otp', whenUncertain: 'park' });
    await waitFor(() => world.telemetry.unconfirmedJobs.length > 1, { limitMs: 10_000 });
    expect(world.simulator.stats().acceptedMessages).toBe(1);
    await replica.replicaof('127.0.0.1', pair.first.port);
    const { state, way } = await world.end(id, { limitMs: 15_000 });
    expect({ state, way: way.length }).toEqual({ state: 'completed', way: 1 });
    expect(world.simulator.stats().acceptedMessages).toBe(2);
  });
});
