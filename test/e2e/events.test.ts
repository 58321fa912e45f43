import { describe, expect, it } from 'vitest';
import { createProducer } from '../../src/producer/index.ts';
import { createSimulator } from '../../src/simulator/index.ts';
import { projectFolder, startCli, startProcess, type TestProcess } from '../support/process.ts';
import { sharedRedisUrl } from '../support/redis.ts';
import { waitFor } from '../support/wait-for.ts';
import { workerEnv } from '../support/worker-env.ts';

const consumerFile = `${projectFolder}test/support/events-consumer.ts`;

const isEvent = (line: string): boolean => line.includes(':message.');

describe('events in processes that are killed', () => {
  it('come, every one, whoever is killed: workers, and consumers of the group', async () => {
    const simulator = createSimulator();
    await simulator.listen();
    const env = workerEnv(simulator, {
      JETSMS_LOCK_DURATION_MS: '5000',
      JETSMS_REQUEST_TIMEOUT_MS: '2000',
      JETSMS_STALLED_INTERVAL_MS: '1000',
      JETSMS_BATCH_SIZE: '5',
      // They come half a minute after the first acceptance: an event more for those messages.
      JETSMS_REPORTS: 'none',
    });
    const prefix = env['JETSMS_PREFIX'] ?? '';
    const startConsumer = (): TestProcess =>
      startProcess([process.execPath, consumerFile, sharedRedisUrl(), prefix, 'app']);
    const ended = new Set<string>();

    const first = startConsumer();
    await first.waitForLine(/subscribed/);
    const second = startConsumer();
    await second.waitForLine(/subscribed/);
    await using producer = createProducer({
      redis: sharedRedisUrl(),
      prefix,
      accounts: { default: { title: 'DEMO' } },
    });
    const ids = new Set<string>();
    const send = async (count: number): Promise<void> => {
      const message = { to: '0532 123 45 67', text: 'Merhaba', whenUncertain: 'park' } as const;
      const sends = await Promise.all(Array.from({ length: count }, () => producer.send(message)));
      for (const { id } of sends) ids.add(id);
    };
    const all = (...consumers: readonly TestProcess[]): readonly string[] =>
      consumers.flatMap(({ stdout }) => stdout.filter(isEvent));

    await send(400);
    const worker = startCli(['start'], { env });
    // Whichever of the two reads is killed, then the worker.
    const reading = await waitFor(() => [first, second].find((one) => all(one).length > 20), {
      limitMs: 20_000,
    });
    await reading.kill('SIGKILL');
    await worker.kill('SIGKILL');
    await send(100);
    await using _again = startCli(['start'], { env });
    await using third = startConsumer();
    const other = reading === first ? second : first;
    await waitFor(
      () => {
        for (const line of all(first, second, third)) ended.add(line.split(':')[0] ?? '');
        return [...ids].every((id) => ended.has(id));
      },
      { limitMs: 60_000 },
    );
    await other.kill();
    // Each end has one id, however often it was printed.
    const seen = new Set(all(first, second, third));
    const ofMessage = Map.groupBy(seen, (line) => line.split(':')[0]);
    for (const [, lines] of ofMessage) expect(lines).toHaveLength(1);
    await simulator.close();
  });
});
