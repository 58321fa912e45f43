import { describe, expect, it } from 'vitest';
import { type AccountQueues, openAccountQueues } from '../../../src/bullmq/account-queues.ts';
import type { Outcome } from '../../../src/jetsms/outcome.ts';
import { lanes } from '../../../src/message/lane.ts';
import { sendJobOptions } from '../../../src/queue/job-options.ts';
import { emptyJournal } from '../../../src/queue/journal.ts';
import { keys } from '../../../src/queue/names.ts';
import { createLateReplies } from '../../../src/worker/late-replies.ts';
import type { Verdict } from '../../../src/worker/verdict/verdict.ts';
import { createDelivery, type DeliveryWorld } from '../../support/delivery.ts';
import { recordsAt } from '../../support/job-records.ts';
import { sendJob } from '../../support/send-job.ts';
import { waitFor } from '../../support/wait-for.ts';

const recordOf = ({ prefix, queue }: DeliveryWorld, id: string): string =>
  keys.record(prefix, queue.name, id);

/** Puts jobs into a queue that stands still, has something done to some of their fields, and lets them go. */
async function withBroken(
  world: DeliveryWorld,
  broken: Readonly<Record<string, Readonly<Record<string, string>>>>,
  change: Parameters<typeof sendJob>[0] = {},
): Promise<void> {
  await world.queue.pause();
  for (const [n, id] of ['h1', ...Object.keys(broken), 'h2', 'h3'].entries()) {
    const job = sendJob({ account: 'default', whenUncertain: 'resend', ...change, to: [`90532123450${n}`] });
    await world.queue.add(job.lane, job, sendJobOptions({ id, now: Date.now() }));
  }
  for (const [id, { journal, ...fields }] of Object.entries(broken)) {
    if (Object.keys(fields).length > 0) await world.redis.hset(world.queue.toKey(id), fields);
    if (journal !== undefined) await putJournal(world, id, journal);
  }
  await world.queue.resume();
}

/** As an earlier run has left it. */
async function putJournal(world: DeliveryWorld, id: string, journal: string): Promise<void> {
  await world.redis.hset(recordOf(world, id), { run: 1, journal });
  await world.redis.hset(world.queue.toKey(id), 'ats', 1);
}

const healthy = ['h1', 'h2', 'h3'];

async function expectHealthyOnce(world: DeliveryWorld): Promise<void> {
  for (const id of healthy) expect((await world.end(id)).groupId).toMatch(/^\d+$/);
  const texted = world.simulator.accepted.map(({ to }) => to);
  expect(texted.length).toBe(healthy.length);
  expect(new Set(texted).size).toBe(healthy.length);
}

describe('a job whose journal cannot be read', () => {
  it.each([
    '{"history":null}',
    '{"history":[null],"attempts":0,"resends":0,"stalls":0}',
    '{"attempts":0,"resends":0,"stalls":0,"history":[],"sending":{"worker":"w"}}',
    '{"attempts":0,"resends":0,"stalls":0,"history":[],"settled":{"end":"constructor","at":1,"late":true}}',
    '{"attempts":0,"resends":0,"stalls":0,"history":[],"settled":{"end":"split","at":1,"pieces":[]}}',
    '[1,2]',
    '50',
    '"late"',
  ])('becomes a dead letter alone, and says that it may have arrived: %s', async (journal) => {
    await using world = await createDelivery();
    await withBroken(world, { b: { journal } });
    await world.startWorker();
    await expectHealthyOnce(world);
    const { state, letter } = await world.end('b');
    expect(state).toBe('failed');
    expect(letter).toMatchObject({ reason: 'invalid', mayHaveArrived: true, history: [] });
    expect(letter?.text).toMatch(/journal/);
    expect(letter?.job).toMatchObject({ to: ['905321234501'] });
    expect((await world.letters()).length).toBe(1);
  });

  it('leaves the others in peace that have several attempts before them', async () => {
    await using world = await createDelivery({ account: { unreachableAfter: 100 } });
    world.simulator.faults.add({ kind: 'status', status: 503, times: 2 });
    await withBroken(world, { b: { journal: '{"history":null}' } });
    await world.startWorker();
    await expectHealthyOnce(world);
    expect((await world.end('h1')).way.at(-1)).toBe('accepted 00 complete');
  });

  it('is counted by its campaign as dead', async () => {
    await using world = await createDelivery();
    const people = ['905321234501', '905321234502'].map((to) => ({ to: `+${to}` }));
    await world.queue.pause();
    await world.producer.sendMany(people, { campaign: 'autumn', text: 'Merhaba', lane: 'transactional' });
    const [job] = await world.queue.getJobs(['wait']);
    await putJournal(world, job?.id ?? '', '{"history":{}}');
    await world.queue.resume();
    await world.startWorker();
    await world.end(job?.id ?? '');
    expect(await world.producer.campaign('autumn')).toMatchObject({ waiting: 0, dead: { invalid: 2 } });
  });
});

/** What BullMQ cannot read is mended once its lock has run out. */
const quick = { settings: { lockDurationMs: 1_000, stalledIntervalMs: 200 } };

