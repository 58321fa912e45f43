import { describe, expect, it } from 'vitest';
import { endReader } from '../../src/bullmq/message-ends.ts';
import { openDeadLetters } from '../../src/operator/dead-letters.ts';
import { countCampaignJob, setCampaignState } from '../../src/queue/campaign.ts';
import { emptyJournal, type Journal } from '../../src/queue/journal.ts';
import { keys } from '../../src/queue/names.ts';
import { messageIdAt, type SendJob } from '../../src/queue/send-job.ts';
import { createDelivery, type DeliveryWorld, numberAt } from '../support/delivery.ts';
import { sendJob } from '../support/send-job.ts';
import { waitFor } from '../support/wait-for.ts';

const sending = { at: Date.now() - 1_000, worker: 'gone' };

/** A job of three sends, as the producer joins them. */
const threeOf = ({ account }: DeliveryWorld, change: Partial<SendJob> = {}): SendJob =>
  sendJob({
    account: account.name,
    joined: true,
    to: [0, 1, 2].map(numberAt),
    text: ['a', 'b', 'c'],
    ...change,
  });

interface Beside {
  /** Messages whose key was used before. */
  readonly lost?: readonly number[];
  readonly journal?: Journal;
}

async function put(world: DeliveryWorld, job: SendJob, { lost, journal }: Beside = {}): Promise<void> {
  const { redis, prefix, queue } = world;
  if (lost) await redis.hset(keys.record(prefix, queue.name, 'm1'), 'lost', JSON.stringify(lost));
  await world.enqueue('m1', job, journal);
}

const completed = ({ queue }: DeliveryWorld) =>
  waitFor(async () => (await queue.getJobState('m1')) === 'completed', { what: 'the end of the job' });

const texted = ({ simulator }: DeliveryWorld): readonly string[] =>
  simulator.accepted.map(({ to }) => to).toSorted();
const lettersIn = async (world: DeliveryWorld): Promise<readonly (string | undefined)[]> =>
  (await world.letters()).map(({ id }) => id).toSorted();
const place = ({ prefix, account }: DeliveryWorld) => ({ prefix, account: account.name });
/** Past its deadline. */
const old = () => ({ enqueuedAt: Date.now() - 10_000, deadlineAt: Date.now() - 5_000 });

/** As from an app in which many ask at the same moment, each for a text of its own. */
const sendTexts = (world: DeliveryWorld, count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, n) => world.send({ to: `+${numberAt(n)}`, text: `Kod ${n}` })),
  );

