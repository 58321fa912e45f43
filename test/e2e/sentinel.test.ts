import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvents } from '../../src/events/index.ts';
import { createSimulator } from '../../src/simulator/index.ts';
import { runCli, startCli, type TestProcess } from '../support/process.ts';
import { freshPrefix } from '../support/redis.ts';
import { type RedisGroup, startRedisGroup } from '../support/redis-group.ts';
import { waitFor } from '../support/wait-for.ts';
import { workerEnv } from '../support/worker-env.ts';

const urlIn = async (process: TestProcess, event: string): Promise<string> =>
  JSON.parse(await process.waitForLine(new RegExp(`"msg":"${event}"`), { limitMs: 30_000 })).url;

const isOk = async (url: string): Promise<boolean> => (await fetch(url)).ok;

describe('all programs behind Sentinels', () => {
  let group: RedisGroup;
  beforeAll(async () => {
    group = await startRedisGroup();
  });
  afterAll(() => group[Symbol.asyncDispose]());

  it('work, and go on without a restart when the primary is killed', async () => {
    await using simulator = createSimulator({ seed: 1, accounts: [{ username: 'demo', password: 'demo' }] });
    await simulator.listen();
    const prefix = freshPrefix();
    const env = {
      ...workerEnv(simulator, { JETSMS_REDIS_URL: group.url, JETSMS_PREFIX: prefix }),
      JETSMS_DASHBOARD_ENABLED: 'true',
      JETSMS_DASHBOARD_PORT: '0',
    };
    const doctor = await runCli(['doctor'], { env });
    expect(doctor.stdout).toMatch(/ok +\w+ +Redis \d/);
    await using events = createEvents({ redis: group.url, prefix, group: 'app' });
    await events.subscribed();
    await using worker = startCli(['start'], { env });
    await using gateway = startCli(['gateway', '--port', '0'], { env });
    const pages = await Promise.all([
      urlIn(worker, 'health\\.listening').then((url) => `${url}/readyz`),
      urlIn(gateway, 'health\\.listening').then((url) => `${url}/readyz`),
      urlIn(worker, 'dashboard\\.started'),
    ]);
    const areGreen = async (): Promise<boolean> => (await Promise.all(pages.map(isOk))).every(Boolean);
    await waitFor(areGreen, { limitMs: 15_000 });

    const send = (key: string) =>
      runCli(['send', '--to', '905321234567', '--text', 'Merhaba', '--idempotency-key', key], { env });
    expect((await send('before')).code).toBe(0);
    const before = await group.primary();
    await before.redis.kill('SIGKILL');
    await group.turnedFrom(before);
    await waitFor(areGreen, { limitMs: 15_000, everyMs: 100 });
    expect((await send('after')).code).toBe(0);
    await waitFor(() => simulator.accepted.length === 2, { limitMs: 15_000 });
    const told: string[] = [];
    for await (const { type } of events) if (told.push(type) === 2) break;
    expect(told).toEqual(['message.accepted', 'message.accepted']);
  });
});
