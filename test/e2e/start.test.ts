import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../src/cli/redis-process.ts';
import { createProducer } from '../../src/producer/index.ts';
import { createSimulator } from '../../src/simulator/index.ts';
import { runCli, startCli, startUnread, type TestProcess } from '../support/process.ts';
import { sharedRedisUrl, startRedis } from '../support/redis.ts';
import { startSentinel } from '../support/sentinel.ts';
import { waitFor } from '../support/wait-for.ts';
import { workerEnv } from '../support/worker-env.ts';

interface Place {
  readonly env: Readonly<Record<string, string>>;
  readonly simulator: ReturnType<typeof createSimulator>;
}

async function place(redisUrl: string, more: Readonly<Record<string, string>> = {}): Promise<Place> {
  const simulator = createSimulator();
  await simulator.listen();
  const env = workerEnv(simulator, { JETSMS_REDIS_URL: redisUrl, ...more });
  return { env, simulator };
}

/** The fields of the first log line of this event. */
async function logged(process: TestProcess, event: string): Promise<Readonly<Record<string, unknown>>> {
  return JSON.parse(await process.waitForLine(new RegExp(`"msg":"${event}"`)));
}

const pagesOf = async (process: TestProcess): Promise<string> =>
  String((await logged(process, 'health.listening'))['url']);

/** Status and body of a page; undefined where nobody listens. */
async function get(url: string): Promise<{ readonly status: number; readonly body: string } | undefined> {
  try {
    const answer = await fetch(url);
    return { status: answer.status, body: await answer.text() };
  } catch {
    return undefined;
  }
}