describe('sends that share a job', () => {
  it('are accepted as one, each with its own id, group id and place in the history', async () => {
    await using world = await createDelivery();
    const ids = await world.sendTogether(60);
    expect(new Set(ids).size).toBe(60);
    expect(await world.queue.getJobCountByTypes('waiting')).toBe(2);
    await world.startWorker();
    for (const id of ids) {
      const { state, groupId, way } = await world.end(id);
      expect([state, way]).toEqual(['completed', ['accepted 00 complete']]);
      expect(groupId).toMatch(/^\d+$/);
    }
    expect([...world.simulator.counts('to').values()]).toEqual(Array(60).fill(1));
    expect(world.simulator.stats().requests).toBeLessThanOrEqual(3);
  });

  it('each say their own text to their own number', async () => {
    await using world = await createDelivery();
    await sendTexts(world, 20);
    await world.startWorker();
    await world.simulator.waitForAccepted(20, 5_000);
    const said = world.simulator.accepted.map(({ to, text }) => `${to} ${text}`);
    const wanted = Array.from({ length: 20 }, (_, n) => `${numberAt(n)} Kod ${n}`);
    expect(said.toSorted()).toEqual(wanted.toSorted());
  });

  it.each([
    ['over XML', {}],
    ['over the web service', { account: { surface: 'web-service' } }],
  ] as const)(
    'die alone for a bad text, under their own id, and the others are accepted once: %s',
    async (_, choice) => {
      await using world = await createDelivery(choice);
      world.simulator.faults.add({ kind: 'reply', code: '80', match: { to: numberAt(7) } });
      const receipts = await sendTexts(world, 20);
      const bad = receipts[7]?.id ?? '';
      await world.startWorker();
      const ends = await Promise.all(receipts.map(({ id }) => world.end(id)));
      expect(ends.map(({ state }) => state)).toEqual(
        receipts.map(({ id }) => (id === bad ? 'failed' : 'completed')),
      );
      expect(await lettersIn(world)).toEqual([bad]);
      expect(ends[7]?.letter).toMatchObject({
        reason: 'terminal',
        code: '80',
        job: { to: [numberAt(7)], text: 'Kod 7' },
      });
      expect([...world.simulator.counts('to').values()]).toEqual(Array(19).fill(1));
      expect(world.simulator.counts('to').has(numberAt(7))).toBe(false);
    },
  );

  it('end each by what JetSMS said of its own number', async () => {
    await using world = await createDelivery({ account: { surface: 'web-service' } });
    world.simulator.faults.add({ kind: 'refuse-recipient', code: '31', match: { to: numberAt(1) } });
    await put(world, threeOf(world));
    await world.startWorker();
    expect((await world.end('m1.1')).letter).toMatchObject({ code: '31', pieceOf: 'm1' });
    await completed(world);
    expect(await lettersIn(world)).toEqual(['m1.1']);
    expect(texted(world)).toEqual([numberAt(0), numberAt(2)]);
    expect(world.simulator.stats().requests).toBe(1);
  });

  it('become dead letters one by one where nobody knows whether they arrived, and can be replayed so', async () => {
    await using world = await createDelivery({ account: { headersTimeoutMs: 300 } });
    world.simulator.faults.add({ kind: 'accept-then-reset', times: 5 });
    const ids = await world.sendTogether(10);
    await world.startWorker();
    for (const id of ids) {
      expect((await world.end(id)).letter).toMatchObject({ reason: 'uncertain', mayHaveArrived: true });
    }
    expect(await lettersIn(world)).toEqual(ids.toSorted());
    await using letters = openDeadLetters({ redis: world.redis, ...place(world) });
    world.simulator.faults.clear();
    const only = [ids[4] ?? ''];
    const { replayed } = await letters.replay({ ids: only }, { includeUncertain: true });
    expect(replayed).toBe(1);
    await world.end(`${ids[4]}.r1`);
    expect(world.simulator.counts('to').get(numberAt(4))).toBe(2);
    expect((await world.letters()).length).toBe(9);
  });

  it('go again together where nothing was sent, and where a second text is fine', async () => {
    await using world = await createDelivery({ account: { headersTimeoutMs: 300 } });
    world.simulator.faults.add({ kind: 'status', status: 503, times: 1 });
    world.simulator.faults.add({ kind: 'accept-then-reset', times: 1 });
    await put(world, threeOf(world, { whenUncertain: 'resend' }));
    await world.startWorker();
    const { journal } = await world.end('m1');
    expect(journal).toMatchObject({ attempts: 3, resends: 1, settled: { end: 'accepted' } });
    expect([...world.simulator.counts('to').values()]).toEqual([2, 2, 2]);
    expect(await world.letters()).toEqual([]);
  });

  it('wait for credit: one of them tries, then each is accepted once', async () => {
    const account = { probeIntervalMs: 200, maxProbeIntervalMs: 200, resumeRatePerSecond: 20_000 };
    await using world = await createDelivery({ account, provider: { credit: 0 } });
    await put(world, threeOf(world));
    await world.startWorker();
    await world.held({ reason: 'no-credit' });
    world.simulator.topUp('acme', 100);
    await world.simulator.waitForAccepted(3, 10_000);
    for (const n of [0, 1, 2]) await world.end(`m1.${n}`);
    await world.held(undefined, { limitMs: 10_000 });
    expect(texted(world)).toEqual([0, 1, 2].map(numberAt));
    expect(await world.letters()).toEqual([]);
  });
});

