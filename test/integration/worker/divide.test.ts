import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { openAccountQueues } from '../../../src/bullmq/account-queues.ts';
import { jobAdder } from '../../../src/queue/add-jobs.ts';
import { emptyJournal, type Piece } from '../../../src/queue/journal.ts';
import { defaultPrefix } from '../../../src/queue/names.ts';
import { openWorkerRedis } from '../../../src/queue/redis.ts';
import { divide } from '../../../src/worker/divide.ts';
import type { KnownJob } from '../../../src/worker/known-job.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { startRedis } from '../../support/redis.ts';
import { sendJob } from '../../support/send-job.ts';
import { waitFor } from '../../support/wait-for.ts';

/** A road to Redis on which an answer can end behind its first line. */
async function startRoad(
  port: number,
): Promise<{ readonly url: string; breakOff(): void } & AsyncDisposable> {
  let isBreaking = false;
  const server = createServer((client) => {
    const target = connect({ port });
    for (const socket of [client, target]) socket.on('error', () => {});
    client.pipe(target);
    target.on('data', (answer) => {
      if (!isBreaking) return void client.write(answer);
      isBreaking = false;
      client.end(answer.subarray(0, '+OK\r\n'.length));
      target.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    breakOff() {
      isBreaking = true;
    },
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}

const again = { fate: 'again', attempts: 1, resends: 0, delayMs: 0 } as const;
const pieces: readonly Piece[] = [
  { ...again, ranges: [[0, 1]] },
  { ...again, ranges: [[1, 2]] },
];
const job = sendJob({ to: ['905321234567', '905321234568'], joined: true });

/** Divides a job in the presence of a Redis at `url`. */
function divider(url: string) {
  const connection = openWorkerRedis(url);
  const telemetry = recordTelemetry();
  const queues = openAccountQueues(connection, { prefix: defaultPrefix, account: 'acme' }, () => {});
  const queue = queues.of('transactional');
  const context = { queues, addJobs: jobAdder(connection), telemetry, now: Date.now };
  return {
    connection,
    telemetry,
    queue,
    divided: (id: string) =>
      divide({ id, sendJob: job } as KnownJob, { ...context, pieces, journal: emptyJournal }),
    async [Symbol.asyncDispose]() {
      await queues.close();
      connection.disconnect();
    },
  };
}

// It was taken for a bug of ours, and the pieces waited for fifteen seconds.
it('a division whose answer breaks off in the middle is done again, and makes each piece once', async () => {
  await using redis = await startRedis();
  await using road = await startRoad(redis.port);
  await using world = divider(road.url);
  const { divided, connection, telemetry, queue } = world;
  // Whatever opening the queues asks of Redis is answered then.
  await divided('m1');
  await connection.ping();
  road.breakOff();
  expect(await divided('m2')).toEqual({ end: 'split' });
  expect(telemetry.redisErrors).toMatchObject([{ name: 'AbortError' }]);
  expect(await redis.client().llen(queue.toKey('wait'))).toBe(4);
});

it('a division amid a failover is done again, and makes each piece once', async () => {
  await using redis = await startRedis();
  await using world = divider(redis.url);
  const { divided, telemetry, queue } = world;
  await divided('m1');
  await redis.client().replicaof('127.0.0.1', 1);
  const second = divided('m2');
  await waitFor(() => telemetry.redisErrors.length > 0);
  await redis.client().replicaof('NO', 'ONE');
  expect(await second).toEqual({ end: 'split' });
  expect(telemetry.redisErrors[0]).toMatchObject({ message: expect.stringMatching(/^READONLY/) });
  expect(await redis.client().llen(queue.toKey('wait'))).toBe(4);
});
