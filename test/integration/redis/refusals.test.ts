import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createProducer, type NewMessage, ProducerError } from '../../../src/producer/index.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';
import { selfSigned } from '../../support/self-signed.ts';
import { startSentinel } from '../../support/sentinel.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import { waitFor } from '../../support/wait-for.ts';

const message: NewMessage = { to: '905321234567', text: 'Kodunuz 481516', title: 'ACME' };
const waiting = '{jetsms}:jetsms-default-transactional:wait';

async function refusal(redis: string, more: Partial<NewMessage> = {}): Promise<ProducerError> {
  await using producer = createProducer({ redis, redisTimeoutMs: 300 });
  return refusalOf(producer.send({ ...message, ...more }));
}

async function refusalOf(send: Promise<unknown>): Promise<ProducerError> {
  const error = await send.then(
    () => new Error('the message was taken'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof ProducerError) return error;
  throw error;
}

type Prepare = (redis: TestRedis) => Promise<string | undefined>;
const config =
  (name: string, value: string): Prepare =>
  async (redis) => {
    await redis.client().config('SET', name, value);
    return undefined;
  };

describe('what Redis refuses', () => {
  it.each<[string, Prepare]>([
    ['OOM', config('maxmemory', '1')],
    ['NOREPLICAS', config('min-replicas-to-write', '1')],
    ['NOAUTH', config('requirepass', 'secret-word')],
    ['WRONGPASS', async ({ port }) => `redis://nobody:wrong-word@127.0.0.1:${port}`],
    [
      'NOPERM',
      async (redis) => {
        await redis.client().call('ACL', 'SETUSER', 'reader', 'on', '>pw', '~*', '+@all', '-@scripting');
        return `redis://reader:pw@127.0.0.1:${redis.port}`;
      },
    ],
    [
      'NOPERM',
      async (redis) => {
        await redis.client().call('ACL', 'SETUSER', 'other', 'on', '>pw', '~other:*', '+@all');
        return `redis://other:pw@127.0.0.1:${redis.port}`;
      },
    ],
    [
      'READONLY',
      async (redis) => {
        await redis.client().replicaof('127.0.0.1', 1);
        return undefined;
      },
    ],
    [
      'MASTERDOWN',
      async (redis) => {
        await config('replica-serve-stale-data', 'no')(redis);
        await redis.client().replicaof('127.0.0.1', 1);
        return undefined;
      },
    ],
    [
      'MISCONF',
      async (redis) => {
        const client = redis.client();
        await client.config('SET', 'save', '3600 1');
        await rm(redis.dir, { recursive: true });
        await client.bgsave();
        await waitFor(async () => (await client.info('persistence')).includes('rdb_last_bgsave_status:err'));
        return undefined;
      },
    ],
    [
      'BUSY',
      async (redis) => {
        await config('busy-reply-threshold', '10')(redis);
        redis
          .client()
          .eval('while true do end', 0)
          .catch(() => {}); // the server is killed with the test
        // Whoever comes before the script is not refused.
        const other = redis.client();
        await waitFor(async () => /^BUSY/.test(await other.ping().catch((error: Error) => error.message)));
        return undefined;
      },
    ],
  ])('%s is told as a refusal: nothing was stored, and what to do', async (reason, prepare) => {
    await using redis = await startRedis();
    const url = (await prepare(redis)) ?? redis.url;
    const error = await refusal(url);
    expect(error).toMatchObject({ code: 'REDIS_REFUSED', reason, mayBeStored: false });
    expect(error.message).toMatch(
      new RegExp(`^Redis has refused it, and what it has refused is not stored\\. ${reason}: [A-Z]`),
    );
    expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(
      /321234567|481516|secret-word|wrong-word/,
    );
  });

  it('MOVED is told as a refusal, by a node of a cluster that holds other keys', async () => {
    const args = ['--cluster-enabled', 'yes'];
    await using asked = await startRedis({ args });
    await using holder = await startRedis({ args });
    expect(await refusal(asked.url)).toMatchObject({ code: 'REDIS_REFUSED', reason: 'CLUSTERDOWN' });
    await holder.client().call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await asked.client().call('CLUSTER', 'MEET', '127.0.0.1', String(holder.port));
    await waitFor(
      async () => String(await asked.client().call('CLUSTER', 'INFO')).includes('cluster_state:ok'),
      {
        limitMs: 15_000,
      },
    );
    expect(await refusal(asked.url)).toMatchObject({ reason: 'MOVED', mayBeStored: false });
  });

  it('is told in the middle of two steps too: the medium is there, the message is not', async () => {
    await using redis = await startRedis();
    const acl = ['on', '>pw', '~{jetsms}:media:*', '~{jetsms}:campaign:*', '~{jetsms}:secret', '+@all'];
    await redis.client().call('ACL', 'SETUSER', 'half', ...acl);
    const url = `redis://half:pw@127.0.0.1:${redis.port}`;
    const accounts = { default: { title: 'ACME', surface: 'web-service' as const } };
    await using producer = createProducer({ redis: url, redisTimeoutMs: 300, accounts });
    const media = { contentType: 'image/png', data: new Uint8Array([1, 2, 3]) };
    const refused = { code: 'REDIS_REFUSED', reason: 'NOPERM', mayBeStored: false };
    const mms = producer.sendMms({ to: ['905321234567'], text: '', subject: 'x', media });
    expect(await refusalOf(mms)).toMatchObject(refused);
    const campaign = producer.sendMany(['905321234567'], { campaign: 'sale', text: 'Merhaba' });
    expect(await refusalOf(campaign)).toMatchObject(refused);
    expect((await redis.client().keys('{jetsms}:media:*')).length).toBe(1);
    expect(await redis.client().exists(waiting)).toBe(0);
  });
});

/** A server of another kind, and its port. */
async function listen(server: Server): Promise<{ readonly port: number } & AsyncDisposable> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}

