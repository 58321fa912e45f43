import { Redis } from 'ioredis';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createProducer, type NewMessage } from '../../../src/producer/index.ts';
import { parseClaim } from '../../../src/queue/claims.ts';
import { keys } from '../../../src/queue/names.ts';
import { secretReader } from '../../../src/queue/secret.ts';
import { freshPrefix, sharedRedisUrl, startRedis } from '../../support/redis.ts';
import { waitFor } from '../../support/wait-for.ts';

const message: NewMessage = {
  to: '905321234567',
  text: 'Kodunuz 481516',
  title: 'ACME',
  idempotencyKey: 'order 17',
};

const redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
afterAll(() => redis.disconnect());

let prefix: string;
beforeEach(() => {
  prefix = freshPrefix();
});

/** A reader whose clock stands still until it is moved. */
function reader(): { readonly read: () => Promise<string>; readonly wait: (ms: number) => void } {
  let nowMs = 0;
  return {
    read: secretReader(redis, prefix, () => nowMs).read,
    wait: (ms) => {
      nowMs += ms;
    },
  };
}

describe('the secret of an installation', () => {
  it('is made once, however many need it first at the same time, and lies in Redis', async () => {
    const clients = Array.from({ length: 8 }, () => new Redis(sharedRedisUrl()));
    const secrets = await Promise.all(clients.map((client) => secretReader(client, prefix).read()));
    for (const client of clients) client.disconnect();
    expect(new Set(secrets).size).toBe(1);
    expect(secrets[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(await redis.get(keys.secret(prefix))).toBe(secrets[0]);
  });

  it('is another for each prefix', async () => {
    const first = await reader().read();
    prefix = freshPrefix();
    expect(await reader().read()).not.toBe(first);
  });

  it('is not read again for each message, and read again after ten seconds', async () => {
    const { read, wait } = reader();
    const first = await read();
    await redis.set(keys.secret(prefix), 'b'.repeat(64));
    wait(9_999);
    expect(await read()).toBe(first);
    wait(1);
    expect(await read()).toBe('b'.repeat(64));
  });

  it('is put back by a process that knows it where Redis has lost it', async () => {
    const { read, wait } = reader();
    const first = await read();
    await redis.del(keys.secret(prefix));
    wait(10_000);
    expect(await read()).toBe(first);
    expect(await reader().read()).toBe(first);
  });

  it('is read again after something was wrong with it', async () => {
    await redis.set(keys.secret(prefix), '');
    const { read } = reader();
    await expect(read()).rejects.toThrow(/is not the secret/);
    await redis.del(keys.secret(prefix));
    expect(await read()).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is read from a Redis that takes no writes', async () => {
    await using server = await startRedis();
    const client = server.client();
    const first = await secretReader(client, prefix).read();
    await client.config('SET', 'maxmemory', '1');
    expect(await secretReader(client, prefix).read()).toBe(first);
    await expect(secretReader(client, freshPrefix()).read()).rejects.toThrow(/OOM/);
  });

  it('survives, in a producer that runs on, a Redis that comes back empty', async () => {
    await using server = await startRedis();
    await using producer = createProducer({ redis: server.url, redisTimeoutMs: 400 });
    /** What the one key is remembered under, and as: its name and the content are made with the secret. */
    const nameAndContent = async (): Promise<readonly (string | undefined)[]> => {
      const [name = '', ...others] = await server.client().keys('{jetsms}:claim:*');
      expect(others).toEqual([]);
      return [name, parseClaim((await server.client().get(name)) ?? '')?.content];
    };
    await producer.send(message);
    const before = await nameAndContent();
    await server.restart();
    expect(await server.client().dbsize()).toBe(0);
    const second = await waitFor(() => producer.send(message));
    expect(second.duplicate).toBe(false);
    expect(await nameAndContent()).toEqual(before);
    await using fresh = createProducer({ redis: server.url });
    expect(await fresh.send(message)).toMatchObject({ id: second.id, duplicate: true });
  });
});

describe('a producer whose secret cannot be read', () => {
  it.each(['', 'short', 'G'.repeat(64)])(
    'stores nothing under a key, and says where it looked',
    async (text) => {
      await redis.set(keys.secret(prefix), text);
      await using producer = createProducer({ redis: sharedRedisUrl(), prefix });
      const error = await producer.send(message).catch((thrown) => thrown);
      expect(error).toMatchObject({ code: 'SECRET_INVALID' });
      expect(error.message).toContain(keys.secret(prefix));
      if (text !== '') expect(error.message).not.toContain(text);
      expect(await redis.keys(`${prefix}*`)).toEqual([keys.secret(prefix)]);
    },
  );

  it('says so of what is no text at all, and of a campaign too', async () => {
    await redis.lpush(keys.secret(prefix), 'short');
    await using producer = createProducer({ redis: sharedRedisUrl(), prefix });
    await expect(producer.send(message)).rejects.toMatchObject({ code: 'SECRET_INVALID' });
    const campaign = producer.sendMany([message.to], { campaign: 'sale', text: 'x', title: 'ACME' });
    await expect(campaign).rejects.toMatchObject({ code: 'SECRET_INVALID' });
    expect(await redis.keys(`${prefix}*`)).toEqual([keys.secret(prefix)]);
  });

  it('sends messages without a key all the same', async () => {
    await redis.set(keys.secret(prefix), 'short');
    await using producer = createProducer({ redis: sharedRedisUrl(), prefix });
    const { idempotencyKey: _, ...plain } = message;
    expect(await producer.send(plain)).toMatchObject({ duplicate: false });
  });
});
