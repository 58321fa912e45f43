import { Worker } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { createJournalStore, type JournalStore } from '../../src/bullmq/journal-store.ts';
import { putDeadLetter } from '../../src/bullmq/put-dead-letter.ts';
import { sendJobOptions } from '../../src/queue/job-options.ts';
import { emptyJournal, type Journal } from '../../src/queue/journal.ts';
import { refused } from '../../src/worker/account/hold-refusals.ts';
import { holdPolicyOf } from '../../src/worker/account/hold-steps.ts';
import { giveUp, type SettleContext } from '../../src/worker/settle.ts';
import { createDelivery, type DeliveryWorld, numberAt } from '../support/delivery.ts';
import { sendJob } from '../support/send-job.ts';
import { waitFor } from '../support/wait-for.ts';

const at = Date.now() - 5_000;
const parked = sendJob({ whenUncertain: 'park' });
const resent = sendJob({ whenUncertain: 'resend', lane: 'otp' });
const sending = { at, worker: 'gone' };

const requests = ({ simulator }: DeliveryWorld): number => simulator.stats().requests;
const jobKey = (world: DeliveryWorld, id: string): string => `${world.prefix}:${world.queue.name}:${id}`;
/** What happens to a job whose worker stands still for too long, without waiting for it. */
const loseLock = (world: DeliveryWorld, id: string): Promise<number> =>
  world.redis.del(`${jobKey(world, id)}:lock`);
/** Lost locks are noticed quickly. */
const quick = { settings: { stalledIntervalMs: 100 } };

describe('a job that is marked as being sent, and whose worker is gone', () => {
  it('is parked as uncertain, and not sent', async () => {
    await using world = await createDelivery();
    await world.enqueue('m1', parked, { ...emptyJournal, sending });
    await world.startWorker();
    const ended = await world.end('m1');
    expect(ended.letter).toMatchObject({ reason: 'uncertain', code: 'crash', mayHaveArrived: true });
    expect(ended.way).toEqual(['uncertain crash dead-letter']);
    expect(ended.journal).not.toHaveProperty('sending');
    expect(requests(world)).toBe(0);
    expect(world.telemetry.attempts).toMatchObject([{ id: 'm1', attempt: 1, outcome: { cause: 'crash' } }]);
    expect(world.telemetry.requests).toEqual([]);
  });

  it('is uncertain, not expired, when its deadline has passed meanwhile', async () => {
    await using world = await createDelivery();
    await world.enqueue('m1', { ...parked, deadlineAt: Date.now() - 1 }, { ...emptyJournal, sending });
    await world.startWorker();
    expect((await world.end('m1')).letter).toMatchObject({ reason: 'uncertain', code: 'crash' });
  });

  it('is sent again where the message wants it, and counted as resent', async () => {
    await using world = await createDelivery();
    await world.enqueue('m1', resent, { ...emptyJournal, sending });
    await world.startWorker();
    const ended = await world.end('m1');
    expect(ended.state).toBe('completed');
    expect(ended.journal).toMatchObject({ resends: 1, attempts: 2 });
    expect(world.telemetry.resends).toEqual([{ lane: 'otp', cause: 'crash' }]);
    expect(requests(world)).toBe(1);
  });

  it('is parked where it has been sent again as often as allowed', async () => {
    await using world = await createDelivery();
    const resends = world.settings.maxUncertainResends;
    await world.enqueue('m1', resent, { ...emptyJournal, resends, attempts: resends, sending });
    await world.startWorker();
    expect((await world.end('m1')).letter).toMatchObject({ reason: 'uncertain', code: 'crash' });
    expect(requests(world)).toBe(0);
  });
});

describe('a worker that died with a canary of a large job under way', () => {
  it('leaves one message in doubt; the others go on', async () => {
    await using world = await createDelivery();
    const to = [numberAt(1), numberAt(2), numberAt(3)];
    await world.enqueue('m1', { ...parked, to }, { ...emptyJournal, sending: { ...sending, messages: 1 } });
    await world.startWorker();
    await world.simulator.waitForAccepted(2, 5_000);
    expect(world.simulator.accepted.map((message) => message.to)).toEqual(to.slice(1));
    const letters = await waitFor(async () => {
      const found = await world.letters();
      return found.length > 0 && found;
    });
    expect(letters.map(({ data }) => [data.reason, data.code])).toEqual([['uncertain', 'crash']]);
  });
});

