import { describe, expect, it } from 'vitest';
import { type HealthServerOptions, startHealthServer } from '../../../src/metrics/health-server.ts';

const options: HealthServerOptions = {
  host: '127.0.0.1',
  port: 0,
  readiness: () => ({ ready: true, checks: [] }),
  metrics: { contentType: 'text/plain; version=0.0.4', render: () => Promise.resolve('jetsms_up 1\n') },
};

describe('the health server', () => {
  it('says that the process is alive, whatever its readiness', async () => {
    await using server = await startHealthServer({ ...options, readiness: () => ({ ready: false }) });
    const answer = await fetch(`${server.url}/healthz`);
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }]);
  });

  it.each([
    [true, 200],
    [false, 503],
  ])('answers /readyz by its status, with everything that is known (ready: %s)', async (ready, status) => {
    const state = { ready, checks: [{ check: 'redis', ok: ready }] };
    await using server = await startHealthServer({ ...options, readiness: () => state });
    const answer = await fetch(`${server.url}/readyz?verbose=1`);
    expect([answer.status, await answer.json()]).toEqual([status, state]);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('serves the metrics in their own media type', async () => {
    await using server = await startHealthServer(options);
    const answer = await fetch(`${server.url}/metrics`);
    expect(await answer.text()).toBe('jetsms_up 1\n');
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4');
  });

  it('knows no other page and no other method', async () => {
    await using server = await startHealthServer(options);
    expect((await fetch(`${server.url}/`)).status).toBe(404);
    const posted = await fetch(`${server.url}/readyz`, { method: 'POST', body: 'x' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('answers HEAD without a body', async () => {
    await using server = await startHealthServer(options);
    const answer = await fetch(`${server.url}/healthz`, { method: 'HEAD' });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  });

  it('goes on when a scrape fails', async () => {
    const metrics = { contentType: 'text/plain', render: () => Promise.reject(new Error('broken')) };
    await using server = await startHealthServer({ ...options, metrics });
    await expect(fetch(`${server.url}/metrics`)).rejects.toThrow();
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  it('does not start on a port that is taken', async () => {
    await using server = await startHealthServer(options);
    const port = Number(new URL(server.url).port);
    await expect(startHealthServer({ ...options, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('closes though a client keeps its connection open', async () => {
    const server = await startHealthServer(options);
    await (await fetch(`${server.url}/healthz`)).text();
    await server.close();
    await server.close();
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
  });
});
