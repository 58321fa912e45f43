import { Worker } from 'bullmq';
import { describe, expect, it } from 'vitest';
import type { JobRecords } from '../../src/bullmq/job-records.ts';
import { putDeadLetter } from '../../src/bullmq/put-dead-letter.ts';
import type { Lane } from '../../src/message/lane.ts';
import { jobAdder } from '../../src/queue/add-jobs.ts';
import { emptyRecord } from '../../src/queue/job-record.ts';
import { emptyJournal, type Journal } from '../../src/queue/journal.ts';
import { keys } from '../../src/queue/names.ts';
import { parseJournalText } from '../../src/queue/parse-journal.ts';
import type { SendJob } from '../../src/queue/send-job.ts';
import { refused } from '../../src/worker/account/hold-refusals.ts';
import { holdPolicyOf } from '../../src/worker/account/hold-steps.ts';
import type { SettleContext } from '../../src/worker/known-job.ts';
import { settle } from '../../src/worker/settle.ts';
import type { Verdict } from '../../src/worker/verdict/verdict.ts';
import { createDelivery, type DeliveryWorld, numberAt } from '../support/delivery.ts';
import { recordsAt } from '../support/job-records.ts';
import { sendJob } from '../support/send-job.ts';
import { waitFor } from '../support/wait-for.ts';

const at = Date.now() - 5_000;
const parked = sendJob({ whenUncertain: 'park' });
const resent = sendJob({ whenUncertain: 'resend', lane: 'otp' });
const sending = { at, worker: 'gone' };

const requests = ({ simulator }: DeliveryWorld): number => simulator.stats().requests;
const recordKey = (world: DeliveryWorld, id: string): string =>
  keys.record(world.prefix, world.queue.name, id);
/** What happens to a job whose worker stands still for too long, without waiting for it. */
const loseLock = (world: DeliveryWorld, id: string, lane: Lane = 'transactional'): Promise<number> =>
  world.redis.del(`${world.queueOf(lane).toKey(id)}:lock`);
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
      await loseLock(world, id, 'otp');
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
    const claims = [{ name: 'm1.p0', value: 'm1.p0', ttlMs: 60_000 }];
    await jobAdder(world.redis)(world.queue, [
      { id: 'm1.p0', job: { ...first, account: world.account.name }, now: at, claims },
    ]);
    await world.enqueue('m1', { ...parked, to }, { ...emptyJournal, settled: { end: 'split', at, pieces } });
    await world.startWorker();
    const ends = await Promise.all(['m1', 'm1.p0', 'm1.p1'].map((id) => world.end(id)));
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
    await loseLock(world, id, 'otp');
    await waitFor(async () => (await world.queueOf('otp').getJobState(id)) === 'delayed');
    const ended = await world.end(id);
    expect(ended.state).toBe('completed');
    expect(ended.way).toEqual(['uncertain crash retry', 'accepted 00 complete']);
    expect(ended.journal.settled).toMatchObject({ end: 'accepted', late: true });
    expect(requests(world)).toBe(1);
    expect(world.simulator.accepted).toHaveLength(1);
  });

  it('keeps the acceptance of a message that leaves no mark, where only its lock was lost', async () => {
    await using world = await createDelivery({ settings: { stalledIntervalMs: 1_000 } });
    world.simulator.faults.add({ kind: 'latency', latencyMs: 300, times: 1 });
    await world.startWorker();
    const { id } = await world.send({ lane: 'otp' });
    await waitFor(() => requests(world) === 1);
    await loseLock(world, id, 'otp');
    const ended = await world.end(id);
    expect(ended.state).toBe('completed');
    expect(ended.journal.settled).toMatchObject({ end: 'accepted' });
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
    await loseLock(world, id, 'otp');
    const ended = await world.end(id);
    expect(ended.state).toBe('completed');
    expect(ended.journal.settled).toEqual({ end: 'accepted', at: expect.any(Number) });
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
  const facts = { reason: 'uncertain', code: 'crash', mayHaveArrived: true } as const;
  const dead: Journal = { ...emptyJournal, settled: { end: 'dead', at, ...facts } };
  const pieces = [0, 1].map((n) => ({ fate: 'dead', facts, ranges: [[n, n + 1]] }) as const);
  const split: Journal = { ...emptyJournal, settled: { end: 'split', at, pieces } };
  const shared = sendJob({ joined: true, to: [1, 2].map(numberAt), text: ['a', 'b'] });

  it.each<[string, SendJob, Journal, Verdict]>([
    ['a message', parked, dead, { kind: 'dead-letter', rule: 'uncertain: park', facts }],
    ['sends that share a job', shared, split, { kind: 'split', rule: 'uncertain: park', pieces }],
  ])(
    'is undone where a late reply came between the judgement and the dead letter: of %s',
    async (_, data, judged, verdict) => {
      await using world = await createDelivery();
      await world.enqueue('m1', data, judged);
      const { name } = world.queue;
      const bull = new Worker(name, null, { connection: world.redis, prefix: world.prefix });
      const job = await waitFor(() => bull.getNextJob('token'));
      const accepted: Journal = {
        ...emptyJournal,
        settled: { end: 'accepted', groupId: '17', at, late: true },
      };
      await world.redis.hset(recordKey(world, 'm1'), 'journal', JSON.stringify(accepted));
      const known = { job, token: 'token', id: 'm1', sendJob: data, seen: emptyRecord.seen };
      const result = await settle(known, { kind: 'verdict', verdict, journal: judged }, contextOf(world));
      expect(result).toEqual({ end: 'accepted', groupId: '17' });
      expect(await world.letters()).toEqual([]);
      expect(world.telemetry.ends).toMatchObject([{ end: 'accepted', messages: data.to.length }]);
      await bull.close();
    },
  );
});