/** Something that speaks HTTP where Redis should be. */
async function startWebServer(): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return {
    url: `redis://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('jetsms start', () => {
  it('serves its health and its metrics, delivers, and ends softly at SIGTERM', async () => {
    const { env, simulator } = await place(sharedRedisUrl());
    await using worker = startCli(['start'], { env });
    const pages = await pagesOf(worker);
    await logged(worker, 'worker.started');
    expect(await get(`${pages}/healthz`)).toMatchObject({ status: 200 });
    const ready = await get(`${pages}/readyz`);
    expect(ready?.status).toBe(200);
    expect(JSON.parse(ready?.body ?? '')).toMatchObject({
      ready: true,
      checks: [
        { check: 'redis' },
        { check: 'eviction' },
        { check: 'clock' },
        { check: 'consuming', account: 'default' },
      ],
    });

    const producer = createProducer({
      redis: sharedRedisUrl(),
      prefix: env['JETSMS_PREFIX'] ?? '',
      accounts: { default: { title: 'DEMO' } },
    });
    await producer.send({ to: '0532 123 45 67', text: 'Merhaba' });
    await logged(worker, 'delivery.accepted');
    await producer.close();
    const metrics = await waitFor(async () => {
      const { body = '' } = (await get(`${pages}/metrics`)) ?? {};
      return (
        body.includes('jetsms_messages_total{account="default",lane="transactional",end="accepted"} 1') &&
        body
      );
    });
    expect(metrics).toContain(
      'jetsms_queue_jobs{account="default",queue="transactional",state="completed"} 1',
    );
    expect(metrics).toContain('jetsms_worker_consuming{account="default"} 1');
    expect(metrics).toContain('jetsms_redis_up 1');
    expect(metrics).toContain('jetsms_redis_evicting 0');
    expect(metrics).toContain('process_cpu_seconds_total');

    worker.signal('SIGTERM');
    expect(await worker.exit).toEqual({ code: 0, signal: null });
    expect(await get(`${pages}/healthz`)).toBeUndefined();
    await simulator.close();
  });

  it('writes one line for what one request carried, where it is told to', async () => {
    const { env, simulator } = await place(sharedRedisUrl(), { JETSMS_LOG_ACCEPTED: 'request' });
    await using worker = startCli(['start'], { env });
    await logged(worker, 'worker.started');
    await using producer = createProducer({
      redis: sharedRedisUrl(),
      prefix: env['JETSMS_PREFIX'] ?? '',
      accounts: { default: { title: 'DEMO' } },
    });
    const { id } = await producer.send({ to: '0532 123 45 67', text: 'Merhaba' });
    expect(await logged(worker, 'request.accepted')).toMatchObject({ ids: [id], messages: 1 });
    worker.signal('SIGTERM');
    await worker.exit;
    await simulator.close();
  });

  it('tells of a title that the account does not have, before a message meets it', async () => {
    const { env, simulator } = await place(sharedRedisUrl(), { JETSMS_TITLE: 'YOK' });
    await using worker = startCli(['start'], { env });
    const line = await logged(worker, 'login.warning');
    expect(line).toMatchObject({ level: 'error', check: 'title', account: 'default' });
    expect(line['says']).toContain('has no title YOK: messages will get code 12');
    worker.signal('SIGTERM');
    expect(await worker.exit).toEqual({ code: 0, signal: null });
    await simulator.close();
  });

  it('is red but alive while it shuts down', async () => {
    const { env, simulator } = await place(sharedRedisUrl(), { JETSMS_CREDIT_INTERVAL_MS: '0' });
    simulator.setLatency({ minMs: 3_000, maxMs: 3_000 });
    await using worker = startCli(['start'], { env });
    const pages = await pagesOf(worker);
    await logged(worker, 'worker.started');
    const producer = createProducer({
      redis: sharedRedisUrl(),
      prefix: env['JETSMS_PREFIX'] ?? '',
      accounts: { default: { title: 'DEMO' } },
    });
    await producer.send({ to: '0532 123 45 67', text: 'Merhaba' });
    await producer.close();
    await waitFor(() => simulator.stats().requests > 0);
    worker.signal('SIGTERM');
    await logged(worker, 'shutdown.started');
    expect(await get(`${pages}/readyz`)).toMatchObject({
      status: 503,
      body: expect.stringMatching(/shutting down/),
    });
    expect(await get(`${pages}/healthz`)).toMatchObject({ status: 200 });
    expect((await get(`${pages}/metrics`))?.body).toContain('jetsms_worker_consuming{account="default"} 0');
    expect(await worker.exit).toEqual({ code: 0, signal: null });
    await simulator.close();
  });

  it('turns red when Redis goes away, and ends itself when that lasts', async () => {
    await using redis = await startRedis();
    const { env, simulator } = await place(redis.url, {
      JETSMS_UNHEALTHY_EXIT_AFTER_MS: '2000',
      JETSMS_SHUTDOWN_TIMEOUT_MS: '1000',
      JETSMS_REQUEST_TIMEOUT_MS: '1000',
    });
    await using worker = startCli(['start'], { env });
    const pages = await pagesOf(worker);
    await logged(worker, 'worker.started');
    await redis.kill();
    const red = await waitFor(async () => {
      const page = await get(`${pages}/readyz`);
      return page?.status === 503 && page;
    });
    expect(red.body).toMatch(/Redis/);
    expect(await logged(worker, 'health.red')).toMatchObject({
      level: 'warn',
      problems: [expect.any(String)],
    });
    expect(await worker.exit).toEqual({ code: 1, signal: null });
    expect(await logged(worker, 'health.ending')).toMatchObject({
      level: 'error',
      exitAfterMs: 2_000,
      problems: [expect.stringMatching(/^Redis/)],
    });
    await simulator.close();
  });

  it('does not start on a Redis that may evict, and says what to do', async () => {
    await using redis = await startRedis({ maxmemoryPolicy: 'allkeys-lru' });
    const { env, simulator } = await place(redis.url);
    const { code, stderr } = await runCli(['start'], { env });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error REDIS_UNSAFE: .*maxmemory-policy noeviction/m);
    await simulator.close();
  });

  it.each([
    ['a Sentinel', 2, /REDIS_UNSAFE: .*This is a Sentinel/, startSentinel],
    ['a web server', 3, /REDIS_REFUSED: .*NOT_REDIS/, startWebServer],
  ])('ends with a clear error where the address leads to %s', async (_, exitCode, words, startOther) => {
    await using other = await startOther();
    const { env, simulator } = await place(other.url);
    const { code, stderr } = await runCli(['start'], { env });
    expect(code).toBe(exitCode);
    expect(stderr).toMatch(words);
    await simulator.close();
  });

  it('works on at full speed and ends at SIGTERM where nobody reads its log', async () => {
    const { env, simulator } = await place(sharedRedisUrl(), { JETSMS_LOG_LEVEL: 'debug' });
    await using worker = startUnread(['start'], { env });
    const producer = createProducer({
      redis: sharedRedisUrl(),
      prefix: env['JETSMS_PREFIX'] ?? '',
      accounts: { default: { title: 'DEMO' } },
    });
    // Some hundred bytes a line: far more than a pipe takes.
    await Promise.all(
      Array.from({ length: 1_000 }, () => producer.send({ to: '0532 123 45 67', text: 'Merhaba' })),
    );
    await producer.close();
    await waitFor(() => simulator.stats().acceptedMessages === 1_000, { limitMs: 20_000 });
    worker.kill('SIGTERM');
    await waitFor(() => worker.exitCode === 0, { what: 'the end of the worker', limitMs: 8_000 });
    await simulator.close();
  });

  it('works on where whoever read its log is gone', async () => {
    const { env, simulator } = await place(sharedRedisUrl());
    await using worker = startUnread(['start'], { env });
    worker.stdout?.destroy();
    const producer = createProducer({
      redis: sharedRedisUrl(),
      prefix: env['JETSMS_PREFIX'] ?? '',
      accounts: { default: { title: 'DEMO' } },
    });
    await producer.send({ to: '0532 123 45 67', text: 'Merhaba' });
    await waitFor(() => simulator.stats().acceptedMessages === 1, { limitMs: 20_000 });
    await producer.send({ to: '0532 123 45 67', text: 'Merhaba' });
    await producer.close();
    await waitFor(() => simulator.stats().acceptedMessages === 2);
    worker.kill('SIGTERM');
    await waitFor(() => worker.exitCode === 0, { what: 'the end of the worker', limitMs: 8_000 });
    await simulator.close();
  });

  it('ends at SIGTERM while it still waits for Redis, red but alive until then', async () => {
    const { env, simulator } = await place(`redis://127.0.0.1:${await freePort()}`, {
      JETSMS_SHUTDOWN_TIMEOUT_MS: '2000',
      JETSMS_REQUEST_TIMEOUT_MS: '1000',
    });
    await using worker = startCli(['start'], { env });
    const pages = await pagesOf(worker);
    expect(await get(`${pages}/healthz`)).toMatchObject({ status: 200 });
    expect(await get(`${pages}/readyz`)).toMatchObject({ status: 503 });
    expect((await get(`${pages}/metrics`))?.body).toContain('jetsms_redis_up 0');
    worker.signal('SIGTERM');
    await logged(worker, 'shutdown.started');
    const toldAt = performance.now();
    expect((await worker.exit).signal).toBeNull();
    expect(performance.now() - toldAt).toBeLessThan(5_000);
    await simulator.close();
  });

  it('does not start where its health port is taken', async () => {
    const { env, simulator } = await place(sharedRedisUrl());
    const port = new URL(simulator.url).port;
    const { code, stderr } = await runCli(['start'], { env: { ...env, JETSMS_HEALTH_PORT: port } });
    expect(code).toBe(3);
    expect(stderr).toMatch(/EADDRINUSE/);
    await simulator.close();
  });
});
