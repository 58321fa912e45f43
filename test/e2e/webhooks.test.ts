import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../src/cli/redis-process.ts';
import { createProducer, type Producer } from '../../src/producer/index.ts';
import { createSimulator } from '../../src/simulator/index.ts';
import { projectFolder, startCli, startProcess } from '../support/process.ts';
import { sharedRedisUrl } from '../support/redis.ts';
import { waitFor } from '../support/wait-for.ts';
import { startReceiver, status, webhookSecret } from '../support/webhook-receiver.ts';
import { workerEnv } from '../support/worker-env.ts';

const secret = webhookSecret(3);

const openProducer = (env: Readonly<Record<string, string>>): Producer =>
  createProducer({
    redis: sharedRedisUrl(),
    prefix: env['JETSMS_PREFIX'] ?? '',
    accounts: { default: { title: 'DEMO' } },
  });

/** The receiver of the README, in a file where it finds the packages of the project. */
async function writeReceiver(port: number): Promise<string> {
  const readme = await readFile(`${projectFolder}README.md`, 'utf8');
  const code = /```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  expect(code).toContain('listen(8080)');
  await mkdir(`${projectFolder}.tmp`, { recursive: true });
  const file = `${projectFolder}.tmp/receiver-${port}.mjs`;
  await writeFile(file, code.replace('8080', String(port)));
  return file;
}

describe('webhooks of jetsms start', () => {
  it("reach the README's receiver, which refuses what is not signed", async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/`;
    const file = await writeReceiver(port);
    await using receiver = startProcess([process.execPath, file], { env: { WEBHOOK_SECRET: secret } });
    await waitFor(async () => (await fetch(url, { method: 'POST', body: '{}' })).status === 400);
    const simulator = createSimulator();
    await simulator.listen();
    const env = workerEnv(simulator, { JETSMS_WEBHOOK_URL: url, JETSMS_WEBHOOK_SECRET: secret });
    await using worker = startCli(['start'], { env });
    await worker.waitForLine(/worker\.started/);
    await using producer = openProducer(env);
    // The endpoint is told of what happens from its subscription on.
    const told = async (): Promise<boolean> => {
      const { id } = await producer.send({ to: '0532 123 45 67', text: 'Merhaba' });
      await worker.waitForLine(new RegExp(`"id":"${id}".*delivery\\.accepted`));
      return receiver.stdout.some((line) => line.startsWith('message.accepted '));
    };
    await waitFor(told, { limitMs: 20_000, everyMs: 100 });
    worker.signal('SIGTERM');
    expect((await worker.exit).code).toBe(0);
    expect(worker.stdout.join('\n')).not.toContain(secret);
    await simulator.close();
    await rm(file);
  });

  it('lose no event when the process is killed between reading and delivering', async () => {
    await using receiver = await startReceiver(secret);
    receiver.answer(() => {});
    const simulator = createSimulator();
    await simulator.listen();
    const env = workerEnv(simulator, {
      JETSMS_WEBHOOK_URL: receiver.url,
      JETSMS_WEBHOOK_SECRET: secret,
      JETSMS_WEBHOOK_CONNECTIONS: '50',
      JETSMS_LOCK_DURATION_MS: '5000',
      JETSMS_REQUEST_TIMEOUT_MS: '2000',
      JETSMS_STALLED_INTERVAL_MS: '1000',
    });
    await using producer = openProducer(env);
    const ids = new Set<string>();
    const send = async (count: number): Promise<void> => {
      const sends = Array.from({ length: count }, () =>
        producer.send({ to: '0532 123 45 67', text: 'Merhaba' }),
      );
      for (const { id } of await Promise.all(sends)) ids.add(id);
    };
    const seen = (): ReadonlySet<string> => new Set(receiver.received.map(({ body }) => body.data.messageId));
    {
      // Killed at some moment, and again: while it reads, while it delivers, while nothing is answered.
      await using first = startCli(['start'], { env });
      await first.waitForLine(/worker\.started/);
      await waitFor(
        async () => {
          await producer.send({ to: '0532 123 45 67', text: 'Merhaba' });
          return receiver.received.length > 0;
        },
        { limitMs: 20_000, everyMs: 100 },
      );
      await send(300);
      await waitFor(() => simulator.stats().acceptedMessages >= 150);
      await first.kill('SIGKILL');
    }
    {
      await using second = startCli(['start'], { env });
      await second.waitForLine(/worker\.started/);
      await send(200);
      await waitFor(() => seen().size > 60, { limitMs: 40_000 });
      await second.kill('SIGKILL');
    }
    receiver.answer(status(204));
    await using third = startCli(['start'], { env });
    await third.waitForLine(/worker\.started/);
    await waitFor(() => [...ids].every((id) => seen().has(id)), { limitMs: 60_000 });
    expect(receiver.forged).toEqual([]);
    third.signal('SIGTERM');
    expect((await third.exit).code).toBe(0);
    await simulator.close();
  });
});
