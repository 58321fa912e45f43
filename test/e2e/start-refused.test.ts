import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/process.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { selfSigned } from '../support/self-signed.ts';

/** Runs `jetsms start` to its end. */
async function start(redisUrl: string) {
  const startedAt = Date.now();
  const env = {
    JETSMS_REDIS_URL: redisUrl,
    JETSMS_URL: 'http://127.0.0.1:1/',
    JETSMS_USERNAME: 'demo',
    JETSMS_PASSWORD: 'demo',
    JETSMS_TITLE: 'DEMO',
    JETSMS_HEALTH_PORT: '0',
  };
  const { code, stderr } = await runCli(['start'], { env });
  return { code, stderr, tookMs: Date.now() - startedAt };
}

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

/** The address for a user with all rights but these. */
async function withoutRights(redis: TestRedis, ...rights: readonly string[]): Promise<string> {
  await redis.client().call('ACL', 'SETUSER', 'worker', 'on', '>pw', '~*', '+@all', ...rights);
  return `redis://worker:pw@127.0.0.1:${redis.port}`;
}

/** One line, which is the error. */
const line = (words: string): RegExp => new RegExp(`^error ${words}[^\\n]*$`);

describe('jetsms start says in one line why it does not, with exit code 3', () => {
  it('where nobody vouches for the certificate of Redis', async () => {
    await using server = await listen(createTlsServer(selfSigned('redis.example')));
    const { code, stderr } = await start(`rediss://localhost:${server.port}`);
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: expect.stringMatching(line('REDIS_REFUSED: .* TLS: ')),
    });
  });

  it.each([[['-info']], [['-info', '-config']], [['-@dangerous']]])(
    'where the user of Redis has all rights but %s',
    async (rights) => {
      await using redis = await startRedis();
      const { code, stderr } = await start(await withoutRights(redis, ...rights));
      expect({ code, stderr }).toEqual({
        code: 3,
        stderr: expect.stringMatching(
          line('REDIS_REFUSED: .* The user of JETSMS_REDIS_URL may not run info\\.'),
        ),
      });
    },
  );

  it('where a service answers that it knows no command, at once', async () => {
    const service = createServer((socket) => {
      socket.on('error', () => {}).on('data', () => socket.write('-ERR unknown command\r\n'));
    });
    await using server = await listen(service);
    const { code, stderr, tookMs } = await start(`redis://127.0.0.1:${server.port}`);
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: expect.stringMatching(line('REDIS_REFUSED: .* NOT_REDIS: ')),
    });
    expect(tookMs).toBeLessThan(10_000);
  });

  it('where a port never says a word, after ten seconds', async () => {
    await using server = await listen(createServer((socket) => socket.on('error', () => {})));
    const { code, stderr, tookMs } = await start(`redis://127.0.0.1:${server.port}`);
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: expect.stringMatching(line('REDIS_UNAVAILABLE: .* it takes connections and says nothing\\.')),
    });
    expect(tookMs).toBeLessThan(20_000);
  });
});
