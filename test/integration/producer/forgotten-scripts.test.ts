import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { lanes } from '../../../src/message/lane.ts';
import { createProducer } from '../../../src/producer/index.ts';
import { jobAdder } from '../../../src/queue/add-jobs.ts';
import { openQueue } from '../../../src/queue/open-queue.ts';
import { numberAt } from '../../support/delivery.ts';
import { freshPrefix, startRedis, type TestRedis } from '../../support/redis.ts';
import { sendJob } from '../../support/send-job.ts';

let server: TestRedis;
afterEach(() => server.stop());

/** A connection of its own, and what adds to the queue through it. */
function adder(prefix: string) {
  const redis = server.client();
  const queue = openQueue(redis, 'jetsms-acme-transactional', prefix);
  const add = jobAdder(redis);
  return {
    queue,
    add: (id: string, names: readonly string[] = []) => {
      const claims = names.map((name) => ({ name, value: `held by ${id}`, ttlMs: 60_000 }));
      return add(queue, [{ id, job: sendJob(), now: Date.now(), claims }]);
    },
  };
}

describe('a Redis that has forgotten its scripts', () => {
  it('but was told the one that adds jobs again: a job that is taken at once still has its claim', async () => {
    server = await startRedis();
    const prefix = freshPrefix();
    const [app, other] = [adder(prefix), adder(prefix)];
    await app.add('m1', ['k1']);
    await other.add('m2');
    await server.client().script('FLUSH');
    await other.add('m3').catch(() => other.add('m3'));
    // A worker has it already.
    app.queue.remove = async () => 0;
    expect(await app.add('m4', ['k4'])).toEqual([[undefined]]);
    expect(await app.add('m5', ['k4'])).toEqual([['held by m4']]);
  });

  it('leaves no call of many in doubt', async () => {
    // One that takes some time to answer, so that several calls are under way.
    server = await startRedis({ aof: 'always' });
    await using producer = createProducer({ redis: server.url });
    const client = server.client();
    const sends: Promise<unknown>[] = [];
    for (let index = 0; index < 300; index += 1) {
      const own = index % 2 === 0 ? {} : { idempotencyKey: `key-${index}` };
      const lane = lanes[index % 3] ?? 'bulk';
      sends.push(producer.send({ to: numberAt(index), text: 'Merhaba', title: 'ACME', lane, ...own }));
      if (index % 60 === 30) void client.script('FLUSH');
      if (index % 4 === 0) await pause(1);
    }
    const settled = await Promise.allSettled(sends);
    expect(settled.filter(({ status }) => status === 'rejected')).toEqual([]);
  });
});
