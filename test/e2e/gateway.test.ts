import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../src/cli/redis-process.ts';
import { runCli, startCli, type TestProcess } from '../support/process.ts';
import { freshPrefix, sharedRedisUrl } from '../support/redis.ts';
import { waitFor } from '../support/wait-for.ts';

const settings = (more: Readonly<Record<string, string>> = {}) => ({
  JETSMS_REDIS_URL: sharedRedisUrl(),
  JETSMS_PREFIX: freshPrefix(),
  JETSMS_TITLE: 'FIRMA',
  JETSMS_HEALTH_PORT: '0',
  ...more,
});

/** The address that a line of the log tells. */
const urlIn = async (process: TestProcess, event: string): Promise<string> =>
  JSON.parse(await process.waitForLine(new RegExp(`"msg":"${event}"`))).url;

const statusOf = async (url: string): Promise<number> => (await fetch(url)).status;

describe('jetsms gateway', () => {
  it('serves until SIGTERM, with health pages of its own, and lets nobody in without a key', async () => {
    await using gateway = startCli(['gateway', '--port', '0'], { env: settings() });
    const health = await urlIn(gateway, 'health\\.listening');
    const url = await urlIn(gateway, 'gateway\\.started');
    await waitFor(async () => (await statusOf(`${health}/readyz`)) === 200);
    expect(await statusOf(`${health}/healthz`)).toBe(200);
    expect(await statusOf(`${url}/openapi.json`)).toBe(200);
    expect(await statusOf(`${url}/v1/codes`)).toBe(401);
    expect(await (await fetch(`${health}/metrics`)).text()).toContain(
      'jetsms_gateway_requests_total{operation="listCodes",status="4xx"} 1',
    );
    gateway.signal('SIGTERM');
    expect(await gateway.exit).toEqual({ code: 0, signal: null });
    expect(gateway.stdout.at(-1)).toContain('gateway.ended');
  });

  it('ends on SIGTERM though clients keep connections open, one idle and one that has never asked', async () => {
    const env = settings({ JETSMS_SHUTDOWN_TIMEOUT_MS: '15000' });
    await using gateway = startCli(['gateway', '--port', '0'], { env });
    const { hostname, port } = new URL(await urlIn(gateway, 'gateway\\.started'));
    const silent = connect(Number(port), hostname);
    const idle = connect(Number(port), hostname);
    await Promise.all([once(silent, 'connect'), once(idle, 'connect')]);
    idle.write(`GET /openapi.json HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
    await gateway.waitForLine(/"msg":"gateway\.request"/);
    for (const socket of [silent, idle]) socket.on('error', () => socket.destroy()).resume();
    gateway.signal('SIGTERM');
    expect(await gateway.exit).toEqual({ code: 0, signal: null });
    expect(gateway.stdout.join('\n')).not.toContain('shutdown.forced');
  });

  it('starts while Redis is away, not ready', async () => {
    const away = `redis://127.0.0.1:${await freePort()}`;
    await using gateway = startCli(['gateway', '--port', '0'], { env: settings({ JETSMS_REDIS_URL: away }) });
    const health = await urlIn(gateway, 'health\\.listening');
    expect(await statusOf(`${health}/readyz`)).toBe(503);
    gateway.signal('SIGTERM');
    expect(await gateway.exit).toEqual({ code: 0, signal: null });
  });

  it('warns of keys and texts that travel in clear text', async () => {
    await using gateway = startCli(['gateway', '--port', '0', '--host', '0.0.0.0'], { env: settings() });
    expect(await gateway.waitForLine(/"msg":"gateway\.warning"/)).toContain('without TLS');
  });

  it('says that its port is taken, with exit code 3, and that a port is none, with 2', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = String(typeof address === 'object' && address !== null ? address.port : '');
    const { code, stdout, stderr } = await runCli(['gateway', '--port', port], { env: settings() });
    server.close();
    expect(code).toBe(3);
    expect(stderr).toContain('error EADDRINUSE');
    expect(stdout).not.toContain('redis.error'); // of a connection that was just being opened
    expect((await runCli(['gateway', '--port', '70000'], { env: settings() })).code).toBe(2);
  });
});
