import type { JobType } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { lanes } from '../../src/message/lane.ts';
import { parseJournalText } from '../../src/queue/parse-journal.ts';
import type { SendJob } from '../../src/queue/send-job.ts';
import { createChance } from '../faults/harness/chance.ts';
import { enqueue, plainShape } from '../faults/harness/load.ts';
import { readStoredJobs, type StoredJob } from '../faults/harness/stored-jobs.ts';
import type { LogLine, WorkerProcess } from '../faults/harness/workers.ts';
import { buildWorld, type World } from '../faults/harness/world.ts';
import { waitFor } from '../support/wait-for.ts';

const shutdownTimeoutMs = 2_000;

const newWorld = (settings: Readonly<Record<string, string>> = {}): Promise<World> =>
  buildWorld({ chance: createChance(1), seed: 1, settings });

/** Messages that must not be sent twice, all there at once. */
const send = (world: World, messages: number) =>
  enqueue({ messages, overMs: 0, chance: world.chance, redisUrl: world.redis.url, shape: plainShape });

const takenBy = ({ simulator }: World): number => simulator.accepted.length;

const jobsOf = async ({ queueOf }: World): Promise<readonly StoredJob[]> =>
  (await Promise.all(lanes.map((lane) => readStoredJobs(queueOf(lane))))).flat();

async function isAtRest(world: World): Promise<boolean> {
  return Object.values(await world.openJobs()).every((count) => count === 0);
}

async function cutRedis({ redisPath }: World): Promise<void> {
  await redisPath.refuse();
  redisPath.cut();
}

const errorsOf = (worker: WorkerProcess): readonly LogLine[] =>
  worker.lines().filter(({ level }) => level === 'error' || level === 'warn');

/** Whether the worker says of itself that it is ready. */
async function isReady(worker: WorkerProcess): Promise<boolean> {
  const { url } = worker.lines().find(({ msg }) => msg === 'health.listening') ?? {};
  const { status } = await fetch(`${url}/readyz`);
  return status === 200;
}

describe('SIGTERM in the middle of deliveries', () => {
  it('lets requests under way get their reply, gives the others back untouched, and exits with 0', async () => {
    await using world = await newWorld({ JETSMS_BATCH_SIZE: '1' });
    world.simulator.setLatency({ minMs: 700, maxMs: 700 });
    const worker = await world.workers.start();
    await send(world, 30);
    await waitFor(() => takenBy(world) >= 4);
    expect(await world.workers.tell(worker)).toBe(0);

    const taken = takenBy(world);
    expect(taken).toBeLessThan(30);
    const jobs = await jobsOf(world);
    const messagesIn = (...states: readonly JobType[]): number =>
      jobs
        .filter(({ state }) => states.includes(state))
        .reduce((sum, { data, lost }) => sum + ((data as SendJob).to.length - lost.length), 0);
    expect([messagesIn('completed'), messagesIn('active', 'delayed', 'failed')]).toEqual([taken, 0]);
    expect(messagesIn('waiting')).toBe(30 - taken);
    const waiting = jobs.filter(({ state }) => state === 'waiting');
    for (const { journal } of waiting)
      expect(parseJournalText(journal)).toMatchObject({ ok: true, journal: { history: [] } });
    expect(waiting.filter(({ journal }) => journal.includes('"sending"'))).toEqual([]);

    await world.workers.start();
    await waitFor(() => takenBy(world) === 30, { limitMs: 20_000 });
    await waitFor(() => isAtRest(world));
    expect(takenBy(world)).toBe(30);
    expect(world.simulator.counts('message').size).toBe(30);
  });

  it('waits for a reply that never comes only as long as the request may take', async () => {
    await using world = await newWorld();
    world.simulator.faults.add({ kind: 'accept-then-hang', times: 1 });
    const worker = await world.workers.start();
    await send(world, 1);
    await waitFor(() => takenBy(world) === 1);
    expect(await world.workers.tell(worker)).toBe(0);
    expect(worker.lines().filter(({ outcome }) => outcome === 'uncertain')).toHaveLength(1);
  });
});

describe.each([
  ['cut off', cutRedis],
  ['frozen', async ({ redis }: World) => redis.freeze()],
])('SIGTERM while Redis is %s', (_how, takeAway) => {
  it('ends at the hard limit with 1, and leaves the messages for others', async () => {
    await using world = await newWorld({ JETSMS_SHUTDOWN_TIMEOUT_MS: String(shutdownTimeoutMs) });
    world.simulator.setLatency({ minMs: 300, maxMs: 300 });
    const worker = await world.workers.start();
    const sent = await send(world, 60);
    await waitFor(() => takenBy(world) > 0);
    await takeAway(world);
    const told = performance.now();
    expect(await world.workers.tell(worker)).toBe(1);
    expect(performance.now() - told).toBeLessThan(shutdownTimeoutMs + 3_000);
    expect(worker.lines().at(-1)).toMatchObject({ msg: 'shutdown.forced' });

    world.redis.thaw();
    await world.redisPath.accept();
    await world.workers.start();
    await waitFor(() => isAtRest(world), { limitMs: 40_000, everyMs: 100 });
    const parked = new Set(
      sent.filter(({ whenUncertain }) => whenUncertain === 'park').map(({ to, text }) => `${to}|${text}`),
    );
    const counts = [...world.simulator.counts('message')];
    expect(counts.filter(([key, count]) => parked.has(key) && count > 1)).toEqual([]);
  });

  it('a second signal ends the process at once', async () => {
    await using world = await newWorld({ JETSMS_SHUTDOWN_TIMEOUT_MS: '30000' });
    const worker = await world.workers.start();
    await send(world, 1);
    await takeAway(world);
    worker.process.signal('SIGTERM');
    await worker.process.waitForLine(/"shutdown\.started"/);
    const told = performance.now();
    worker.process.signal('SIGTERM');
    expect(await worker.process.exit).toEqual({ code: null, signal: 'SIGTERM' });
    expect(performance.now() - told).toBeLessThan(2_000);
  });
});

describe('Redis away and back', () => {
  it.each([
    ['a moment', 3_000],
    ['longer', 12_000],
  ])('for %s: deliveries go on, and the log is not flooded', async (_name, awayMs) => {
    await using world = await newWorld();
    const worker = await world.workers.start();
    await send(world, 1);
    await waitFor(() => takenBy(world) === 1);
    const before = errorsOf(worker).length;
    await cutRedis(world);
    // Nothing is awaited: what the log has of this time is counted below.
    await world.pause(awayMs);
    expect(await isReady(worker)).toBe(false);
    await send(world, 20);
    await world.redisPath.accept();
    await waitFor(() => world.simulator.counts('message').size === 21, { limitMs: 10_000 });
    await waitFor(() => isReady(worker));
    // A line for each kind of error in ten seconds, and for the health: red, green.
    expect(errorsOf(worker).length - before).toBeLessThan(12);
    expect(await world.workers.tell(worker)).toBe(0);
  });
});