function contextOf(world: DeliveryWorld): SettleContext {
  const { queueOf, deadQueue, telemetry, redis } = world;
  return {
    queues: { of: queueOf, dead: deadQueue },
    addJobs: jobAdder(redis),
    records: recordsOf(world),
    telemetry,
    now: Date.now,
    dueAt: (time) => time,
  };
}

const recordsOf = (world: DeliveryWorld): JobRecords =>
  recordsAt(world.redis, { prefix: world.prefix, account: world.account.name });

describe('closing a worker', () => {
  it('waits for what is under way, and gives back untouched what has not left', async () => {
    await using world = await createDelivery({ account: { connections: 1, concurrency: 5 } });
    world.simulator.setLatency({ minMs: 300, maxMs: 300 });
    // One after the other: sends that come together would share a job.
    const ids: string[] = [];
    for (let n = 0; n < 6; n += 1) ids.push((await world.send({ to: `+${numberAt(n)}` })).id);
    const worker = await world.startWorker();
    await waitFor(async () => requests(world) === 1 && (await world.queue.getActiveCount()) === 5);
    await worker.close();
    expect(world.simulator.accepted).toHaveLength(1);
    expect(requests(world)).toBe(1);
    expect(await world.queue.getJobCountByTypes('wait')).toBe(5);
    expect(await world.queue.getJobCountByTypes('completed')).toBe(1);
    for (const id of await world.queue.getRanges(['wait'])) {
      expect(await world.redis.exists(recordKey(world, id))).toBe(0);
    }

    world.simulator.setLatency({ minMs: 0, maxMs: 0 });
    await world.startWorker();
    await Promise.all(ids.map((id) => world.end(id)));
    expect([...world.simulator.counts().values()]).toEqual([1, 1, 1, 1, 1, 1]);
  });
});

