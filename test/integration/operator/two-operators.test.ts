import { describe, expect, it } from 'vitest';
import { lanes } from '../../../src/message/lane.ts';
import type { ReplayOptions } from '../../../src/operator/dead-letters/replay.ts';
import { openDeadLetters } from '../../../src/operator/dead-letters.ts';
import { openDeadLetterFixture } from '../../support/dead-letters.ts';
import { createDelivery, type DeliveryWorld, numberAt } from '../../support/delivery.ts';
import { waitFor } from '../../support/wait-for.ts';

const count = 60;
const ids = Array.from({ length: count }, (_, n) => `m${String(n).padStart(3, '0')}`);

/** A world with dead letters of one number each. */
async function worldOfDeadLetters(): Promise<DeliveryWorld> {
  const world = await createDelivery();
  const { name: account } = world.account;
  await using yard = openDeadLetterFixture(world.redis, world.prefix, account);
  for (const [n, id] of ids.entries()) await yard.put(id, { job: { account, to: [numberAt(n)] } });
  return world;
}

async function replay({ redis, prefix, account }: DeliveryWorld, options: ReplayOptions) {
  await using letters = openDeadLetters({ redis, prefix, account: account.name });
  return letters.replay({}, { ratePerSecond: 0, ...options });
}

/** What waits in each lane, all together. */
async function waiting({ queueOf }: DeliveryWorld): Promise<readonly string[]> {
  const jobs = await Promise.all(lanes.map((lane) => queueOf(lane).getJobs(['waiting'])));
  return jobs
    .flat()
    .map(({ id = '' }) => id)
    .toSorted();
}

const newIds = ids.map((id) => `${id}.r1`);

describe('two operators who replay the same letters', () => {
  it('into different lanes at once enqueue each once', async () => {
    await using world = await worldOfDeadLetters();
    const [one, other] = await Promise.all([replay(world, { lane: 'otp' }), replay(world, { lane: 'bulk' })]);
    expect(await waiting(world)).toEqual(newIds);
    expect(await world.letters()).toEqual([]);
    // One of them takes each letter away, and it need not be the one that has enqueued it.
    const removed = [one, other].map(({ replayed, skipped }) => replayed + (skipped['replayed-before'] ?? 0));
    expect(removed.reduce((sum, some) => sum + some)).toBe(count);
    await world.startWorker();
    await waitFor(() => world.simulator.stats().acceptedMessages >= count);
    await waitFor(async () => (await waiting(world)).length === 0);
    expect(world.simulator.accepted.map(({ to }) => to).toSorted()).toEqual(
      ids.map((_, n) => numberAt(n)).toSorted(),
    );
  });

  it('into different lanes, while a worker takes what comes, have each sent once', async () => {
    await using world = await worldOfDeadLetters();
    await world.startWorker();
    await Promise.all([
      replay(world, { lane: 'bulk' }),
      replay(world, { lane: 'otp' }),
      replay(world, { lane: 'transactional' }),
    ]);
    await waitFor(() => world.simulator.stats().acceptedMessages >= count);
    await waitFor(async () => {
      const left = await Promise.all(
        lanes.map((lane) => world.queueOf(lane).getJobCountByTypes('waiting', 'active', 'delayed')),
      );
      return left.every((jobs) => jobs === 0);
    });
    expect(world.simulator.accepted.map(({ to }) => to).toSorted()).toEqual(
      ids.map((_, n) => numberAt(n)).toSorted(),
    );
    expect(await world.letters()).toEqual([]);
    await using letters = openDeadLetters({
      redis: world.redis,
      prefix: world.prefix,
      account: world.account.name,
    });
    for (const [n, id] of newIds.entries()) {
      expect(await letters.show(id)).toMatchObject({ id, state: 'accepted' });
      expect((await letters.show(ids[n] ?? ''))?.replays).toEqual([{ id, state: 'accepted' }]);
    }
  });

  it('one after the other, into another lane, after the first was sent and forgotten, enqueue nothing more', async () => {
    await using world = await worldOfDeadLetters();
    expect(await replay(world, { lane: 'otp' })).toMatchObject({ replayed: count });
    const worker = await world.startWorker();
    await waitFor(() => world.simulator.stats().acceptedMessages === count);
    await waitFor(async () => (await world.queueOf('otp').getJobCountByTypes('active')) === 0);
    await worker.close();
    await world.queueOf('otp').obliterate({ force: true });
    const { name: account } = world.account;
    await using yard = openDeadLetterFixture(world.redis, world.prefix, account);
    for (const [n, id] of ids.entries()) await yard.put(id, { job: { account, to: [numberAt(n)] } });
    expect(await replay(world, { lane: 'bulk' })).toMatchObject({
      replayed: 0,
      skipped: { 'replayed-before': count },
    });
    expect(await waiting(world)).toEqual([]);
    expect(await world.letters()).toEqual([]);
  });
});
