import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../src/cli/redis-process.ts';
import { createSimulator } from '../../src/simulator/index.ts';
import { runCli, startCli, type TestProcess } from '../support/process.ts';
import { freshPrefix, sharedRedisUrl } from '../support/redis.ts';

const login = { JETSMS_DASHBOARD_USERNAME: 'operator', JETSMS_DASHBOARD_PASSWORD: 'correct horse' };
const authorization = `Basic ${Buffer.from('operator:correct horse').toString('base64')}`;

const settings = (more: Readonly<Record<string, string>> = {}) => ({
  JETSMS_REDIS_URL: sharedRedisUrl(),
  JETSMS_PREFIX: freshPrefix(),
  JETSMS_DASHBOARD_PORT: '0',
  ...more,
});

/** The address that the dashboard logs. */
async function addressOf(process: TestProcess): Promise<string> {
  return JSON.parse(await process.waitForLine(/"msg":"dashboard\.started"/)).url;
}

const statusOf = async (url: string, headers: Readonly<Record<string, string>> = {}): Promise<number> =>
  (await fetch(url, { headers })).status;

describe('jetsms dashboard', () => {
  it('serves behind its login until SIGTERM, without a JetSMS login', async () => {
    await using dashboard = startCli(['dashboard'], { env: settings(login) });
    const url = await addressOf(dashboard);
    expect(await statusOf(url)).toBe(401);
    expect(await statusOf(url, { authorization })).toBe(200);
    expect(await statusOf(`${url}api/queues`, { authorization })).toBe(200);
    expect(await statusOf(`${url}healthz`)).toBe(200);
    dashboard.signal('SIGTERM');
    expect(await dashboard.exit).toEqual({ code: 0, signal: null });
    expect(dashboard.stdout.at(-1)).toContain('dashboard.ended');
    expect([...dashboard.stdout, ...dashboard.stderr].join('\n')).not.toContain('correct horse');
  });

  it('refuses an address that others reach without a login', async () => {
    const { code, stderr } = await runCli(['dashboard'], {
      env: settings({ JETSMS_DASHBOARD_HOST: '0.0.0.0' }),
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/dashboardHost \(JETSMS_DASHBOARD_HOST\) is reachable from elsewhere/);
  });

  it('says that Redis is away, with exit code 3', async () => {
    const away = `redis://127.0.0.1:${await freePort()}`;
    const { code, stderr } = await runCli(['dashboard'], {
      env: settings({ ...login, JETSMS_REDIS_URL: away }),
    });
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error REDIS_UNAVAILABLE: Redis does not answer\. Check JETSMS_REDIS_URL/);
  });

  it('says that its port is taken, with exit code 3', async () => {
    await using first = startCli(['dashboard'], { env: settings(login) });
    const { port } = new URL(await addressOf(first));
    const { code, stdout, stderr } = await runCli(['dashboard'], {
      env: settings({ ...login, JETSMS_DASHBOARD_PORT: port }),
    });
    expect(code).toBe(3);
    expect(stdout).not.toContain('redis.error'); // of a connection that was just being opened
    expect(stderr).toMatch(/^error EADDRINUSE: /);
  });
});

describe('jetsms start', () => {
  it('serves the dashboard too where the settings say so', async () => {
    const simulator = createSimulator();
    await simulator.listen();
    onTestFinished(() => simulator.close());
    const env = settings({
      ...login,
      JETSMS_URL: simulator.xmlUrl,
      JETSMS_USERNAME: 'demo',
      JETSMS_PASSWORD: 'demo',
      JETSMS_TITLE: 'DEMO',
      JETSMS_HEALTH_PORT: '0',
      JETSMS_DASHBOARD_ENABLED: 'true',
    });
    await using worker = startCli(['start'], { env });
    const url = await addressOf(worker);
    await worker.waitForLine(/"msg":"worker\.started"/);
    expect(await statusOf(url)).toBe(401);
    const answer = await fetch(`${url}api/queues`, { headers: { authorization } });
    expect(await answer.json()).toMatchObject({
      queues: ['otp', 'transactional', 'bulk', 'dead letters'].map((of) => ({
        displayName: `default: ${of}`,
      })),
    });
    worker.signal('SIGTERM');
    expect(await worker.exit).toEqual({ code: 0, signal: null });
  });
});
