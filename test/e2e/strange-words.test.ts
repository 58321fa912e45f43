import { describe, expect, it } from 'vitest';
import { createSimulator } from '../../src/simulator/index.ts';
import { runCli, startCli } from '../support/process.ts';
import { soapResult } from '../support/soap-reply.ts';
import { workerEnv } from '../support/worker-env.ts';

describe('a reply whose code is a word of JavaScript', () => {
  it('is a code like any other that nobody knows', async () => {
    await using simulator = createSimulator();
    await simulator.listen();
    const body = soapResult('SendSMSBroadcast_V2', '<ErrorCode>constructor</ErrorCode><ID></ID>');
    simulator.faults.add({ kind: 'raw-reply', body, contentType: 'text/xml' });
    const env = workerEnv(simulator, {
      JETSMS_URL: simulator.webServiceUrl,
      JETSMS_SURFACE: 'web-service',
      JETSMS_MAX_REPLY_BYTES: '100000',
    });
    await using _worker = startCli(['start'], { env });
    const to = ['send', '--to', '05321234567', '--text', 'Merhaba', '--when-uncertain', 'park'];
    const sent = await runCli([...to, '--wait', '--json'], { env });
    const { ids, outcomes } = JSON.parse(sent.stdout);
    expect(outcomes).toMatchObject([{ end: 'dead', count: 1, meaning: expect.any(String) }]);
    for (const args of [['list'], ['list', '--json'], ['show', ids[0]], ['summary'], ['export']]) {
      const { code, stdout } = await runCli(['dead', ...args], { env });
      expect(code).toBe(0);
      expect(stdout).not.toContain('[native code]');
    }
  });
});