describe('a job that BullMQ cannot read or write', () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ['journal', { journal: '{"history":' }],
    ['data', { data: '{"v":1,' }],
    ['fields', { progress: '{', data: '{', opts: 'null' }],
    ['endless nesting', { data: `${'['.repeat(20_000)}${']'.repeat(20_000)}` }],
  ])('for its %s becomes a dead letter alone', async (_, fields) => {
    await using world = await createDelivery(quick);
    await withBroken(world, { b: fields });
    await world.startWorker();
    await expectHealthyOnce(world);
    const { letter } = await world.end('b');
    expect(letter).toMatchObject({ reason: 'invalid' });
    expect((await world.letters()).length).toBe(1);
  });

  it('keeps what lay there in its dead letter', async () => {
    await using world = await createDelivery();
    await withBroken(world, { b: { data: '{"v":1,' } });
    await world.startWorker();
    expect((await world.end('b')).letter).toMatchObject({ job: '{"v":1,', text: 'the job holds no object' });
  });

  it.each(['no options', 'null', '5'])('for its options alone is sent without them: %s', async (opts) => {
    await using world = await createDelivery(quick);
    await withBroken(world, { b: { opts } });
    await world.startWorker();
    for (const id of [...healthy, 'b']) expect((await world.end(id)).state).toBe('completed');
    expect(world.simulator.accepted.length).toBe(4);
  });
});

describe('a job that somebody else put into the queue', () => {
  it.each<[string, unknown]>([
    ['a text', 'send this'],
    ['null', null],
    ['a list', [[['905321234567']]]],
    ['a job of a newer version', { ...sendJob(), v: 2 }],
    ['a job with a deadline that no date can hold', { ...sendJob(), deadlineAt: 1e300 }],
  ])('becomes a dead letter under an id of its own, without any options: %s', async (_, data) => {
    await using world = await createDelivery();
    const { id = '' } = await world.queue.add('whatever', data);
    await world.startWorker();
    await world.end(id);
    expect((await world.letters()).map((letter) => letter.data)).toMatchObject([{ v: 1, reason: 'invalid' }]);
  });

  it.each(lanes)(
    'may have been sent before, where somebody who could read it has had it, says its dead letter: in lane %s',
    async (lane) => {
      await using world = await createDelivery();
      const sending = { at: Date.now() - 1_000, worker: 'newer' };
      const job = { ...sendJob({ account: 'default', lane }), v: 2 };
      await world.enqueue('m1', job, { ...emptyJournal, sending });
      await world.startWorker();
      expect((await world.end('m1')).letter).toMatchObject({ reason: 'invalid', mayHaveArrived: true });
    },
  );

  it('has not been sent, where nobody has had it: its dead letter says nothing else', async () => {
    await using world = await createDelivery();
    await world.enqueue('m1', { ...sendJob({ account: 'default' }), v: 2 });
    await world.startWorker();
    expect((await world.end('m1')).letter).not.toHaveProperty('mayHaveArrived');
  });

  it('is sent where it is one that we can read', async () => {
    await using world = await createDelivery();
    const { id = '' } = await world.queue.add('whatever', sendJob({ account: 'default' }));
    await world.startWorker();
    expect((await world.end(id)).groupId).toMatch(/^\d+$/);
  });
});

describe('a campaign whose counts are none', () => {
  it('keeps nobody from being texted once, and no other campaign from being counted', async () => {
    await using world = await createDelivery();
    const { prefix, redis, producer, account } = world;
    const texts = { text: 'Merhaba', lane: 'transactional' } as const;
    await world.queue.pause();
    await producer.sendMany(['+905321234501'], { ...texts, campaign: 'broken' });
    await producer.sendMany(['+905321234502'], { ...texts, campaign: 'whole' });
    await redis.hset(keys.campaign(prefix, account.name, 'broken'), { accepted: 'sixty' });
    await world.queue.resume();
    await world.startWorker();
    await waitFor(async () => (await world.queue.getJobCountByTypes('completed')) === 2);
    expect(world.simulator.accepted.length).toBe(2);
    expect(world.telemetry.redisErrors).toEqual([]);
    expect(await producer.campaign('whole')).toMatchObject({ accepted: 1, waiting: 0 });
    expect(await producer.campaign('broken')).toMatchObject({ accepted: 0 });
  });
});

describe('a journal that becomes unreadable while the request is under way', () => {
  async function lateReplyTo(journal: string, outcome: Outcome, verdict: Verdict): Promise<string> {
    await using world = await createDelivery();
    const { redis, prefix, account, telemetry } = world;
    const place = { prefix, account: account.name };
    const job = sendJob({ account: account.name });
    await redis.hset(recordOf(world, 'm1'), { run: 2, journal });
    const records = recordsAt(redis, place);
    await using queues = disposable(openAccountQueues(redis, place, () => {}));
    const late = createLateReplies({ queues, records, telemetry, worker: 'w', now: Date.now });
    await late.settle({ id: 'm1', job, journal: emptyJournal }, outcome, verdict);
    return (await records.read({ id: 'm1', job })).journal;
  }
  const disposable = (queues: AccountQueues): AccountQueues & AsyncDisposable => ({
    ...queues,
    [Symbol.asyncDispose]: queues.close,
  });

  it('is replaced by an acceptance that comes late', async () => {
    const accepted = { kind: 'accepted', groupId: '17' } as const;
    const verdict = { kind: 'complete', rule: '00', groupId: '17' } as const;
    const after = await lateReplyTo('{"history":[null]}', accepted, verdict);
    expect(JSON.parse(after)).toMatchObject({ settled: { end: 'accepted', groupId: '17', late: true } });
  });

  it('is left alone by a refusal that comes late: nobody can tell whether it still counts', async () => {
    const unsent = { kind: 'unsent', cause: 'dns' } as const;
    const verdict = { kind: 'retry', rule: 'unsent', delayMs: 0, resend: false } as const;
    expect(await lateReplyTo('{', unsent, verdict)).toBe('{');
  });
});
