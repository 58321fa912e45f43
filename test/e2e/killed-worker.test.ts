import { describe, expect, it } from 'vitest';
import type { Lane } from '../../src/message/lane.ts';
import { createChance } from '../faults/harness/chance.ts';
import { numberAt, openProducer } from '../faults/harness/load.ts';
import { buildWorld, type World } from '../faults/harness/world.ts';
import { waitFor } from '../support/wait-for.ts';

const lockMs = 12_000;
const stalledIntervalMs = 1_000;
const messages = 200;

/** A worker that can have all of them under way at once, each in a request of its own. */
const newWorld = (): Promise<World> =>
  buildWorld({
    chance: createChance(1),
    seed: 1,
    settings: {
      JETSMS_SURFACE: 'web-service',
      JETSMS_BATCH_SIZE: '1',
      JETSMS_CONNECTIONS: String(messages),
      JETSMS_CONNECTIONS_FOR_OTP: '0',
      JETSMS_CONCURRENCY: String(messages),
      JETSMS_LOCK_DURATION_MS: String(lockMs),
      JETSMS_STALLED_INTERVAL_MS: String(stalledIntervalMs),
      JETSMS_HEADERS_TIMEOUT_MS: '5000',
      JETSMS_REQUEST_TIMEOUT_MS: '5500',
    },
  });

async function send({ redis }: World, lane: Lane): Promise<void> {
  await using producer = openProducer({ redisUrl: redis.url });
  for (let n = 0; n < messages; n += 1) await producer.send({ to: numberAt(n), text: `siparis ${n}`, lane });
}

async function endedIn({ queueOf }: World, lane: Lane): Promise<Readonly<Record<string, number>>> {
  return queueOf(lane).getJobCounts('completed', 'failed');
}

describe.each<Lane>(['transactional', 'otp'])('SIGKILL with 200 requests of lane %s under way', (lane) => {
  it('over the web service leaves nothing to a person and texts nobody twice: JetSMS says that it has them', async () => {
    await using world = await newWorld();
    const worker = await world.workers.start();
    world.simulator.faults.add({ kind: 'accept-then-hang' });
    await send(world, lane);
    await waitFor(() => world.simulator.accepted.length === messages, { what: 'all requests under way' });
    await world.workers.kill(worker);
    world.simulator.faults.clear();
    await world.workers.start();
    await waitFor(async () => (await endedIn(world, lane))['completed'] === messages, {
      limitMs: lockMs + stalledIntervalMs + 5_000,
      what: 'the ends of all messages',
    });
    expect(await endedIn(world, lane)).toEqual({ completed: messages, failed: 0 });
    expect(world.simulator.accepted).toHaveLength(messages);
    expect(await world.deadQueue.getJobCounts('waiting')).toEqual({ waiting: 0 });
  });
});