describe('what is no Redis', () => {
  it('such as a web server is told as that', async () => {
    await using web = await listen(createHttpServer());
    expect(await refusal(`redis://127.0.0.1:${web.port}`)).toMatchObject({
      code: 'REDIS_REFUSED',
      reason: 'NOT_REDIS',
      mayBeStored: false,
    });
  });

  it('such as a Sentinel is told as that, and quotes nothing of the message', async () => {
    await using sentinel = await startSentinel();
    const error = await refusal(sentinel.url);
    expect(error).toMatchObject({ code: 'REDIS_REFUSED', reason: 'NOT_REDIS', mayBeStored: false });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/321234567|481516/);
  });

  it('such as a port that says nothing is told as no answer: nothing was stored', async () => {
    await using silent = await listen(createTcpServer());
    expect(await refusal(`redis://127.0.0.1:${silent.port}`)).toMatchObject({
      code: 'REDIS_UNAVAILABLE',
      mayBeStored: false,
      message: expect.stringContaining('Nothing was stored (no answer)'),
    });
  });

  it.each([
    ['a certificate that nobody vouches for', () => createTlsServer(selfSigned('redis.example'))],
    ['no TLS at all', () => createHttpServer()],
  ])('by TLS, with %s, is told as that', async (_, create) => {
    await using server = await listen(create());
    expect(await refusal(`rediss://127.0.0.1:${server.port}`)).toMatchObject({
      code: 'REDIS_REFUSED',
      reason: 'TLS',
      mayBeStored: false,
    });
  });

  it('such as a port where nobody listens is told as that: nothing was stored', async () => {
    expect(await refusal('redis://127.0.0.1:1')).toMatchObject({
      code: 'REDIS_UNAVAILABLE',
      mayBeStored: false,
      message: expect.stringContaining('Nothing was stored (ECONNREFUSED)'),
    });
  });
});

describe('a connection that breaks with a message under way', () => {
  it('leaves it in doubt where it has no key, and stores it once', async () => {
    await using redis = await startRedis();
    await using proxy = await startTcpProxy(redis);
    await using producer = createProducer({ redis: `redis://127.0.0.1:${proxy.port}` });
    await producer.send(message);
    proxy.stall('down');
    const send = refusalOf(producer.send(message));
    await waitFor(async () => (await redis.client().llen(waiting)) === 2);
    proxy.cut();
    proxy.resume();
    expect(await send).toMatchObject({ code: 'REDIS_UNAVAILABLE', mayBeStored: true });
    expect(await redis.client().llen(waiting)).toBe(2);
  });

  it('costs nothing where it has one: the repeat finds what was stored', async () => {
    await using redis = await startRedis();
    await using proxy = await startTcpProxy(redis);
    await using producer = createProducer({ redis: `redis://127.0.0.1:${proxy.port}` });
    await producer.send(message);
    proxy.stall('down');
    const send = producer.send({ ...message, idempotencyKey: 'order 17' });
    await waitFor(async () => (await redis.client().llen(waiting)) === 2);
    proxy.cut();
    proxy.resume();
    expect(await send).toMatchObject({ duplicate: false });
    expect(await redis.client().llen(waiting)).toBe(2);
  });

  it('stays in doubt when the repeat is refused', async () => {
    await using redis = await startRedis();
    await using proxy = await startTcpProxy(redis);
    await using producer = createProducer({ redis: `redis://127.0.0.1:${proxy.port}` });
    await producer.send(message);
    proxy.stall('down');
    const send = refusalOf(producer.send({ ...message, idempotencyKey: 'order 17' }));
    await waitFor(async () => (await redis.client().llen(waiting)) === 2);
    await redis.client().config('SET', 'maxmemory', '1');
    proxy.cut();
    proxy.resume();
    expect(await send).toMatchObject({
      code: 'REDIS_UNAVAILABLE',
      mayBeStored: true,
      message: expect.stringContaining('It may or may not be stored (OOM)'),
    });
  });
});