describe('a worker that died when its request had just begun the hold of the account', () => {
  it('leaves no doubt about the witness: hold and witness were written in one step', async () => {
    await using world = await createDelivery({ account: { probeIntervalMs: 3_600_000 } });
    const refusal = {
      reason: 'account-fault',
      ...{ code: '10', first: 'm1' },
      ...{ startedAt: at, acceptedAt: 0, isCanary: false, isAtFault: false },
    } as const;
    const context = { now: at, worker: 'w0', policy: holdPolicyOf(world.account) };
    await world.holdStore.change((record) => refused(record, refusal, context));
    await world.enqueue('m1', parked, { ...emptyJournal, sending });
    await world.startWorker();
    const ended = await world.end('m1');
    expect(ended.letter).toMatchObject({ reason: 'terminal', code: '10' });
    expect(ended.letter).not.toHaveProperty('mayHaveArrived');
    expect(requests(world)).toBe(0);
  });
});

describe('a message that carries no mark', () => {
  it('counts each lost lock as an interrupted request: it is resent no more often than allowed', async () => {
    await using world = await createDelivery({ ...quick, account: { connections: 4 } });
    world.simulator.faults.add({ kind: 'accept-then-hang' });
    await world.startWorker();
    const { id } = await world.send({ lane: 'otp' });
    for (let n = 1; n <= 1 + world.settings.maxUncertainResends; n += 1) {
      await waitFor(() => requests(world) === n);
      await loseLock(world, id);
    }
    const ended = await world.end(id);
    expect(ended.letter).toMatchObject({ reason: 'uncertain', code: 'crash' });
    expect(ended.way).toEqual([
      'uncertain crash retry',
      'uncertain crash retry',
      'uncertain crash dead-letter',
    ]);
    expect(requests(world)).toBe(3);
    // The requests of the lost runs end, by the simulator's end, and are not taken for resends.
    await world.simulator.close();
    await waitFor(() => world.telemetry.locksLost.length === 3);
    expect(world.telemetry.resends).toEqual([
      { lane: 'otp', cause: 'crash' },
      { lane: 'otp', cause: 'crash' },
    ]);
  });
});

describe('a job whose end is known', () => {
  it('completes without a request when it was accepted', async () => {
    await using world = await createDelivery();
    const settled = { end: 'accepted', groupId: '130228114512', at } as const;
    await world.enqueue('m1', parked, { ...emptyJournal, attempts: 1, settled });
    await world.startWorker();
    const ended = await world.end('m1');
    expect(ended).toMatchObject({ state: 'completed', groupId: '130228114512', letter: undefined });
    expect(requests(world)).toBe(0);
    expect(world.telemetry.ends).toMatchObject([{ id: 'm1', end: 'accepted' }]);
  });

  const dead: Journal = {
    ...emptyJournal,
    attempts: 1,
    history: [{ n: 1, at, outcome: 'refused', code: '12', verdict: 'dead-letter' }],
    settled: { end: 'dead', reason: 'terminal', code: '12', text: 'wrong title', at },
  };

  it('becomes a dead letter without a request when it was given up', async () => {
    await using world = await createDelivery();
    await world.enqueue('m1', parked, dead);
    await world.startWorker();
    const ended = await world.end('m1');
    expect(ended.letter).toMatchObject({ reason: 'terminal', code: '12', text: 'wrong title', job: parked });
    expect(ended.letter?.history).toEqual(dead.history);
    expect(requests(world)).toBe(0);
  });

  it('becomes one dead letter, also when the run before was cut off just after putting it', async () => {
    await using world = await createDelivery();
    const facts = { reason: 'terminal', code: '12', text: 'wrong title' } as const;
    const death = { id: 'm1', data: parked, facts, journal: dead, enqueuedAt: at, now: at };
    await putDeadLetter(world.deadQueue, death);
    await world.enqueue('m1', parked, dead);
    await world.startWorker();
    expect((await world.end('m1')).letter).toMatchObject({ diedAt: at });
    expect(await world.letters()).toHaveLength(1);
  });

  it('goes on in pieces, none of them twice, also when the run before was cut off in between', async () => {
    await using world = await createDelivery();
    const to = [0, 1, 2, 3].map(numberAt);
    const again = { fate: 'again', delayMs: 0, attempts: 0, resends: 0 } as const;
    const pieces = [
      { ...again, ranges: [[0, 2]] },
      { ...again, ranges: [[2, 4]] },
    ] as const;
    const first = { ...parked, to: to.slice(0, 2), before: { attempts: 0, resends: 0 } };
    const options = { id: 'm1.0', lane: parked.lane, now: at, deduplication: { id: 'm1.0', ttlMs: 60_000 } };
    await world.queue.add(parked.lane, first, sendJobOptions(options));
    await world.enqueue('m1', { ...parked, to }, { ...emptyJournal, settled: { end: 'split', at, pieces } });
    await world.startWorker();
    const ends = await Promise.all(['m1', 'm1.0', 'm1.1'].map((id) => world.end(id)));
    expect(ends.map(({ state }) => state)).toEqual(['completed', 'completed', 'completed']);
    expect([...world.simulator.counts()]).toEqual(expect.arrayContaining(to.map((number) => [number, 1])));
    expect(world.simulator.accepted).toHaveLength(4);
  });
});

