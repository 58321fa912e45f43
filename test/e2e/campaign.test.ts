import { describe, expect, it } from 'vitest';
import { createProducer } from '../../src/producer/index.ts';
import { createSimulator } from '../../src/simulator/index.ts';
import { numberAt } from '../support/delivery.ts';
import { runCli, startCli } from '../support/process.ts';
import { freshPrefix, sharedRedisUrl } from '../support/redis.ts';
import { waitFor } from '../support/wait-for.ts';
import { workerEnv } from '../support/worker-env.ts';

describe('jetsms campaign', () => {
  it('calls off what has not left; what was called off can be sent after all', async () => {
    const simulator = createSimulator();
    await simulator.listen();
    const prefix = freshPrefix();
    const env = workerEnv(simulator, { JETSMS_PREFIX: prefix });
    await using producer = createProducer({
      redis: sharedRedisUrl(),
      prefix,
      accounts: { default: { title: 'DEMO' } },
      requestSize: 100,
    });
    const text = 'Merhaba';
    const numbers = (from: number) => Array.from({ length: 200 }, (_, n) => numberAt(from + n));
    await producer.sendMany(numbers(0), { campaign: 'off', text });
    await producer.sendMany(numbers(1_000), { campaign: 'on', text });

    expect(await runCli(['campaign', 'off', 'cancel'], { env })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Campaign off of account default: cancelled'),
    });
    expect(await runCli(['campaign', 'off', 'resume'], { env })).toMatchObject({ code: 2 });

    await using worker = startCli(['start'], { env });
    const ended = async (campaign: string) => (await producer.campaign(campaign))?.waiting === 0;
    await waitFor(async () => (await ended('off')) && (await ended('on')), { limitMs: 30_000 });
    expect(simulator.stats().acceptedMessages).toBe(200);
    const { stdout } = await runCli(['campaign', 'off', '--json'], { env });
    expect(JSON.parse(stdout)).toMatchObject({ accepted: 0, dead: { cancelled: 200 } });

    const replay = ['dead', 'replay', '--reason', 'cancelled', '--include-cancelled', '--yes', '--rate', '0'];
    expect(await runCli(replay, { env })).toMatchObject({ code: 0 });
    await simulator.waitForAccepted(400, 20_000);
    expect(new Set(simulator.counts('to').values())).toEqual(new Set([1]));
    worker.signal();
    expect(await worker.exit).toEqual({ code: 0, signal: null });
    await simulator.close();
  });
});
