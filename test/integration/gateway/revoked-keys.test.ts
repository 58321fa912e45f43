import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApiKeys } from '../../../src/gateway/keys/api-keys.ts';
import { createApiKey, revokeApiKey } from '../../../src/gateway/keys/key-operations.ts';
import type { KeyPlace } from '../../../src/gateway/keys/key-store.ts';
import { keys as redisKeys } from '../../../src/queue/names.ts';
import { openOperatorRedis } from '../../../src/queue/redis.ts';
import { projectFolder, startProcess } from '../../support/process.ts';
import { freshPrefix, sharedRedisUrl, startRedis } from '../../support/redis.ts';
import { startRedisPair } from '../../support/redis-pair.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import { waitFor } from '../../support/wait-for.ts';

let redis: Redis;
let place: KeyPlace;

beforeAll(() => {
  redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
});
afterAll(() => redis.disconnect());
beforeEach(() => {
  place = { redis, prefix: freshPrefix() };
});

/** Another process that asks for keys, over a network of its own. */
async function startOther({ timeoutMs = 1_000 } = {}) {
  const proxy = await startTcpProxy({ port: Number(new URL(sharedRedisUrl()).port) });
  const order = { redis: `redis://127.0.0.1:${proxy.port}`, prefix: place.prefix, timeoutMs };
  const child = startProcess([process.execPath, `${projectFolder}test/support/key-process.ts`], {
    input: JSON.stringify(order),
  });
  const port = (await child.waitForLine(/^port \d+$/)).replace('port ', '');
  return {
    proxy,
    /** 200, 401 where the key is refused, 503 where Redis does not say. */
    async ask(key: string): Promise<number> {
      const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { authorization: key } });
      await response.body?.cancel();
      return response.status;
    },
    async [Symbol.asyncDispose]() {
      await child.kill();
      await proxy.close();
    },
  };
}

const create = () => createApiKey(place, { name: 'shop' });

describe('a key that was revoked', () => {
  it('is refused by the very next request to another process, time after time', async () => {
    await using other = await startOther();
    for (let time = 0; time < 50; time += 1) {
      const { key } = await create();
      expect(await other.ask(key)).toBe(200);
      await revokeApiKey(place, 'shop');
      expect(await other.ask(key)).toBe(401);
    }
  });

  it('is refused by every request that begins behind the revocation, amid many others', async () => {
    await using other = await startOther();
    const { key } = await create();
    let isRevoked = false;
    const seen = { before: new Set<number>(), behind: new Set<number>() };
    const asker = async (): Promise<void> => {
      for (let left = 5; left > 0; ) {
        const when = isRevoked ? 'behind' : 'before';
        seen[when].add(await other.ask(key));
        if (when === 'behind') left -= 1;
      }
    };
    const askers = Promise.all(Array.from({ length: 20 }, asker));
    await waitFor(() => seen.before.has(200));
    await revokeApiKey(place, 'shop');
    isRevoked = true;
    await askers;
    expect([...seen.behind]).toEqual([401]);
  });

  it('is refused where the other process has just lost its connection', async () => {
    await using other = await startOther({ timeoutMs: 10_000 });
    for (let time = 0; time < 10; time += 1) {
      const { key } = await create();
      expect(await other.ask(key)).toBe(200);
      other.proxy.cut();
      await revokeApiKey(place, 'shop');
      expect(await other.ask(key)).toBe(401);
    }
  });

  it('is not let in by a process that Redis does not answer, nor when it answers again', async () => {
    await using other = await startOther({ timeoutMs: 500 });
    const { key } = await create();
    expect(await other.ask(key)).toBe(200);
    other.proxy.stall();
    await revokeApiKey(place, 'shop');
    expect(await other.ask(key)).toBe(503);
    other.proxy.resume();
    const status = await waitFor(async () => {
      const answer = await other.ask(key);
      return answer === 503 ? undefined : answer;
    });
    expect(status).toBe(401);
  });

  it('is not let in where the answer to an earlier request comes late', async () => {
    await using other = await startOther({ timeoutMs: 10_000 });
    const { key } = await create();
    expect(await other.ask(key)).toBe(200);
    other.proxy.stall('down');
    const before = other.proxy.counters().up;
    const early = other.ask(key);
    await waitFor(() => other.proxy.counters().up > before);
    await revokeApiKey(place, 'shop');
    const late = other.ask(key);
    other.proxy.resume();
    expect([200, 401]).toContain(await early);
    expect(await late).toBe(401);
  });
});

describe('a Redis that may not have heard of it', () => {
  it('is not believed: a replica, though it still has the key', async () => {
    await using pair = await startRedisPair();
    const { prefix } = place;
    const connection = openOperatorRedis(pair.url, 5_000);
    connection.on('error', () => {});
    const keys = createApiKeys({ redis: connection, prefix, timeoutMs: 500 });
    const { key, grant } = await createApiKey({ redis: pair.first.client(), prefix }, { name: 'shop' });
    await waitFor(async () => (await pair.second.client().exists(redisKeys.gatewayKeys(prefix))) === 1);
    expect(await keys.verify(key)).toEqual(grant);
    const point = await pair.turn();
    await expect(keys.verify(key)).rejects.toMatchObject({ code: 'REDIS_REFUSED', reason: 'READONLY' });
    point();
    await revokeApiKey({ redis: pair.second.client(), prefix }, 'shop');
    const last = await waitFor(async () =>
      keys.verify(key).then(
        (found) => [found],
        () => undefined,
      ),
    );
    expect(last).toEqual([undefined]);
    connection.disconnect();
  });

  it('is not believed: a primary that has lost the replicas which it must have', async () => {
    await using own = await startRedis();
    const connection = own.client();
    const keys = createApiKeys({ redis: connection, prefix: place.prefix, timeoutMs: 300 });
    const { key } = await createApiKey({ redis: connection, prefix: place.prefix }, { name: 'shop' });
    await connection.config('SET', 'min-replicas-to-write', '1');
    await expect(keys.verify(key)).rejects.toMatchObject({ code: 'REDIS_REFUSED', reason: 'NOREPLICAS' });
  });
});

describe('a Redis that takes no changes for want of room', () => {
  it('is believed: what it holds is right', async () => {
    await using own = await startRedis();
    const connection = own.client();
    const keys = createApiKeys({ redis: connection, prefix: place.prefix, timeoutMs: 300 });
    const { key, grant } = await createApiKey({ redis: connection, prefix: place.prefix }, { name: 'shop' });
    await connection.config('SET', 'maxmemory', '1');
    expect(await keys.verify(key)).toEqual(grant);
  });
});

describe('a Redis that is away', () => {
  it('lets nobody in, and everybody again when it is back with its data', async () => {
    await using own = await startRedis({ aof: 'always' });
    const connection = openOperatorRedis(own.url, 1_000);
    connection.on('error', () => {});
    const keys = createApiKeys({ redis: connection, prefix: place.prefix, timeoutMs: 300 });
    const { key, grant } = await createApiKey(
      { redis: own.client(), prefix: place.prefix },
      { name: 'shop' },
    );
    expect(await keys.verify(key)).toEqual(grant);
    await own.kill();
    await expect(keys.verify(key)).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
    await own.restart();
    await waitFor(async () => (await keys.verify(key).catch(() => undefined)) !== undefined);
    connection.disconnect();
  });
});
