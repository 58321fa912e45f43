import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it, vi } from 'vitest';
import { createProducer } from '../../../src/producer/index.ts';
import {
  openOperatorRedis,
  openProducerRedis,
  openWorkerRedis,
  whenReady,
} from '../../../src/queue/redis.ts';
import { describeRefusal } from '../../../src/queue/redis-refusals.ts';
import { readTrouble } from '../../../src/queue/redis-trouble.ts';
import { oneServer, startRedis } from '../../support/redis.ts';
import { selfSigned } from '../../support/self-signed.ts';
import { waitFor } from '../../support/wait-for.ts';

/** A port that does this with each connection. */
async function startPort(onConnection: (socket: Socket) => void): Promise<{ url: string } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

const openers = [
  ['producer', (url: string) => openProducerRedis(url, 5_000)],
  ['operator', (url: string) => openOperatorRedis(url, 5_000)],
  ['worker', openWorkerRedis],
] as const;

/** What the wait comes to, and how long it took. */
async function wait(
  open: (url: string) => ReturnType<typeof openWorkerRedis>,
  url: string,
  silentMs?: number,
  waitMs = 5_000,
) {
  const redis = open(url);
  redis.on('error', () => {});
  const startedAt = Date.now();
  const error = await whenReady(redis, waitMs, silentMs).catch((thrown: unknown) => thrown);
  redis.disconnect();
  return { trouble: readTrouble(error), tookMs: Date.now() - startedAt };
}

describe.each(openers)('the wait of a %s for Redis', (_, open) => {
  it('ends at once where a service knows no command, though it answers the first alone', async () => {
    await using port = await startPort((socket) =>
      socket.once('data', () => socket.write('-ERR unknown command\r\n')),
    );
    const { trouble, tookMs } = await wait(open, port.url);
    expect(trouble).toEqual({ kind: 'refused', reason: 'NOT_REDIS' });
    expect(tookMs).toBeLessThan(2_000);
  });

  it('is shorter where a port takes connections and says nothing', async () => {
    await using port = await startPort(() => {});
    const { trouble, tookMs } = await wait(open, port.url, 300);
    expect(trouble).toEqual({ kind: 'unsent', cause: 'it takes connections and says nothing' });
    expect(tookMs).toBeLessThan(2_000);
  });

  it('is shorter where a port closes every connection', async () => {
    await using port = await startPort((socket) => socket.destroy());
    const { trouble, tookMs } = await wait(open, port.url, 600);
    expect(trouble).toEqual({ kind: 'unsent', cause: 'it closes connections without a word' });
    expect(tookMs).toBeLessThan(2_000);
  });
});

it('is no shorter where nobody listens yet: a Redis may be about to start', async () => {
  const { trouble, tookMs } = await wait(openWorkerRedis, 'redis://127.0.0.1:1', 300, 1_500);
  expect(trouble).toEqual({ kind: 'unsent', cause: 'ECONNREFUSED' });
  expect(tookMs).toBeGreaterThanOrEqual(1_400);
});

/** Answers as a Redis of version 5 that reads its data: of the greeting it knows nothing. */
function answerLoading(socket: Socket): void {
  const info = '# Persistence\r\nloading:1\r\nloading_eta_seconds:1\r\n';
  const answers = new Map([
    ['hello', "-ERR unknown command 'hello'\r\n"],
    ['client', '+OK\r\n'],
    ['info', `$${info.length}\r\n${info}\r\n`],
  ]);
  socket.on('data', (data) => {
    for (const [, name = ''] of String(data).matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g))
      socket.write(answers.get(name) ?? '-LOADING Redis is loading the dataset in memory\r\n');
  });
}

describe('a Redis that reads its data', () => {
  it('is named by a producer that begins meanwhile', async () => {
    await using redis = await startPort(answerLoading);
    await using producer = createProducer({ redis: redis.url, redisTimeoutMs: 500 });
    const send = producer.send({ to: '905321234567', text: 'Merhaba', title: 'ACME' });
    await expect(send).rejects.toMatchObject({
      ...{ code: 'REDIS_REFUSED', reason: 'LOADING', mayBeStored: false },
      message: expect.stringContaining(describeRefusal('LOADING')),
    });
  });

  it.each(openers)('is named by the wait of a %s', async (_, open) => {
    await using redis = await startPort(answerLoading);
    const { trouble } = await wait(open, redis.url, 500, 500);
    expect(trouble).toEqual({ kind: 'refused', reason: 'LOADING' });
  });
});

describe.each(openers)('the connection of a %s that breaks off within its TLS handshake', (_, open) => {
  it('may tell of a second error, which does not end the process', async () => {
    const server = createTlsServer(selfSigned('redis.example'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const first = open(`rediss://127.0.0.1:${(server.address() as AddressInfo).port}`);
    for (const connect of [() => oneServer(first), () => oneServer(first).duplicate()]) {
      const redis = connect();
      const errors: Error[] = [];
      redis.on('error', (error: Error) => errors.push(error));
      await waitFor(() => errors.length > 0);
      const { stream } = redis;
      redis.disconnect();
      expect(() => stream.emit('error', new Error('tlsv1 alert decode error'))).not.toThrow();
    }
    server.close();
  });
});

describe('a user who may not ask for INFO', () => {
  it('gets a connection, stores messages, and nothing is written to the output of the app', async () => {
    const warn = vi.spyOn(console, 'warn');
    await using redis = await startRedis();
    await redis.client().call('ACL', 'SETUSER', 'shy', 'on', '>pw', '~*', '+@all', '-info');
    const url = `redis://shy:pw@127.0.0.1:${redis.port}`;
    const connection = openWorkerRedis(url);
    await whenReady(connection, 5_000);
    expect(await connection.set('key', '1')).toBe('OK');
    connection.disconnect();
    await using producer = createProducer({ redis: url, redisTimeoutMs: 500 });
    const receipt = await producer.send({ to: '905321234567', text: 'Merhaba', title: 'ACME' });
    expect(receipt).toMatchObject({ duplicate: false });
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});