describe('a lock that is lost while the request is under way', () => {
  it('parks the message; the late reply makes it accepted, its history shows both, nothing is sent twice', async () => {
    await using world = await createDelivery(quick);
    world.simulator.faults.add({ kind: 'latency', latencyMs: 900, times: 1 });
    await world.startWorker();
    await world.startWorker();
    const { id } = await world.send();
    await waitFor(() => requests(world) === 1);
    await loseLock(world, id);
    const [letter] = await waitFor(async () => {
      const letters = await world.letters();
      return letters.length > 0 && letters;
    });
    expect(letter?.data).toMatchObject({ reason: 'uncertain', code: 'crash' });

    await waitFor(() => world.telemetry.lateReplies.length > 0);
    const ended = await world.end(id);
    expect(ended).toMatchObject({ state: 'completed', letter: undefined });
    expect(ended.groupId).toBe(world.simulator.accepted[0]?.groupId);
    expect(ended.way).toEqual(['uncertain crash dead-letter', 'accepted 00 complete']);
    expect(ended.journal.history.map(({ late }) => late)).toEqual([undefined, true]);
    expect(ended.journal.settled).toMatchObject({ end: 'accepted', late: true });
    expect(await world.letters()).toEqual([]);
    expect(requests(world)).toBe(1);
    expect(world.telemetry.lateReplies).toMatchObject([{ id, settled: true }]);
    expect(world.telemetry.locksLost).toEqual([{ id, when: 'after the reply' }]);
  });

  it('a late refusal changes nothing: the message has been judged', async () => {
    await using world = await createDelivery({ ...quick, account: { title: 'YOK' } });
    world.simulator.faults.add({ kind: 'latency', latencyMs: 600, times: 1 });
    await world.startWorker();
    const { id } = await world.send();
    await waitFor(() => requests(world) === 1);
    await loseLock(world, id);
    await waitFor(() => world.telemetry.lateReplies.length > 0);
    expect(world.telemetry.lateReplies).toMatchObject([{ id, settled: false }]);
    expect((await world.end(id)).letter).toMatchObject({ reason: 'uncertain', code: 'crash' });
    expect(requests(world)).toBe(1);
  });

  it('the late reply stops a resend that has not left yet', async () => {
    const settings = { stalledIntervalMs: 100, lockDurationMs: 1_000 };
    await using world = await createDelivery({ settings, random: () => 0.999 });
    world.simulator.faults.add({ kind: 'latency', latencyMs: 900, times: 1 });
    await world.startWorker();
    const { id } = await world.send({ lane: 'otp' });
    await waitFor(() => requests(world) === 1);
    await loseLock(world, id);
    await waitFor(async () => (await world.queue.getJobState(id)) === 'delayed');
    const ended = await world.end(id);
    expect(ended.state).toBe('completed');
    expect(ended.way).toEqual(['uncertain crash retry', 'accepted 00 complete']);
    expect(ended.journal.settled).toMatchObject({ end: 'accepted', late: true });
    expect(requests(world)).toBe(1);
    expect(world.simulator.accepted).toHaveLength(1);
  });

  it('keeps the acceptance of a message that leaves no mark, where only its end came too late', async () => {
    await using world = await createDelivery({ settings: { stalledIntervalMs: 1_000 } });
    world.simulator.faults.add({ kind: 'latency', latencyMs: 300, times: 1 });
    await world.startWorker();
    const { id } = await world.send({ lane: 'otp' });
    await waitFor(() => requests(world) === 1);
    await loseLock(world, id);
    const ended = await world.end(id);
    expect(ended.state).toBe('completed');
    expect(ended.journal.settled).toMatchObject({ end: 'accepted', late: true });
    expect(requests(world)).toBe(1);
  });

  it('keeps an acceptance without a group id too', async () => {
    await using world = await createDelivery({
      account: { requestTimeoutMs: 600 },
      settings: { stalledIntervalMs: 1_000 },
    });
    // The reply breaks off behind its 00, which is when its time is over.
    world.simulator.faults.add({ kind: 'slow-body', durationMs: 3_000, times: 1 });
    await world.startWorker();
    const { id } = await world.send({ lane: 'otp' });
    await waitFor(() => requests(world) === 1);
    await loseLock(world, id);
    const ended = await world.end(id);
    expect(ended.state).toBe('completed');
    expect(ended.journal.settled).toEqual({ end: 'accepted', late: true, at: expect.any(Number) });
    expect(requests(world)).toBe(1);
  });

  it('before anything was sent, leaves the message to the worker that has it now', async () => {
    await using world = await createDelivery({ ...quick, account: { connections: 1, concurrency: 2 } });
    world.simulator.faults.add({ kind: 'latency', latencyMs: 900, times: 1 });
    await world.startWorker();
    const first = await world.send({ to: `+${numberAt(1)}` });
    const second = await world.send({ to: `+${numberAt(2)}` });
    await waitFor(async () => requests(world) === 1 && (await world.queue.getActiveCount()) === 2);
    await world.startWorker();
    await loseLock(world, second.id);
    await world.end(second.id);
    await world.end(first.id);
    await waitFor(() => world.telemetry.locksLost.length > 0);
    expect(world.telemetry.locksLost).toEqual([{ id: second.id, when: 'before sending' }]);
    expect([...world.simulator.counts().values()]).toEqual([1, 1]);
    expect(await world.letters()).toEqual([]);
  });
});

