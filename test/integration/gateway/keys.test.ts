import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApiKeys } from '../../../src/gateway/keys/api-keys.ts';
import type { ApiKeys } from '../../../src/gateway/keys/grant.ts';
import {
  createApiKey,
  type KeyWish,
  listApiKeys,
  revokeApiKey,
} from '../../../src/gateway/keys/key-operations.ts';
import { addRecord } from '../../../src/gateway/keys/key-store.ts';
import { makeKey } from '../../../src/gateway/keys/key-text.ts';
import { keys as redisKeys } from '../../../src/queue/names.ts';
import { freshPrefix, sharedRedisUrl, startRedis } from '../../support/redis.ts';
import { addRoleUser } from '../../support/redis-users.ts';
import { waitFor } from '../../support/wait-for.ts';

let redis: Redis;
let prefix: string;
let apiKeys: ApiKeys;

beforeAll(() => {
  redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
  redis.setMaxListeners(0); // each test opens the keys anew on it
});
afterAll(() => redis.disconnect());
beforeEach(() => {
  prefix = freshPrefix();
  apiKeys = createApiKeys({ redis, prefix });
  return () => apiKeys.close();
});

const create = (wish: Partial<KeyWish> = {}) => createApiKey({ redis, prefix }, { name: 'shop', ...wish });
const list = () => listApiKeys({ redis, prefix });
const revoke = (which: string) => revokeApiKey({ redis, prefix }, which);