describe('the deadlines of sends that share a job', () => {
  it('are each their own', async () => {
    await using world = await createDelivery();
    const enqueuedAt = Date.now() - 10_000;
    const times = { enqueuedAt, deadlineAt: enqueuedAt + 5_000, laterMs: [0, 0, 55_000] };
    await put(world, threeOf(world, times));
    await world.startWorker();
    for (const id of ['m1.0', 'm1.1']) {
      expect((await world.end(id)).letter).toMatchObject({ reason: 'expired', pieceOf: 'm1' });
    }
    expect(await world.end('m1.2')).toMatchObject({ state: 'completed', letter: undefined });
    expect(texted(world)).toEqual([numberAt(2)]);
  });

  it('pass while JetSMS is away, for one after the other; who is still in time is sent', async () => {
    await using world = await createDelivery({ random: () => 0.999, account: { unreachableAfter: 100 } });
    // The first two delays are 2 and 5 seconds.
    world.simulator.faults.add({ kind: 'status', status: 503, times: 1 });
    const now = Date.now();
    const times = { enqueuedAt: now, deadlineAt: now + 1_500, laterMs: [0, 50_000, 0] };
    await put(world, threeOf(world, times));
    await world.startWorker();
    for (const id of ['m1.0', 'm1.2']) {
      const { letter } = await world.end(id);
      expect(letter).toMatchObject({ reason: 'expired', pieceOf: 'm1' });
      expect(letter).not.toHaveProperty('mayHaveArrived');
    }
    expect(await world.end('m1.1')).toMatchObject({ state: 'completed' });
    expect(texted(world)).toEqual([numberAt(1)]);
  });
});

describe('sends that share a job whose worker died in the middle of their request', () => {
  it('are each in doubt, and none is texted twice', async () => {
    await using world = await createDelivery();
    await put(world, threeOf(world), { journal: { ...emptyJournal, sending } });
    await world.startWorker();
    for (const n of [0, 1, 2]) {
      expect((await world.end(`m1.${n}`)).letter).toMatchObject({ reason: 'uncertain', pieceOf: 'm1' });
    }
    expect(world.simulator.stats().requests).toBe(0);
  });

  it('are each in doubt where JetSMS took it and said nothing, and are not sent by the next worker', async () => {
    await using world = await createDelivery({
      account: { headersTimeoutMs: 1_000 },
      settings: { stalledIntervalMs: 100 },
    });
    world.simulator.faults.add({ kind: 'accept-then-hang', times: 1 });
    await put(world, threeOf(world));
    await world.startWorker();
    await world.startWorker();
    await waitFor(() => world.simulator.stats().requests === 1);
    await world.redis.del(`${world.queue.toKey('m1')}:lock`);
    for (const n of [0, 1, 2]) {
      const { letter } = await world.end(`m1.${n}`);
      expect(letter).toMatchObject({ reason: 'uncertain', mayHaveArrived: true, pieceOf: 'm1' });
    }
    // That no answer came to the first worker either changes nothing.
    await waitFor(() => world.telemetry.lateReplies.length > 0);
    expect(await lettersIn(world)).toEqual(['m1.0', 'm1.1', 'm1.2']);
    expect([...world.simulator.counts('to').values()]).toEqual([1, 1, 1]);
    expect(world.simulator.stats().requests).toBe(1);
  });

  it('are in doubt only as far as they were in it', async () => {
    await using world = await createDelivery();
    await put(world, threeOf(world), { lost: [1], journal: { ...emptyJournal, sending } });
    await world.startWorker();
    await completed(world);
    expect(await lettersIn(world)).toEqual(['m1.0', 'm1.2']);
    expect(world.simulator.stats().requests).toBe(0);
  });

  it('are accepted after all where its reply comes late: none has a dead letter, none is texted twice', async () => {
    await using world = await createDelivery({ settings: { stalledIntervalMs: 100 } });
    world.simulator.faults.add({ kind: 'latency', latencyMs: 1_200, times: 1 });
    await put(world, threeOf(world));
    await world.startWorker();
    await world.startWorker();
    await waitFor(() => world.simulator.stats().requests === 1);
    await world.redis.del(`${world.queue.toKey('m1')}:lock`);
    await waitFor(async () => (await world.letters()).length === 3, { what: 'a dead letter each' });
    await waitFor(() => world.telemetry.lateReplies.length > 0);
    expect(await world.letters()).toEqual([]);
    const { groupId } = world.simulator.accepted[0] ?? {};
    const ids = ['m1.0', 'm1.1', 'm1.2'];
    expect(await endReader(world.redis, place(world))(ids)).toEqual(
      ids.map(() => ({ kind: 'accepted', groupId })),
    );
    await using letters = openDeadLetters({ redis: world.redis, ...place(world) });
    expect(await letters.show('m1.1')).toMatchObject({ state: 'accepted' });
    expect(texted(world)).toEqual([0, 1, 2].map(numberAt));
    expect(world.simulator.stats().requests).toBe(1);
  });
});