describe('a lock that is lost while nothing was sent', () => {
  it('is no fault of ours when the job is given back: it is said, and the job is left alone', async () => {
    await using world = await createDelivery({ account: { connections: 1, concurrency: 2 } });
    world.simulator.setLatency({ minMs: 300, maxMs: 300 });
    const worker = await world.startWorker();
    await world.send({ to: `+${numberAt(1)}` });
    const { id } = await world.send({ to: `+${numberAt(2)}` });
    await waitFor(async () => requests(world) === 1 && (await world.queue.getActiveCount()) === 2);
    await loseLock(world, id);
    await worker.close();
    expect(world.telemetry.locksLost).toEqual([{ id, when: 'while settling' }]);
    expect(world.telemetry.unexpectedErrors).toEqual([]);
    expect(requests(world)).toBe(1);
  });
});

describe('giving up', () => {
  it('is undone where a late reply came between the judgement and the dead letter', async () => {
    await using world = await createDelivery();
    const facts = { reason: 'uncertain', code: 'crash', mayHaveArrived: true } as const;
    const judged: Journal = { ...emptyJournal, settled: { end: 'dead', at, ...facts } };
    await world.enqueue('m1', parked, judged);
    const { name } = world.queue;
    const bull = new Worker(name, null, { connection: world.redis, prefix: world.prefix });
    const job = await waitFor(() => bull.getNextJob('token'));
    const accepted: Journal = {
      ...emptyJournal,
      settled: { end: 'accepted', groupId: '17', at, late: true },
    };
    await world.redis.hset(jobKey(world, 'm1'), 'progress', JSON.stringify(accepted));
    const result = await giveUp({ job, token: 'token' }, { facts, journal: judged }, contextOf(world));
    expect(result).toEqual({ end: 'accepted', groupId: '17' });
    expect(await world.letters()).toEqual([]);
    expect(world.telemetry.ends).toMatchObject([{ end: 'accepted' }]);
    await bull.close();
  });
});

function contextOf(world: DeliveryWorld): SettleContext {
  const { queue, deadQueue, telemetry } = world;
  const [journals, now] = [journalsOf(world), Date.now];
  return { queue, deadQueue, telemetry, journals, now, dueAt: (time) => time };
}