describe('the record of a job', () => {
  const journal = (change: Partial<Journal> = {}): Journal => ({ ...emptyJournal, ...change });
  const accepted = { end: 'accepted', groupId: '1', at } as const;
  const late = journal({ settled: { ...accepted, late: true } });
  const run = (id: string, n: number, change: Partial<Journal> = {}, isMarked = false) => ({
    id,
    job: parked,
    run: n,
    journal: journal(change),
    isMarked,
  });

  async function withRecords(
    use: (records: JobRecords, world: DeliveryWorld) => Promise<void>,
  ): Promise<void> {
    await using world = await createDelivery();
    await use(recordsOf(world), world);
  }
  const journalIn = async (records: JobRecords, id: string): Promise<unknown> => {
    const read = parseJournalText((await records.read({ id, job: parked })).journal);
    return read.ok ? read.journal : read;
  };

  it('is written by a run until a later one has written, and by the earlier one no more', () =>
    withRecords(async (records) => {
      expect(await records.write([run('m1', 1, { attempts: 1 }), run('m2', 1)])).toEqual([
        'written',
        'written',
      ]);
      expect(await records.write([run('m1', 2, { attempts: 2 })])).toEqual(['written']);
      expect(await records.write([run('m1', 1, { attempts: 9 })])).toEqual(['lost']);
      expect(await journalIn(records, 'm1')).toMatchObject({ attempts: 2 });
    }));

  it('is lost to a run whose mark is no longer there', () =>
    withRecords(async (records) => {
      expect(await records.write([run('m1', 1, {}, true)])).toEqual(['lost']);
      const mark = journal({ sending: { at, worker: 'w' } });
      expect(await records.begin([{ ...run('m1', 1), seen: emptyRecord.seen, mark }], false)).toEqual([
        'written',
      ]);
      expect(await records.write([run('m1', 1, {}, true)])).toEqual(['written']);
    }));

  it('is not begun by an earlier run than the last that has begun', () =>
    withRecords(async (records) => {
      const begin = (n: number) => records.begin([{ ...run('m1', n), seen: emptyRecord.seen }], false);
      expect(await begin(2)).toEqual(['written']);
      expect(await begin(1)).toEqual(['lost']);
      expect(await begin(2)).toEqual(['written']);
    }));

  it('is not begun, nor written by another run, once an end stands there', () =>
    withRecords(async (records) => {
      expect(await records.write([run('m1', 1, { settled: accepted })])).toEqual(['written']);
      expect(await records.write([run('m1', 1, { settled: accepted })])).toEqual(['written']);
      expect(await records.begin([{ ...run('m1', 2), seen: emptyRecord.seen }], false)).toEqual([
        'superseded',
      ]);
      expect(await records.write([run('m1', 2)])).toEqual(['superseded']);
    }));

  it('is not written over what a late reply has settled', () =>
    withRecords(async (records) => {
      const { job } = run('m1', 1);
      await records.write([run('m1', 1)]);
      const { journal: before } = await records.read({ id: 'm1', job });
      expect(await records.replace('m1', before, { job, before: emptyJournal, after: late })).toBe(true);
      expect(await records.write([run('m1', 1)])).toEqual(['superseded']);
      expect(await journalIn(records, 'm1')).toEqual(late);
    }));

  it("is not taken for settled late by the provider's words", () =>
    withRecords(async (records, world) => {
      const text = 'x","late":true,"settled":{';
      const quoting = journal({ settled: { end: 'dead', reason: 'terminal', code: '90', text, at } });
      await world.redis.hset(recordKey(world, 'm1'), { run: 1, journal: JSON.stringify(quoting) });
      expect(await records.write([run('m1', 1)])).toEqual(['written']);
    }));

  it('is looked at again by a run that has not seen which claims were lost', () =>
    withRecords(async (records, world) => {
      await world.redis.hset(recordKey(world, 'm1'), 'lost', '[1]');
      const beginning = { ...run('m1', 1), mark: journal({ sending: { at, worker: 'w' } }) };
      expect(await records.begin([{ ...beginning, seen: emptyRecord.seen }], false)).toEqual(['changed']);
      expect(await journalIn(records, 'm1')).not.toHaveProperty('sending');
      expect(await records.begin([{ ...beginning, seen: '[1]||' }], false)).toEqual(['written']);
    }));

  // Both sent it: the earlier one marked it when the later one had just seen that there was no mark.
  it('is looked at again by a run that has not seen that an earlier one is sending', () =>
    withRecords(async (records) => {
      const begin = (n: number) => {
        const mark = journal({ sending: { at, worker: `w${n}` } });
        return records.begin([{ ...run('m1', n), seen: emptyRecord.seen, mark }], false);
      };
      expect(await begin(1)).toEqual(['written']);
      expect(await begin(2)).toEqual(['changed']);
      expect(await journalIn(records, 'm1')).toMatchObject({ sending: { worker: 'w1' } });
      // An answer that was lost with its connection is asked for again.
      expect(await begin(1)).toEqual(['written']);
      expect(await records.write([run('m1', 1, {}, true)])).toEqual(['written']);
      expect(await begin(2)).toEqual(['written']);
    }));

  it('lets nothing begin while the account is held, but a canary', () =>
    withRecords(async (records, world) => {
      const hold = keys.hold(world.prefix, world.account.name);
      const begin = (isCanary: boolean) =>
        records.begin([{ ...run('m1', 1), seen: emptyRecord.seen }], isCanary);
      await world.redis.set(hold, JSON.stringify({ hold: { mode: 'probing' } }));
      expect([await begin(false), await begin(true)]).toEqual([['held'], ['written']]);
      await world.redis.set(hold, JSON.stringify({ hold: { mode: 'resuming' } }));
      expect(await begin(false)).toEqual(['written']);
      for (const strange of ['', '[]', '{"hold":3}', 'no JSON']) {
        await world.redis.set(hold, strange);
        expect(await begin(false)).toEqual(['written']);
      }
    }));

  it('is replaced only while it is what it was, and never where there is none', () =>
    withRecords(async (records) => {
      await records.write([run('m1', 1)]);
      const { journal: text } = await records.read({ id: 'm1', job: parked });
      const change = { job: parked, before: journal(), after: late };
      expect(await records.replace('m1', `${text} `, change)).toBe(false);
      expect(await records.replace('m1', text, change)).toBe(true);
      expect(await journalIn(records, 'm1')).toEqual(late);
      expect(await records.replace('gone', '', change)).toBe(false);
      expect(await records.read({ id: 'gone', job: parked })).toEqual(emptyRecord);
    }));

  it('names all messages as lost where nobody can tell which', () =>
    withRecords(async (records, world) => {
      await world.redis.hset(recordKey(world, 'm1'), 'lost', 'rubbish');
      expect((await records.read({ id: 'm1', job: parked })).lost).toEqual([-1]);
    }));

  it('is kept for 30 days after the deadline of its job, and forgotten when it is told to', () =>
    withRecords(async (records, world) => {
      const job: SendJob = { ...parked, deadlineAt: Date.now() + 3_600_000 };
      await records.write([{ ...run('m1', 1), job }]);
      const ttlMs = await world.redis.pttl(recordKey(world, 'm1'));
      expect(Math.abs(ttlMs - (30 * 86_400_000 + 3_600_000))).toBeLessThan(60_000);
      await records.forget([{ id: 'm1', job }]);
      expect(await world.redis.exists(recordKey(world, 'm1'))).toBe(0);
    }));

  it('costs nothing where there is nothing to write', () =>
    withRecords(async (records) => {
      expect(await records.write([])).toEqual([]);
    }));
});
