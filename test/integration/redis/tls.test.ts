import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../src/cli/redis-process.ts';
import { createProducer } from '../../../src/producer/index.ts';
import { openWorkerRedis, whenReady } from '../../../src/queue/redis.ts';
import type { RedisTls } from '../../../src/queue/redis-target.ts';
import { readTrouble } from '../../../src/queue/redis-trouble.ts';
import { oneServer, startRedis, type TestRedis } from '../../support/redis.ts';
import { selfSigned } from '../../support/self-signed.ts';

describe('TLS with Redis', () => {
  const server = selfSigned('redis.internal');
  const client = selfSigned('app');
  let dir: string;
  let redis: TestRedis;
  let url: string;

  /** A Redis that asks for a certificate of the client's. */
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'jetsms-tls-'));
    const file = async (name: string, text: string): Promise<string> => {
      await writeFile(join(dir, name), text);
      return join(dir, name);
    };
    const port = await freePort();
    redis = await startRedis({
      args: [
        ...['--tls-port', String(port), '--tls-auth-clients', 'yes'],
        ...[
          '--tls-cert-file',
          await file('cert', server.cert),
          '--tls-key-file',
          await file('key', server.key),
        ],
        ...['--tls-ca-cert-file', await file('ca', client.cert)],
      ],
    });
    url = `rediss://127.0.0.1:${port}`;
  });
  afterAll(async () => {
    await redis.stop();
    await rm(dir, { recursive: true, force: true });
  });

  const right: RedisTls = {
    ca: server.cert,
    cert: client.cert,
    key: client.key,
    serverName: 'redis.internal',
  };

  const troubleWith = async (tls: RedisTls): Promise<unknown> => {
    const connection = openWorkerRedis({ address: url, tls });
    connection.on('error', () => {});
    const error = await whenReady(connection, 1_500).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    connection.disconnect();
    return error && readTrouble(error);
  };

  it('is spoken with a CA, a client certificate and a server name, by duplicates too', async () => {
    const connection = oneServer(openWorkerRedis({ address: url, tls: right }));
    const other = connection.duplicate();
    await Promise.all([whenReady(connection, 5_000), whenReady(other, 5_000)]);
    expect(await other.ping()).toBe('PONG');
    connection.disconnect();
    other.disconnect();
    await using producer = createProducer({ redis: url, redisTls: right });
    const { id } = await producer.send({ to: '905321234567', text: 'Merhaba', title: 'ACME' });
    expect(id).toMatch(/^m/);
  });

  it('is refused where nobody vouches for the certificate, or it has another name', async () => {
    const { ca: _ca, ...withoutCa } = right;
    expect(await troubleWith(withoutCa)).toEqual({ kind: 'refused', reason: 'TLS' });
    expect(await troubleWith({ ...right, serverName: 'other.internal' })).toEqual({
      kind: 'refused',
      reason: 'TLS',
    });
  });

  it('does not come to be without the certificate that Redis asks for', async () => {
    expect(await troubleWith({ ca: server.cert, serverName: 'redis.internal' })).toBeDefined();
  });
});