const journalsOf = (world: DeliveryWorld): JournalStore =>
  createJournalStore(world.redis, { prefix: world.prefix, account: world.account.name });

describe('closing a worker', () => {
  it('waits for what is under way, and gives back untouched what has not left', async () => {
    await using world = await createDelivery({ account: { connections: 1, concurrency: 5 } });
    world.simulator.setLatency({ minMs: 300, maxMs: 300 });
    const ids = await world.sendMany(6);
    const worker = await world.startWorker();
    await waitFor(async () => requests(world) === 1 && (await world.queue.getActiveCount()) === 5);
    await worker.close();
    expect(world.simulator.accepted).toHaveLength(1);
    expect(requests(world)).toBe(1);
    expect(await world.queue.getJobCountByTypes('prioritized', 'wait')).toBe(5);
    expect(await world.queue.getJobCountByTypes('completed')).toBe(1);
    for (const job of await world.queue.getJobs(['prioritized'])) expect(job.progress).toBe(0);

    world.simulator.setLatency({ minMs: 0, maxMs: 0 });
    await world.startWorker();
    await Promise.all(ids.map((id) => world.end(id)));
    expect([...world.simulator.counts().values()]).toEqual([1, 1, 1, 1, 1, 1]);
  });
});

describe('the journal in Redis', () => {
  const journal = (change: Partial<Journal> = {}): Journal => ({ ...emptyJournal, ...change });
  const late = journal({ settled: { end: 'accepted', groupId: '1', at, late: true } });

  async function withJob(
    use: (world: DeliveryWorld, journals: JournalStore) => Promise<void>,
  ): Promise<void> {
    await using world = await createDelivery();
    await world.enqueue('m1', parked);
    await world.redis.set(`${jobKey(world, 'm1')}:lock`, 'mine');
    await use(world, journalsOf(world));
  }

  it('is written by whom the lock belongs to, and by nobody else', () =>
    withJob(async (world, journals) => {
      await world.redis.set(`${jobKey(world, 'm2')}:lock`, 'another');
      const results = await journals.write([
        { id: 'm1', token: 'mine', journal: journal({ attempts: 1 }) },
        { id: 'm2', token: 'mine', journal: journal() },
        { id: 'm3', token: 'mine', journal: journal() },
      ]);
      expect(results).toEqual(['written', 'lost', 'lost']);
      expect((await journals.read('m1'))?.read).toMatchObject({ ok: true, journal: { attempts: 1 } });
      expect(await world.redis.exists(jobKey(world, 'm2'), jobKey(world, 'm3'))).toBe(0);
    }));

  it('is not written over what a late reply has settled', () =>
    withJob(async (world, journals) => {
      await world.redis.hset(jobKey(world, 'm1'), 'progress', JSON.stringify(late));
      expect(await journals.write([{ id: 'm1', token: 'mine', journal: journal() }])).toEqual(['superseded']);
      expect((await journals.read('m1'))?.read).toEqual({ ok: true, journal: late });
    }));

  it("is not taken for settled by the provider's words", () =>
    withJob(async (world, journals) => {
      const text = 'x","late":true,"settled":{';
      const quoting = journal({ settled: { end: 'dead', reason: 'terminal', code: '90', text, at } });
      await world.redis.hset(jobKey(world, 'm1'), 'progress', JSON.stringify(quoting));
      expect(await journals.write([{ id: 'm1', token: 'mine', journal: journal() }])).toEqual(['written']);
    }));

  it('is replaced only while it is what it was, and never for a job that is gone', () =>
    withJob(async (_, journals) => {
      const raw = (await journals.read('m1'))?.raw ?? 'none';
      const change = { job: parked, before: journal(), after: late };
      expect(await journals.replace('m1', `${raw} `, change)).toBe(false);
      expect(await journals.replace('m1', raw, change)).toBe(true);
      expect((await journals.read('m1'))?.read).toEqual({ ok: true, journal: late });
      expect(await journals.replace('gone', '', change)).toBe(false);
      expect(await journals.read('gone')).toBeUndefined();
    }));

  it('costs nothing where there is nothing to write', () =>
    withJob(async (_, journals) => {
      expect(await journals.write([])).toEqual([]);
    }));
});