describe('an API key', () => {
  it('allows everything where nothing was said', async () => {
    const { key, grant } = await create();
    expect(grant).toEqual({ id: expect.any(String), name: 'shop', rights: ['send', 'read', 'cancel'] });
    expect(await apiKeys.verify(key)).toEqual(grant);
  });

  it('allows what was said, each thing once', async () => {
    const { key, grant, createdAt } = await create({
      accounts: ['default', 'kargo', 'default'],
      lanes: ['otp', 'otp'],
      rights: ['send', 'read', 'send'],
      ratePerSecond: 50,
      expiresInMs: 60_000,
    });
    expect(grant).toMatchObject({
      accounts: ['default', 'kargo'],
      lanes: ['otp'],
      rights: ['send', 'read'],
      ratePerSecond: 50,
      expiresAt: createdAt + 60_000,
    });
    expect(await apiKeys.verify(key)).toEqual(grant);
  });

  it('is kept as a hash alone', async () => {
    const { key } = await create();
    const stored = JSON.stringify(await redis.hgetall(redisKeys.gatewayKeys(prefix)));
    const [, , secret = ''] = key.split('_');
    expect(stored).toContain('"name:shop"');
    expect(stored).not.toContain(key);
    expect(stored).not.toContain(secret.slice(0, 48));
  });

  it('is refused from the moment on in which it is revoked, by name, by id or by itself', async () => {
    for (const which of ['name', 'id', 'key'] as const) {
      const { key, grant } = await create();
      expect(await apiKeys.verify(key)).toBeDefined();
      expect(await revoke({ name: grant.name, id: grant.id, key }[which])).toBe(grant.id);
      expect(await apiKeys.verify(key)).toBeUndefined();
      await expect(revoke(grant.id)).rejects.toMatchObject({ code: 'API_KEY_UNKNOWN' });
    }
    expect(await redis.keys(`${prefix}:*`)).toEqual([]);
  });

  it('is refused when its time is over by the clock of Redis, whatever that of the machine says', async () => {
    const { key } = await create({ expiresInMs: 1 });
    const late = await create({ name: 'late', expiresInMs: 3_600_000 });
    const clock = vi.spyOn(Date, 'now');
    clock.mockReturnValue(0);
    await waitFor(async () => (await apiKeys.verify(key)) === undefined);
    clock.mockReturnValue(8e15);
    expect(await apiKeys.verify(late.key)).toEqual(late.grant);
    clock.mockRestore();
    expect(await list()).toMatchObject([{ state: 'in-force' }, { state: 'over', grant: { name: 'shop' } }]);
  });

  it('has a name that no other has, in force or over, until it is revoked', async () => {
    await create({ expiresInMs: 1 });
    await expect(create()).rejects.toMatchObject({ code: 'API_KEY_NAME_TAKEN' });
    expect(await list()).toHaveLength(1);
    await revoke('shop');
    const { grant } = await create();
    expect(await list()).toMatchObject([{ id: grant.id }]);
  });

  it('is one of two that are made at once under one name', async () => {
    const made = await Promise.allSettled(Array.from({ length: 20 }, () => create()));
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await list()).toHaveLength(1);
  });

  it('is made once where the order to make it arrives twice, as behind a connection that broke', async () => {
    const order = { id: 'aaaaaaaaaaaa', name: 'shop', text: 'rubbish' };
    for (const _ of [1, 2]) expect(await addRecord({ redis, prefix }, order)).toBe(true);
    expect(await list()).toHaveLength(1);
  });

  it.each<[string, Partial<KeyWish>, string]>([
    ['a phone number for a name', { name: 'k05321234567' }, 'API_KEY_NAME_INVALID'],
    ['a name of the language', { name: '__proto__' }, 'API_KEY_NAME_INVALID'],
    ['no right', { rights: [] }, 'API_KEY_INVALID'],
    ['a right that there is not', { rights: ['admin'] }, 'API_KEY_INVALID'],
    ['no lane', { lanes: [] }, 'API_KEY_INVALID'],
    ['a lane that there is not', { lanes: ['otp', 'fast'] }, 'API_KEY_INVALID'],
    ['no account', { accounts: [] }, 'API_KEY_INVALID'],
    ['a rate of nothing', { ratePerSecond: 0 }, 'API_KEY_INVALID'],
    ['half a request a second', { ratePerSecond: 0.5 }, 'API_KEY_INVALID'],
    ['an end at its beginning', { expiresInMs: 0 }, 'API_KEY_INVALID'],
    ['an end in a million years', { expiresInMs: 4e15 }, 'API_KEY_INVALID'],
  ])('cannot be made with %s', async (_, wish, code) => {
    const refused = create(wish);
    await expect(refused).rejects.toMatchObject({ code });
    await expect(refused).rejects.not.toThrow(/0532|admin|fast/);
    expect(await list()).toEqual([]);
  });

  it('is listed with its last use, and that is forgotten with it', async () => {
    const { key, grant, createdAt } = await create();
    expect(await list()).toEqual([{ state: 'in-force', id: grant.id, grant, createdAt }]);
    await apiKeys.verify(key);
    const used = await waitFor(async () => {
      const [one] = await list();
      return one?.state === 'in-force' ? one.usedAt : undefined;
    });
    expect(used).toBeGreaterThanOrEqual(createdAt);
    await revoke('shop');
    expect(await redis.exists(redisKeys.gatewayKeysUsed(prefix))).toBe(0);
  });
});

