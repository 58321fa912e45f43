import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { createProducer } from '../../src/producer/index.ts';
import { createSimulator } from '../../src/simulator/index.ts';
import { runCli, startCli } from '../support/process.ts';
import { sharedRedisUrl } from '../support/redis.ts';
import { waitFor } from '../support/wait-for.ts';
import { workerEnv } from '../support/worker-env.ts';

/** The queue of an account in which an earlier version kept the send jobs of all lanes, and that version's worker. */
interface EarlierVersion extends AsyncDisposable {
  readonly queue: Queue;
  /** Takes what lies there, as a worker of that version does. */
  startWorker(): void;
}

function earlierVersion(prefix: string): EarlierVersion {
  const connection = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
  const queue = new Queue('jetsms-default', { connection, prefix });
  let worker: Worker | undefined;
  return {
    queue,
    startWorker() {
      worker = new Worker(queue.name, async () => {}, { connection, prefix });
    },
    async [Symbol.asyncDispose]() {
      await worker?.close();
      await queue.close();
      connection.disconnect();
    },
  };
}

it('jetsms start begins beside an earlier version’s jobs only when that version has delivered them, as it says', async () => {
  await using simulator = createSimulator();
  await simulator.listen();
  const env = workerEnv(simulator);
  const prefix = env['JETSMS_PREFIX'] ?? '';
  await using earlier = earlierVersion(prefix);
  await earlier.queue.add('otp', {});
  const scheduled = await earlier.queue.add('bulk', {}, { delay: 60_000 });

  const refusalWith = (jobs: number) => ({
    code: 2,
    stderr: expect.stringMatching(
      new RegExp(
        `^error EARLIER_QUEUE: [^\\n]* Account default: ${jobs} jobs\\. Let workers of that version run until ` +
          `nothing waits there any more, scheduled messages included, then start this one\\.[^\\n]*$`,
      ),
    ),
  });
  expect(await runCli(['start'], { env })).toMatchObject(refusalWith(2));

  // Producers may be of this version meanwhile.
  await using producer = createProducer({ redis: sharedRedisUrl(), prefix });
  await producer.send({ to: '905321234567', text: 'Merhaba', title: 'DEMO' });

  earlier.startWorker();
  await waitFor(async () => (await earlier.queue.getCompletedCount()) === 1);
  // What is scheduled waits still: to start now would leave it behind.
  expect(await runCli(['start'], { env })).toMatchObject(refusalWith(1));
  await scheduled.promote();
  await waitFor(async () => (await earlier.queue.getCompletedCount()) === 2);

  await using worker = startCli(['start'], { env });
  await worker.waitForLine(/"msg":"worker\.started"/);
  await waitFor(() => simulator.accepted.length === 1);
  expect(await worker.kill('SIGTERM')).toMatchObject({ code: 0 });
});
