import { type Job, Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import type { Lane } from '../../src/message/lane.ts';
import { createProducer, type NewMessage, type Producer } from '../../src/producer/index.ts';
import { sendJobOptions } from '../../src/queue/job-options.ts';
import { emptyJournal } from '../../src/queue/journal.ts';
import { keys, queueName } from '../../src/queue/names.ts';
import { createSimulator, type Simulator } from '../../src/simulator/index.ts';
import { noRecord } from '../../src/worker/account/hold-record.ts';
import { createHoldStore } from '../../src/worker/account/hold-store.ts';
import { numberAt } from '../support/delivery.ts';
import { runCli, skewedClock, startCli, type TestProcess } from '../support/process.ts';
import { freshPrefix, sharedRedisUrl } from '../support/redis.ts';
import { sendJob } from '../support/send-job.ts';
import { waitFor } from '../support/wait-for.ts';
import { workerEnv } from '../support/worker-env.ts';

type Env = Readonly<Record<string, string>>;
type Line = Readonly<Record<string, unknown>>;

const minutes = 60_000;

/** A JetSMS, a producer whose clock is right, and worker processes whose clocks need not be. */
interface World extends AsyncDisposable {
  readonly env: Env;
  readonly redis: Redis;
  queueOf(lane: Lane): Queue;
  readonly simulator: Simulator;
  readonly producer: Producer;
  /** Starts a worker whose clock is off by the first of these, and by the next after each `setClock()`. */
  start(...offsetsMs: readonly number[]): WorkerProcess;
  send(count: number, message?: Partial<NewMessage>): Promise<readonly string[]>;
}

interface WorkerProcess {
  readonly process: TestProcess;
  setClock(): void;
  /** The first log line of this event, once it is there. */
  logged(event: string): Promise<Line>;
  /** Events so far. */
  events(): readonly string[];
  page(path: '/readyz' | '/metrics'): Promise<{ readonly status: number; readonly body: string }>;
}

async function createWorld(settings: Env = {}): Promise<World> {
  const simulator = createSimulator();
  await simulator.listen();
  const prefix = freshPrefix();
  const env = workerEnv(simulator, { JETSMS_PREFIX: prefix, JETSMS_CREDIT_INTERVAL_MS: '0', ...settings });
  const redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
  const open = (lane: Lane): Queue => new Queue(queueName('default', lane), { connection: redis, prefix });
  const queues = { otp: open('otp'), transactional: open('transactional'), bulk: open('bulk') };
  const producer = createProducer({
    redis: sharedRedisUrl(),
    prefix,
    accounts: { default: { title: 'DEMO' } },
  });
  const processes: TestProcess[] = [];
  return {
    env,
    redis,
    queueOf: (lane) => queues[lane],
    simulator,
    producer,
    start(...offsetsMs) {
      const process = startCli(['start'], { env: { ...env, ...skewedClock(...offsetsMs) } });
      processes.push(process);
      return workerProcess(process);
    },
    async send(count, message = {}) {
      const sends = Array.from({ length: count }, (_, n) =>
        producer.send({ to: `+${numberAt(n)}`, text: 'Merhaba', ...message }),
      );
      return (await Promise.all(sends)).map(({ id }) => id);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(processes.map((process) => process.kill()));
      await producer.close();
      await Promise.all(Object.values(queues).map((queue) => queue.close()));
      redis.disconnect();
      await simulator.close();
    },
  };
}

function workerProcess(process: TestProcess): WorkerProcess {
  const logged = async (event: string): Promise<Line> =>
    JSON.parse(await process.waitForLine(new RegExp(`"msg":"${event}"`)));
  return {
    process,
    setClock: () => process.signal('SIGUSR2'),
    logged,
    events: () => process.stdout.map((line) => String(JSON.parse(line).msg)),
    async page(path) {
      const answer = await fetch(`${(await logged('health.listening'))['url']}${path}`);
      return { status: answer.status, body: await answer.text() };
    },
  };
}

const turnsGreen = ({ page }: WorkerProcess) =>
  waitFor(async () => (await page('/readyz')).status === 200, { limitMs: 15_000, what: 'green' });

/** What has become of nobody: every message was accepted, and once. */
function expectAllAccepted({ simulator }: World, messages: number): void {
  expect(simulator.stats().acceptedMessages).toBe(messages);
  expect([...simulator.counts('message').values()].every((count) => count === 1)).toBe(true);
}

describe('a worker whose clock is 10 minutes ahead', () => {
  it('takes nothing and says so, while the worker beside it lets nothing expire and sends nothing early', async () => {
    await using world = await createWorld();
    const healthy = world.start(0);
    const fast = world.start(10 * minutes, 0);
    await Promise.all([healthy.logged('worker.started'), fast.logged('worker.started')]);
    const wrong = await fast.logged('clock.wrong');
    expect(wrong).toMatchObject({ level: 'error', maxSkewMs: 30_000 });
    expect(Math.abs(Number(wrong['skewMs']) - 10 * minutes)).toBeLessThan(1_000);

    const sendAt = Date.now() + 2_000;
    await world.send(50, { lane: 'otp', text: 'Kod 1' });
    await world.send(50, { text: 'Randevu', sendAt });
    await world.simulator.waitForAccepted(100, 30_000);
    expectAllAccepted(world, 100);
    const scheduled = world.simulator.accepted.filter(({ text }) => text === 'Randevu');
    expect(scheduled).toHaveLength(50);
    expect(Math.min(...scheduled.map(({ at }) => at))).toBeGreaterThanOrEqual(sendAt - 100);
    expect(fast.events().filter((event) => event.startsWith('delivery.'))).toEqual([]);

    const { status, body } = await fast.page('/readyz');
    expect(status).toBe(503);
    expect(JSON.parse(body).checks).toMatchObject([
      { check: 'redis', ok: true },
      { check: 'eviction', ok: true },
      { check: 'clock', ok: false, says: expect.stringMatching(/600 s ahead of Redis', more than/) },
      { check: 'consuming', ok: false, says: 'takes nothing until the clock is right' },
    ]);
    const metrics = (await fast.page('/metrics')).body;
    expect(Number(/^jetsms_clock_skew_seconds (\S+)$/m.exec(metrics)?.[1])).toBeCloseTo(600, 0);
    expect(metrics).toContain('jetsms_worker_consuming{account="default"} 0');
    expect((await healthy.page('/readyz')).status).toBe(200);
    expect((await createHoldStore(world.redis, placeOf(world)).read()).record.hold).toBeUndefined();

    await healthy.process.kill('SIGTERM');
    await world.send(20, { text: 'later' });
    fast.setClock();
    await fast.logged('clock.right');
    await world.simulator.waitForAccepted(120, 30_000);
    expectAllAccepted(world, 120);
    await turnsGreen(fast);
  });

  it('ends softly when it is told to', async () => {
    await using world = await createWorld();
    const fast = world.start(10 * minutes);
    await fast.logged('clock.wrong');
    await fast.logged('worker.started');
    expect(await fast.process.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  });

  it('does not end itself for its clock: a new process would find the same', async () => {
    await using world = await createWorld({ JETSMS_UNHEALTHY_EXIT_AFTER_MS: '3000' });
    const fast = world.start(10 * minutes, 0);
    await fast.logged('worker.started');
    const redFor = async (ms: number) => {
      const { ready, since } = JSON.parse((await fast.page('/readyz')).body);
      return !ready && Date.now() - since > ms;
    };
    await waitFor(() => redFor(6_000), { limitMs: 20_000, what: 'red for twice as long as would end it' });
    await world.send(1);
    fast.setClock();
    await world.simulator.waitForAccepted(1, 30_000);
    expect(fast.events()).not.toContain('health.ending');
  });
});

describe('a worker whose clock is 10 minutes behind', () => {
  it('takes nothing until it is mended, and then delivers what has waited', async () => {
    await using world = await createWorld();
    const slow = world.start(-10 * minutes, 0);
    await slow.logged('worker.started');
    expect(Number((await slow.logged('clock.wrong'))['skewMs'])).toBeLessThan(-9 * minutes);
    await world.send(30, { lane: 'otp' });
    expect((await slow.page('/readyz')).body).toContain("600 s behind Redis'");
    expect(world.simulator.stats().requests).toBe(0);
    slow.setClock();
    await world.simulator.waitForAccepted(30, 30_000);
    expectAllAccepted(world, 30);
  });
});

describe('a clock that jumps while the worker is at work', () => {
  it.each([10 * minutes, -10 * minutes])(
    'by %d ms: what is under way is finished, what has not left waits, nothing scheduled moves, and it goes on when mended',
    async (jumpMs) => {
      await using world = await createWorld({ JETSMS_CONNECTIONS: '1', JETSMS_CONCURRENCY: '5' });
      world.simulator.setLatency({ minMs: 3_000, maxMs: 3_000 });
      const worker = world.start(0, jumpMs, 0);
      await worker.logged('worker.started');
      await world.send(20, { text: 'Randevu', sendAt: Date.now() + 5 * minutes });
      await world.send(1, { lane: 'otp', text: 'under way' });
      await waitFor(() => world.simulator.stats().requests === 1);
      // One after the other, so that each is a job of its own.
      for (const n of [1, 2, 3, 4])
        await world.send(1, { lane: 'otp', text: 'not yet', to: `+${numberAt(n)}` });
      await waitFor(async () => (await world.queueOf('otp').getActiveCount()) === 5);
      worker.setClock();
      await worker.logged('clock.wrong');
      await waitFor(async () => (await world.queueOf('otp').getActiveCount()) === 0, { limitMs: 10_000 });
      expectAllAccepted(world, 1);
      expect(await world.queueOf('otp').getWaitingCount()).toBe(4);
      expect(await world.queueOf('transactional').getDelayedCount()).toBe(20);
      world.simulator.setLatency({ minMs: 0, maxMs: 0 });
      worker.setClock();
      await world.simulator.waitForAccepted(5, 30_000);
      expectAllAccepted(world, 5);
      expect(await world.queueOf('transactional').getDelayedCount()).toBe(20);
      expect(worker.events().filter((event) => event === 'lock.lost')).toEqual([]);
    },
  );

  it('forward while the endpoint breaks down: the endpoint is tried again as soon as both are mended', async () => {
    const connections = { JETSMS_CONNECTIONS: '6', JETSMS_BATCH_SIZE: '1' };
    await using world = await createWorld({ ...connections, JETSMS_PROBE_INTERVAL_MS: '1000' });
    const { simulator } = world;
    const port = Number(new URL(simulator.url).port);
    simulator.setLatency({ minMs: 10_000, maxMs: 10_000 });
    const worker = world.start(0, 10 * minutes, 0);
    await worker.logged('worker.started');
    for (const n of [1, 2, 3, 4, 5, 6]) await world.send(1, { lane: 'otp', to: `+${numberAt(n)}` });
    await waitFor(() => simulator.stats().requests === 6);
    worker.setClock();
    await worker.logged('clock.wrong');
    await simulator.close();
    expect(await worker.logged('account.probing')).toMatchObject({ reason: 'unreachable' });
    simulator.setLatency({ minMs: 0, maxMs: 0 });
    await simulator.listen({ port });
    worker.setClock();
    // The first six were taken too; their answers were cut off, so the OTPs are sent again.
    await simulator.waitForAccepted(12, 60_000);
  });

  it('back during a resume: the pace of the account still rises', async () => {
    await using world = await createWorld({ JETSMS_RESUME_RATE_PER_SECOND: '2000' });
    const worker = world.start(0, -25_000);
    await worker.logged('worker.started');
    const since = Date.now();
    const times = { since, modeSince: since, probes: 0, nextProbeAt: 0, canaryMayGo: false };
    const hold = { reason: 'no-credit', mode: 'resuming', by: 'test', ...times } as const;
    const store = createHoldStore(world.redis, placeOf(world));
    await store.change(() => ({ record: { ...noRecord, hold }, result: undefined }));
    worker.setClock();
    const paces = new Set<number | undefined>();
    await waitFor(
      async () => {
        paces.add((await world.queueOf('transactional').getGlobalRateLimit())?.max);
        return (await store.read()).record.hold === undefined;
      },
      { limitMs: 40_000, what: 'the end of the resume' },
    );
    expect([...paces].filter((pace) => pace !== undefined && pace < 2_000)).toEqual([]);
  });
});

describe('a worker whose clock is 10 seconds off, which is allowed', () => {
  it('lets nothing expire', async () => {
    await using world = await createWorld();
    const fast = world.start(10_000);
    await fast.logged('worker.started');
    await world.send(20, { lane: 'otp', deadline: Date.now() + 8_000 });
    await world.simulator.waitForAccepted(20, 30_000);
    expect(fast.events()).not.toContain('clock.wrong');
  });

  it('sends scheduled messages early by no more than that', async () => {
    await using world = await createWorld();
    const fast = world.start(10_000);
    await fast.logged('worker.started');
    const sendAt = Date.now() + 12_000;
    await world.send(20, { sendAt });
    await world.simulator.waitForAccepted(20, 30_000);
    const first = Math.min(...world.simulator.accepted.map(({ at }) => at));
    expect(first).toBeGreaterThanOrEqual(sendAt - 10_100);
  });

  it('waits for the time of a retry to the moment, without taking it up again and again', async () => {
    await using world = await createWorld();
    const fast = world.start(10_000);
    await fast.logged('worker.started');
    const notBefore = Date.now() + 3_000;
    const queue = world.queueOf('transactional');
    await queue.pause();
    await queue.add(
      'transactional',
      sendJob({ title: 'DEMO' }),
      sendJobOptions({ id: 'm1', now: Date.now() }),
    );
    const journal = JSON.stringify({ ...emptyJournal, attempts: 1, notBefore });
    await world.redis.hset(keys.record(placeOf(world).prefix, queue.name, 'm1'), { run: 1, journal });
    // Whoever has written it had taken the job: BullMQ has counted that.
    await world.redis.hset(queue.toKey('m1'), 'ats', 1);
    await queue.resume();
    await world.simulator.waitForAccepted(1, 30_000);
    expect(world.simulator.accepted[0]?.at).toBeGreaterThanOrEqual(notBefore - 100);
    const done = await waitFor(async () => {
      const found: Job | undefined = await queue.getJob('m1');
      return found?.finishedOn !== undefined && found;
    });
    expect(done.attemptsStarted).toBeLessThanOrEqual(4);
  });
});

describe('a producer, or an operator, whose clock is wrong', () => {
  it.each([10 * minutes, -10 * minutes])(
    'by %d ms: an OTP does not arrive expired, and lives as long as it should',
    async (offsetMs) => {
      await using world = await createWorld();
      const env = { ...world.env, ...skewedClock(offsetMs) };
      const to = `+${numberAt(1)}`;
      for (const deadline of [[], ['--deadline', '5m']]) {
        const before = Date.now();
        const { code, stdout, stderr } = await runCli(
          ['send', '--to', to, '--text', `Kod ${deadline.length}`, '--lane', 'otp', '--json', ...deadline],
          { env },
        );
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        const job = await world.queueOf('otp').getJob(JSON.parse(stdout).ids[0]);
        const times = [job?.data.enqueuedAt, job?.timestamp, job?.data.deadlineAt - 5 * minutes];
        for (const time of times) {
          expect(time).toBeGreaterThanOrEqual(before - 1_000);
          expect(time).toBeLessThanOrEqual(Date.now() + 1_000);
        }
      }
      world.start(0);
      await world.simulator.waitForAccepted(2, 30_000);
    },
  );

  it("a time that is written out stays that time: it is scheduled for then, by Redis' clock", async () => {
    await using world = await createWorld();
    const sendAt = Math.ceil(Date.now() / 1_000) * 1_000 + 3 * minutes;
    const { stdout } = await runCli(
      [
        'send',
        '--to',
        `+${numberAt(1)}`,
        '--text',
        'Randevu',
        '--at',
        new Date(sendAt).toISOString(),
        '--json',
      ],
      { env: { ...world.env, ...skewedClock(10 * minutes) } },
    );
    const job = await world.queueOf('transactional').getJob(JSON.parse(stdout).ids[0]);
    expect(await job?.getState()).toBe('delayed');
    expect((job?.timestamp ?? 0) + (job?.delay ?? 0)).toBe(sendAt);
  });

  it('a hold that such a machine begins stops nobody for longer than it stands', async () => {
    await using world = await createWorld();
    const worker = world.start(0);
    await worker.logged('worker.started');
    const env = { ...world.env, ...skewedClock(10 * minutes) };
    await runCli(['hold', 'default', '--reason', 'test'], { env });
    const { record } = await createHoldStore(world.redis, placeOf(world)).read();
    expect(Math.abs((record.hold?.since ?? 0) - Date.now())).toBeLessThan(10_000);
    await world.send(10);
    await runCli(['resume', 'default'], { env });
    await world.simulator.waitForAccepted(10, 30_000);
  });

  it('is told by the doctor how far off it is', async () => {
    await using world = await createWorld();
    const { stdout } = await runCli(['doctor', '--json'], {
      env: { ...world.env, ...skewedClock(-10 * minutes) },
    });
    const clock = JSON.parse(stdout).findings.find(({ check }: Line) => check === 'clock');
    expect(clock).toMatchObject({
      level: 'warning',
      says: "This machine's clock is 600 s behind Redis': a worker here takes nothing until it is set right",
    });
  });
});

const placeOf = ({ env }: World) => ({ prefix: env['JETSMS_PREFIX'] ?? '', account: 'default' });
