import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestProcess } from '../support/process.ts';
import { waitFor } from '../support/wait-for.ts';
import { demoPath } from './compose-file.ts';
import { type ComposedProcesses, composeProcesses } from './image.ts';

// No container engine is needed: the services run as processes, in the order in which compose would start them.
describe('the services of the demo', () => {
  let composed: ComposedProcesses;
  let worker: TestProcess;

  const healthy = (service: string): Promise<true> =>
    waitFor(async () => (await composed.check(service)) === 0, {
      limitMs: 20_000,
      everyMs: 200,
      what: `a healthy ${service}`,
    });

  beforeAll(async () => {
    composed = await composeProcesses({ path: demoPath });
    await composed.start('redis');
    await healthy('redis');
  });

  afterAll(() => composed?.[Symbol.asyncDispose]());

  it('simulator: turns healthy, and takes the faults of the demo', async () => {
    await composed.start('simulator');
    await healthy('simulator');
    expect(await composed.run('demo-faults')).toMatchObject({ code: 0 });
  });

  it('worker: is unhealthy before it runs, and healthy once it takes jobs', async () => {
    expect(await composed.check('worker')).not.toBe(0);
    worker = await composed.start('worker');
    await healthy('worker');
  });

  it('dashboard: turns healthy, and wants the password of its secret', async () => {
    await composed.start('dashboard');
    await healthy('dashboard');
    const url = composed.here('http://127.0.0.1:9465/');
    expect((await fetch(url)).status).toBe(401);
    const authorization = `Basic ${Buffer.from(`operator:only-for-the-demo`).toString('base64')}`;
    expect((await fetch(url, { headers: { authorization } })).status).toBe(200);
  });

  it('demo-traffic: sends its messages through the worker to the simulator', async () => {
    const { code, stderr } = await composed.run('demo-traffic');
    expect(code, stderr).toBeLessThanOrEqual(1);
    const stats = (await (await fetch(composed.here('http://simulator:8080/control/stats'))).json()) as {
      acceptedMessages: number;
    };
    expect(stats.acceptedMessages).toBeGreaterThan(100);
  });

  it('worker: ends cleanly when compose stops it', async () => {
    expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  });
});