describe('what is presented as a key', () => {
  it('matches no key unless it is one, to the last character', async () => {
    const { key, grant } = await create();
    const other = (await create({ name: 'crm' })).key;
    const [, , secret = ''] = key.split('_');
    const spoilt = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .string()
        .map((text) => key + text)
        .filter((text) => text !== key),
      fc
        .string()
        .map((text) => text + key)
        .filter((text) => text !== key),
      fc.nat(key.length - 1).map((length) => key.slice(0, length)),
      fc.constantFrom(
        key.toUpperCase(),
        grant.id,
        grant.name,
        secret,
        key.replace(grant.id, 'aaaaaaaaaaaa'),
        other.slice(0, 20) + key.slice(20),
      ),
    );
    await fc.assert(
      fc.asyncProperty(spoilt, async (text) => (await apiKeys.verify(text)) === undefined),
      { numRuns: 500 },
    );
    expect(await apiKeys.verify(key)).toEqual(grant);
  });

  it('does not match with a secret of its own, though id and checksum are right', async () => {
    const { grant } = await create();
    const bytesOfId = Buffer.from(
      grant.id.replace(/./g, (letter) => (letter.charCodeAt(0) - 97).toString(16)),
      'hex',
    );
    const forged = makeKey((bytes) => (bytes === bytesOfId.length ? bytesOfId : randomBytes(bytes)));
    expect(forged.id).toBe(grant.id);
    expect(await apiKeys.verify(forged.text)).toBeUndefined();
  });

  it('is no key where it is not even a text', async () => {
    for (const value of [undefined, null, 7, {}, [], Symbol('key')])
      expect(await apiKeys.verify(value as unknown as string)).toBeUndefined();
  });
});

describe('records of keys', () => {
  const field = (id: string): string => `id:${id}`;

  it.each([
    ['is no JSON', 'rubbish'],
    ['is empty', ''],
    ['is JSON of something else', '[]'],
    ['is of a version that is not known', '{"v":2}'],
    ['nests without end', '['.repeat(100_000)],
  ])('that cannot be read, as one that %s, refuse their key alone, and can be revoked', async (_, text) => {
    const { key, grant } = await create();
    const other = await create({ name: 'crm' });
    await redis.hset(redisKeys.gatewayKeys(prefix), field(grant.id), text);
    expect(await Promise.all([key, other.key].map((one) => apiKeys.verify(one)))).toEqual([
      undefined,
      other.grant,
    ]);
    expect(await list()).toMatchObject([{ grant: { name: 'crm' } }, { state: 'unreadable', id: grant.id }]);
    await revoke(grant.id);
    await create(); // its name is free again
    expect(await list()).toHaveLength(2);
  });

  it('are asked for again and not guessed where something else lies in their place', async () => {
    const { key } = await create();
    await redis.set(redisKeys.gatewayKeys(prefix), 'something else');
    const soon = createApiKeys({ redis, prefix, timeoutMs: 200 });
    await expect(soon.verify(key)).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
  });

  it('of 3,000 requests that come together are read in a few round trips', async () => {
    await using own = await startRedis();
    const place = { redis: own.client(), prefix };
    const keys = createApiKeys(place);
    const made = await Promise.all(
      Array.from({ length: 10 }, (_, index) => createApiKey(place, { name: `app-${index}` })),
    );
    const requests = Array.from({ length: 3_000 }, (_, index) => made[index % made.length]);
    const grants = await Promise.all(requests.map((one) => keys.verify(one?.key ?? '')));
    expect(grants).toEqual(requests.map((one) => one?.grant));
    const stats = await own.client().info('commandstats');
    expect(/cmdstat_hmget:calls=(\d+)/.exec(stats)?.[1]).toBe('2');
  });

  it('can be read with the rights of a gateway, and made, listed and revoked with those of an operator', async () => {
    await using own = await startRedis();
    const as = async (role: 'gateway' | 'operator') => {
      const { username, password } = new URL(await addRoleUser(own, role));
      return { redis: own.client({ username, password: decodeURIComponent(password) }), prefix };
    };
    const gateway = await as('gateway');
    const operator = await as('operator');
    const { key, grant } = await createApiKey(operator, { name: 'shop' });
    expect(await createApiKeys(gateway).verify(key)).toEqual(grant);
    await waitFor(async () => (await own.client().exists(redisKeys.gatewayKeysUsed(prefix))) === 1);
    expect(await listApiKeys(operator)).toHaveLength(1);
    await expect(createApiKey(gateway, { name: 'other' })).rejects.toThrow(/can't|NOPERM/);
    await revokeApiKey(operator, 'shop');
    expect(await createApiKeys(gateway).verify(key)).toBeUndefined();
  });
});