describe('of sends that share a job, those whose key was used before', () => {
  it('are never sent, and the others once, with the keys of an app', async () => {
    await using world = await createDelivery();
    await world.startWorker();
    const keyed = (n: number) =>
      world.send({ to: `+${numberAt(n)}`, text: `Kod ${n}`, idempotencyKey: `order-${n}` });
    const before = [await keyed(4), await keyed(6)];
    for (const { id } of before) await world.end(id);
    const receipts = await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(keyed));
    expect(receipts.filter(({ duplicate }) => duplicate).map(({ id }) => id)).toEqual(
      before.map(({ id }) => id),
    );
    for (const { id } of receipts) expect((await world.end(id)).state).toBe('completed');
    expect(texted(world)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map(numberAt));
  });

  it.each<[string, number[], number[]]>([
    ['some', [1], [0, 2]],
    ['all but one', [0, 2], [1]],
    ['all', [0, 1, 2], []],
  ])('are never sent, where it was %s of them', async (_, lost, sent) => {
    await using world = await createDelivery();
    await put(world, threeOf(world), { lost });
    await world.startWorker();
    await completed(world);
    expect(texted(world)).toEqual(sent.map(numberAt));
    expect((await world.queue.getJob('m1'))?.returnvalue).toMatchObject({
      end: sent.length === 0 ? 'duplicate' : 'accepted',
    });
    expect(await world.letters()).toEqual([]);
  });

  it('leave the ids of the others as they were when those die', async () => {
    await using world = await createDelivery();
    world.simulator.faults.add({ kind: 'reply', code: '80', match: { to: numberAt(2) } });
    await put(world, threeOf(world), { lost: [0] });
    await world.startWorker();
    expect((await world.end('m1.2')).letter).toMatchObject({ reason: 'terminal', code: '80' });
    expect(await world.end('m1.1')).toMatchObject({ state: 'completed' });
    expect(texted(world)).toEqual([numberAt(1)]);
    expect(await lettersIn(world)).toEqual(['m1.2']);
  });

  it('leave no dead letter that could be replayed, where the job expires before anybody has had it', async () => {
    await using world = await createDelivery();
    await put(world, threeOf(world, old()), { lost: [1] });
    await world.startWorker();
    await completed(world);
    expect(await lettersIn(world)).toEqual(['m1.0', 'm1.2']);
  });

  it.each([
    ['a job of one message', { to: [numberAt(0)], text: 'a' }, [-1]],
    ['all of a shared job', { joined: true, to: [0, 1].map(numberAt), text: ['a', 'b'] }, [0, 1]],
  ] as const)('leave none either, where it was %s', async (_, change, lost) => {
    await using world = await createDelivery();
    await put(world, sendJob({ account: world.account.name, ...change, ...old() }), { lost });
    await world.startWorker();
    await completed(world);
    expect((await world.queue.getJob('m1'))?.returnvalue).toEqual({ end: 'duplicate' });
    expect(await world.letters()).toEqual([]);
    expect(world.telemetry.ends).toEqual([]);
  });

  it('leave none where it was a place in a campaign that is cancelled', async () => {
    await using world = await createDelivery();
    const job = sendJob({ account: world.account.name, campaign: 'sale', lane: 'transactional' });
    const campaign = { ...place(world), campaign: 'sale' };
    const { deadlineAt } = job;
    await countCampaignJob(world.redis, campaign, { position: 0, messages: 1, deadlineAt, now: Date.now() });
    await setCampaignState(world.redis, campaign, 'cancelled');
    await put(world, job, { lost: [-1] });
    await world.startWorker();
    await completed(world);
    expect(await world.letters()).toEqual([]);
    // The one that claimed the place is still to be counted, and by nobody else.
    expect(await world.producer.campaign('sale')).toMatchObject({ waiting: 1, dead: {} });
  });
});

describe('the id of a message', () => {
  it('is made of its job and its place there, also for those that are left of a job', () => {
    const job = sendJob({ joined: true, to: [0, 1].map(numberAt), text: ['a', 'b'] });
    expect([0, 1].map((index) => messageIdAt('m1', job, index))).toEqual(['m1.0', 'm1.1']);
    expect(messageIdAt('m1', { ...job, to: [numberAt(1)], ids: ['m1.1'] }, 0)).toBe('m1.1');
  });
});
