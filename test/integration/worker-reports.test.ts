import { describe, expect, it } from 'vitest';
import { createDeadLetterStore } from '../../src/bullmq/dead-letter-store.ts';
import { createJetsmsClient } from '../../src/jetsms/client.ts';
import type { SurfaceName } from '../../src/message/surface.ts';
import { openDeadLetters } from '../../src/operator/dead-letters.ts';
import { dayOf, type Ended, endedKey, parseEnded } from '../../src/queue/ended-state.ts';
import { eventField, type MessagesEntry, parseEventEntry } from '../../src/queue/event-entry.ts';
import { keys } from '../../src/queue/names.ts';
import type { AccountSettings } from '../../src/settings/account.ts';
import { createDelivery, type DeliveryChoice, type DeliveryWorld, numberAt } from '../support/delivery.ts';
import { startRedis } from '../support/redis.ts';
import { sendJob } from '../support/send-job.ts';
import { stays, waitFor } from '../support/wait-for.ts';

/** Questions that soon come and soon come again, for as long as a test takes. */
const soon = { reportFirstMs: 100, reportIntervalMs: 300, reportForMs: 60_000 } as const;
/** Asking is over before long. */
const briefly = { ...soon, reportForMs: 500 } as const;

const surfaces = ['xml', 'web-service'] as const satisfies readonly SurfaceName[];

interface ReportWorld extends DeliveryWorld {
  /** What was told of accepted messages, without what stands for their acceptance. */
  told(): Promise<readonly MessagesEntry[]>;
  waiting(): Promise<number>;
  /** What is kept of a job's end. */
  kept(job: string): Promise<Ended | undefined>;
  nothingWaits(): Promise<unknown>;
}

async function createWorld(
  account: Partial<AccountSettings>,
  more: Omit<DeliveryChoice, 'account'> = {},
): Promise<ReportWorld> {
  const world = await createDelivery({ ...more, account: { ...soon, ...account }, random: () => 0.5 });
  const { redis, prefix } = world;
  const place = { prefix, account: world.account.name };
  const stream = keys.events(prefix, place.account);
  // Somebody listens.
  await redis.xgroup('CREATE', stream, 'app', '$', 'MKSTREAM');
  const reports = keys.reports(prefix, place.account);
  const entries = async (): Promise<readonly MessagesEntry[]> => {
    const found = await redis.xrange(stream, '-', '+');
    return found.flatMap(([, fields]) => {
      const entry = parseEventEntry(fields[fields.indexOf(eventField) + 1] ?? '');
      return entry?.type.startsWith('message.') ? [entry as MessagesEntry] : [];
    });
  };
  return {
    ...world,
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
    told: async () => (await entries()).filter(({ type }) => type !== 'message.accepted'),
    waiting: () => redis.zcard(reports),
    async kept(job) {
      const text = await redis.hget(endedKey(place, job, dayOf(Date.now())), job);
      return text === null ? undefined : parseEnded(text);
    },
    nothingWaits: () =>
      waitFor(async () => (await redis.zcard(reports)) === 0 && { done: true }, {
        what: 'that nothing waits for a report',
        limitMs: 10_000,
      }),
  };
}

const delayMs = (ms: number) => ({ minMs: ms, maxMs: ms });

describe.each(surfaces)('what became of an accepted message (%s)', (surface) => {
  it.each([
    ['delivered', 'message.delivered', '1'],
    ['failed', 'message.failed', '3'],
    ['expired', 'message.failed', '4'],
  ] as const)('is learned, kept and told: %s', async (state, type, code) => {
    await using world = await createWorld({ surface });
    world.simulator.reports.change({ shares: { [state]: 1 }, delay: delayMs(1_500) });
    await world.startWorker();
    const { id } = await world.send({ idempotencyKey: 'order 17' });
    await world.end(id);
    await world.nothingWaits();
    expect(await world.told()).toMatchObject([{ type, job: id, n: 1, code, keys: ['order 17'] }]);
    expect(await world.kept(id)).toMatchObject({ end: 'accepted', reports: [{ state, status: code }] });
    expect(world.telemetry.questions.length).toBeGreaterThan(1);
    expect(world.telemetry.reports).toHaveLength(1);
  });

  it('is unconfirmed where JetSMS does not say for as long as it is asked', async () => {
    await using world = await createWorld({ surface, ...briefly });
    world.simulator.reports.change({ shares: { never: 1 } });
    await world.startWorker();
    const { id } = await world.send();
    await world.end(id);
    await world.nothingWaits();
    expect(await world.told()).toMatchObject([{ type: 'message.unconfirmed', job: id, n: 1 }]);
    expect(await world.kept(id)).toMatchObject({ reports: [{ state: 'unconfirmed' }] });
  });

  it('is asked of a whole request in one question, and told once for all that came to the same', async () => {
    await using world = await createWorld({ surface, batchSize: 50 });
    world.simulator.reports.change({ delay: delayMs(0) });
    const ids = await world.sendTogether(20);
    await world.startWorker();
    for (const id of ids) await world.end(id);
    await world.nothingWaits();
    const told = await world.told();
    expect(told.reduce((sum, { n }) => sum + n, 0)).toBe(20);
    expect(new Set(told.map(({ type }) => type))).toEqual(new Set(['message.delivered']));
    expect(world.telemetry.questions.length).toBeLessThanOrEqual(world.simulator.stats().requests);
    for (const { to } of world.simulator.accepted)
      expect(world.simulator.reports.questions('to').get(to)).toBe(1);
  });

  it('is known of each part: one that did not arrive spoils the message', async () => {
    await using world = await createWorld(
      { surface, maxTextLength: 459 },
      { provider: { maxTextLength: 459 } },
    );
    world.simulator.reports.change({ perPart: true, shares: { never: 1 } });
    await world.startWorker();
    const { id } = await world.send({ text: 'x'.repeat(300) });
    await world.end(id);
    const [{ groupId } = { groupId: '' }] = world.simulator.accepted;
    expect(world.simulator.reports.setStatus({ groupId }, { status: 1, part: 1 })).toBe(1);
    await waitFor(() => world.telemetry.questions.length > 1 && { done: true }, { what: 'questions' });
    expect(await world.told()).toEqual([]);
    world.simulator.reports.setStatus({ groupId }, { status: 3, part: 2 });
    await world.nothingWaits();
    expect(await world.told()).toMatchObject([{ type: 'message.failed', code: '3' }]);
  });

  it('is asked again whatever comes of a question', async () => {
    await using world = await createWorld({ surface, headersTimeoutMs: 300 });
    world.simulator.reports.change({ delay: delayMs(0) });
    const match = { on: 'report' } as const;
    world.simulator.faults.add({ kind: 'hang', times: 1, match });
    world.simulator.faults.add({ kind: 'cut-reply', times: 1, match });
    await world.startWorker();
    const { id } = await world.send();
    await world.end(id);
    await world.nothingWaits();
    expect(await world.told()).toMatchObject([{ type: 'message.delivered', job: id }]);
    expect(world.telemetry.questions.map(({ result }) => result)).toEqual([
      'no-answer',
      'no-answer',
      'answered',
    ]);
  });
});

describe('messages of one request that JetSMS tells apart by numbers only', () => {
  const xml = { surface: 'xml', batchSize: 50 } as const;

  it('to one number are not told of before their records agree', async () => {
    await using world = await createWorld(xml);
    world.simulator.reports.change({ shares: { never: 1 } });
    const ids = await Promise.all(
      [0, 0, 1].map(async (n) => (await world.send({ to: `+${numberAt(n)}` })).id),
    );
    await world.startWorker();
    for (const id of ids) await world.end(id);
    const [{ groupId } = { groupId: '' }] = world.simulator.accepted;
    expect(new Set(world.simulator.accepted.map((one) => one.groupId)).size).toBe(1);
    // One of two is delivered: nobody knows which.
    const [first, second] = world.simulator.accepted.filter(({ to }) => to === numberAt(0));
    expect(first && second).toBeDefined();
    world.simulator.reports.setStatus({ groupId, to: numberAt(1) }, { status: 1 });
    await waitFor(async () => (await world.told()).length === 1 && { done: true }, { what: 'a report' });
    world.simulator.reports.setStatus({ groupId, to: numberAt(0) }, { status: 3 });
    await world.nothingWaits();
    const told = await world.told();
    expect(told.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['message.delivered', 'message.failed']),
    );
    expect(told.reduce((sum, { n }) => sum + n, 0)).toBe(3);
  });

  it('are waited for where JetSMS does not know their group, and unconfirmed in the end', async () => {
    await using world = await createWorld({ ...xml, ...briefly });
    const match = { operation: 'xmlreport' } as const;
    world.simulator.faults.add({ kind: 'raw-reply', body: '11 - Unrecognized GroupId', match });
    await world.startWorker();
    const { id } = await world.send();
    await world.end(id);
    await world.nothingWaits();
    expect(world.telemetry.questions.every(({ result }) => result === 'refused')).toBe(true);
    expect(await world.told()).toMatchObject([{ type: 'message.unconfirmed' }]);
    expect(await world.hold()).toBeUndefined();
  });

  it('end as ever, but without reports, where something else lies in the place of the secret', async () => {
    await using world = await createWorld(xml);
    await world.redis.set(keys.secret(world.prefix), 'no secret');
    await world.startWorker();
    await world.enqueue('m1', sendJob({ to: [numberAt(1)] }));
    expect((await world.end('m1')).state).toBe('completed');
    expect((await world.kept('m1'))?.end).toBe('accepted');
    expect(await world.waiting()).toBe(0);
  });

  it('of an MMS are learned over the web service, too', async () => {
    await using world = await createWorld({ surface: 'web-service' });
    world.simulator.reports.change({ delay: delayMs(0) });
    await world.startWorker();
    const { id } = await world.producer.sendMms({
      to: '0532 123 45 67',
      text: 'Merhaba',
      subject: 'Yeni sezon',
      media: { data: new Uint8Array([1, 2, 3]), contentType: 'image/jpeg' },
    });
    await world.end(id);
    await world.nothingWaits();
    expect(await world.told()).toMatchObject([{ type: 'message.delivered', job: id }]);
  });

  it('show no number in Redis', async () => {
    await using world = await createWorld(xml);
    world.simulator.reports.change({ shares: { never: 1 } });
    await world.startWorker();
    const { id } = await world.send({ to: `+${numberAt(7)}` });
    await world.end(id);
    const members = await world.redis.zrange(keys.reports(world.prefix, world.account.name), '0', '-1');
    expect(members).toHaveLength(1);
    expect(members.join()).not.toContain(numberAt(7).slice(-7));
  });
});

describe('questions for reports', () => {
  it('are not asked while the login is refused, and what waits is kept', async () => {
    await using world = await createWorld({ surface: 'xml' });
    world.simulator.reports.change({ delay: delayMs(0) });
    world.simulator.faults.add({ kind: 'reply', code: '10', match: { on: 'report' } });
    await world.startWorker();
    const { id } = await world.send();
    await world.end(id);
    await waitFor(() => world.telemetry.questions.length >= 2 && { done: true }, { what: 'questions' });
    expect(world.telemetry.questions.every(({ result }) => result === 'no-answer')).toBe(true);
    expect(await world.waiting()).toBe(1);
    expect(await world.told()).toEqual([]);
    world.simulator.faults.clear();
    await world.nothingWaits();
    expect(await world.told()).toMatchObject([{ type: 'message.delivered' }]);
  });

  it('are not asked while the account stands still for its login', async () => {
    await using world = await createWorld({ surface: 'xml', reportFirstMs: 1_500, reportIntervalMs: 1_500 });
    world.simulator.reports.change({ delay: delayMs(0) });
    await world.startWorker();
    const { id } = await world.send();
    await world.end(id);
    world.simulator.faults.add({ kind: 'reply', code: '10' });
    await world.send();
    await world.held({ reason: 'account-fault' });
    await stays(() => world.telemetry.questions.length, 4_000);
    expect(world.telemetry.questions).toEqual([]);
    expect(await world.waiting()).toBe(1);
    world.simulator.faults.clear();
  });

  it('are each asked by one of several workers', async () => {
    await using world = await createWorld({ surface: 'xml' });
    world.simulator.reports.change({ delay: delayMs(0) });
    world.simulator.faults.add({ kind: 'latency', latencyMs: 300, match: { on: 'report' } });
    for (let n = 0; n < 3; n += 1) await world.startWorker();
    const ids = await world.sendMany(12);
    for (const id of ids) await world.end(id);
    await world.nothingWaits();
    const { accepted, reports } = world.simulator;
    expect(accepted).toHaveLength(12);
    for (const { to } of accepted) expect(reports.questions('to').get(to)).toBe(1);
    expect((await world.told()).reduce((sum, { n }) => sum + n, 0)).toBe(12);
  });

  it('that a worker was asking as it stopped are asked by the next at once', async () => {
    await using world = await createWorld({ surface: 'xml', requestTimeoutMs: 60_000 });
    world.simulator.reports.change({ delay: delayMs(0) });
    world.simulator.faults.add({ kind: 'hang', times: 1, match: { on: 'report' } });
    const worker = await world.startWorker();
    const { id } = await world.send();
    await world.end(id);
    const isAsking = () => world.simulator.reports.questions('to').size > 0 && { done: true };
    await waitFor(isAsking, { what: 'a question' });
    await worker.close();
    expect(await world.waiting()).toBe(1);
    await world.startWorker();
    await world.nothingWaits();
    expect(await world.told()).toMatchObject([{ type: 'message.delivered', job: id }]);
  });

  it('go on past what nobody of ours wrote', async () => {
    await using world = await createWorld({ surface: 'xml' });
    world.simulator.reports.change({ delay: delayMs(0) });
    const reports = keys.reports(world.prefix, world.account.name);
    await world.redis.zadd(reports, 1, 'nobody wrote this', 2, '', 3, '- - - - - - - -');
    await world.startWorker();
    const { id } = await world.send();
    await world.end(id);
    await world.nothingWaits();
    expect(world.telemetry.strange.reduce((sum, count) => sum + count, 0)).toBe(3);
    expect(await world.told()).toMatchObject([{ type: 'message.delivered', job: id }]);
  });
});

describe('a message that was given up as uncertain', () => {
  const asking = {
    surface: 'web-service',
    headersTimeoutMs: 300,
    askFirstMs: 50,
    askForMs: 300,
    askForOtpMs: 300,
  } as const;

  it('and that JetSMS turns out to have is accepted late, and its report goes on as usual', async () => {
    await using world = await createWorld(asking);
    world.simulator.reports.change({ idLagMs: 3_000, delay: delayMs(0) });
    world.simulator.faults.add({ kind: 'accept-then-hang', times: 1 });
    await world.startWorker();
    const { id } = await world.send();
    expect((await world.end(id)).letter?.reason).toBe('uncertain');
    await waitFor(async () => (await world.kept(id))?.end === 'accepted' && { done: true }, {
      what: 'a late acceptance',
    });
    await world.nothingWaits();
    expect(await world.letters()).toEqual([]);
    expect((await world.end(id)).journal.settled).toMatchObject({ end: 'accepted', late: true });
    expect((await world.told()).map(({ type }) => type)).toEqual(['message.uncertain', 'message.delivered']);
    expect(world.telemetry.foundLates).toMatchObject([{ id, acceptance: 'settled' }]);
    expect(world.simulator.accepted).toHaveLength(1);
  });

  it('together with others that shared its job is accepted by itself', async () => {
    await using world = await createWorld({ ...asking, batchSize: 50 });
    world.simulator.reports.change({ idLagMs: 3_000, delay: delayMs(0) });
    world.simulator.faults.add({ kind: 'accept-then-hang', times: 1 });
    const counts = keys.campaign(world.prefix, world.account.name, 'spring');
    await world.redis.hset(counts, { accepted: 0 });
    const ids = ['m1.0', 'm1.1', 'm1.2'];
    await world.startWorker();
    const to = [0, 1, 2].map(numberAt);
    await world.enqueue('m1', sendJob({ to, joined: true, whenUncertain: 'ask', campaign: 'spring' }));
    for (const id of ids) expect((await world.end(id)).letter?.reason).toBe('uncertain');
    for (const id of ids)
      await waitFor(async () => (await world.kept(id))?.end === 'accepted' && { done: true }, {
        what: `a late acceptance of ${id}`,
      });
    await world.nothingWaits();
    expect(await world.letters()).toEqual([]);
    const told = await world.told();
    expect(
      told
        .filter(({ type }) => type === 'message.delivered')
        .map(({ job }) => job)
        .toSorted(),
    ).toEqual(ids.toSorted());
    const { accepted, ...others } = await world.redis.hgetall(counts);
    expect(accepted).toBe('3');
    expect(Object.values(others).every((count) => count === '0')).toBe(true);
  });

  // Pieces were counted as if messages that had been called off were still among them: another one was taken for accepted.
  it.each(['is still there', 'is gone'] as const)(
    'is the one that JetSMS has, though others of its job do not go, and the job %s',
    async (job) => {
      await using world = await createWorld({ ...asking, batchSize: 50 });
      world.simulator.reports.change({ idLagMs: 3_000, delay: delayMs(0) });
      world.simulator.faults.add({ kind: 'accept-then-hang', times: 1 });
      const record = keys.record(world.prefix, world.queue.name, 'm1');
      await world.redis.hset(record, { lost: '[0]', cancelled: '[2]' });
      await world.startWorker();
      const to = [0, 1, 2, 3].map(numberAt);
      await world.enqueue('m1', sendJob({ to, joined: true, whenUncertain: 'ask' }));
      const ids = ['m1.1', 'm1.3'];
      for (const id of ids) expect((await world.end(id)).letter?.reason).toBe('uncertain');
      if (job === 'is gone') {
        await waitFor(async () => (await world.queue.getJobState('m1')) === 'completed' && { done: true }, {
          what: 'that m1 is through',
        });
        expect(await world.queue.remove('m1')).toBe(1);
      }
      await world.nothingWaits();
      for (const id of ids) expect((await world.kept(id))?.end).toBe('accepted');
      expect(await world.letters()).toEqual([]);
      expect((await world.journalOf('m1')).settled).toMatchObject({
        pieces: [{ fate: 'accepted' }, { fate: 'accepted' }],
      });
      expect(world.telemetry.foundLates.map(({ acceptance }) => acceptance)).toEqual(['settled', 'settled']);
    },
  );

  // The first that could not be settled kept all that were asked about with it from being settled, for ever.
  it('keeps nothing from others that were asked about with it, where its record cannot be read', async () => {
    const late = { reportFirstMs: 60_000, reportIntervalMs: 60_000 };
    await using world = await createWorld({ ...asking, ...late });
    world.simulator.reports.change({ idLagMs: 60_000, delay: delayMs(0) });
    world.simulator.faults.add({ kind: 'accept-then-hang', times: 2 });
    const worker = await world.startWorker();
    const ids = ['m1', 'm2'];
    for (const [at, id] of ids.entries())
      await world.enqueue(id, sendJob({ to: [numberAt(at)], whenUncertain: 'ask' }));
    for (const id of ids) expect((await world.end(id)).letter?.reason).toBe('uncertain');
    await worker.close();
    await world.redis.set(keys.record(world.prefix, world.queue.name, 'm1'), 'no hash');
    const reports = keys.reports(world.prefix, world.account.name);
    const members = await world.redis.zrange(reports, '0', '-1');
    // That of m1 is the first by its name.
    for (const member of members) await world.redis.zadd(reports, '1', member);
    world.simulator.reports.change({ idLagMs: 0 });
    await world.startWorker();
    await waitFor(async () => (await world.kept('m2'))?.end === 'accepted' && { done: true }, {
      what: 'a late acceptance of m2',
    });
    expect((await world.kept('m1'))?.end).toBe('dead');
    expect(world.telemetry.redisErrors).toHaveLength(1);
    expect(await world.redis.zscore(reports, members[0] ?? '')).not.toBe('1');
  });

  it('stays given up while JetSMS has but some of its messages', async () => {
    await using world = await createWorld({ ...asking, ...briefly, reportForMs: 4_000 });
    world.simulator.faults.add({ kind: 'hang', times: 1 });
    await world.startWorker();
    await world.enqueue('m1', sendJob({ to: [numberAt(1), numberAt(2)], whenUncertain: 'ask' }));
    expect((await world.end('m1')).letter?.reason).toBe('uncertain');
    const client = createJetsmsClient(world.account);
    const messages = [{ id: 'm1.0', to: numberAt(1), text: 'Merhaba' }];
    await client.send({ title: 'ACME', messages, expireAt: Date.now() + 3_600_000 });
    await client.close();
    await world.nothingWaits();
    expect(await world.letters()).toHaveLength(1);
    expect(world.telemetry.foundLates).toEqual([]);
  });

  it('is left to the person who has discarded it', async () => {
    await using world = await createWorld(asking);
    world.simulator.reports.change({ idLagMs: 3_000 });
    world.simulator.faults.add({ kind: 'accept-then-hang', times: 1 });
    await world.startWorker();
    const { id } = await world.send();
    await world.end(id);
    const place = { prefix: world.prefix, account: world.account.name };
    expect(await createDeadLetterStore(world.redis, place).discard(id)).toBe('removed');
    await world.nothingWaits();
    expect(world.telemetry.foundLates).toMatchObject([{ id, acceptance: 'gone' }]);
  });

  // It was counted as accepted beside its replay, and once more as no longer dead.
  it('is left to the person who has replayed it: a campaign counts it once', async () => {
    await using world = await createWorld(asking);
    world.simulator.reports.change({ idLagMs: 3_000, delay: delayMs(0) });
    world.simulator.faults.add({ kind: 'accept-then-hang', times: 1 });
    const counts = keys.campaign(world.prefix, world.account.name, 'spring');
    await world.redis.hset(counts, { accepted: 0 });
    await world.startWorker();
    await world.enqueue('m1', sendJob({ to: [numberAt(1)], whenUncertain: 'ask', campaign: 'spring' }));
    expect((await world.end('m1')).letter?.reason).toBe('uncertain');
    const letters = openDeadLetters({
      redis: world.redis,
      prefix: world.prefix,
      account: world.account.name,
    });
    expect(await letters.replay({}, { includeUncertain: true })).toMatchObject({ replayed: 1 });
    await letters.close();
    await world.end('m1.r1');
    await world.nothingWaits();
    expect(world.telemetry.foundLates).toMatchObject([{ id: 'm1', acceptance: 'gone' }]);
    const { accepted, ...others } = await world.redis.hgetall(counts);
    expect(accepted).toBe('1');
    expect(Object.values(others).every((count) => count === '0')).toBe(true);
  });

  it('stays given up where JetSMS says the same of an id that nobody has used', async () => {
    await using world = await createWorld({ ...asking, ...briefly, reportForMs: 3_000 });
    world.simulator.reports.change({ unknownId: 'real' });
    world.simulator.faults.add({ kind: 'accept-then-hang', times: 1 });
    await world.startWorker();
    const { id } = await world.send();
    await world.end(id);
    await world.nothingWaits();
    expect(await world.letters()).toHaveLength(1);
    expect(world.telemetry.foundLates).toEqual([]);
    expect((await world.told()).map(({ type }) => type)).toEqual(['message.uncertain']);
  });
});

describe('reports through a restart of Redis', () => {
  it('lose none and tell none twice', async () => {
    await using redis = await startRedis({ aof: 'always' });
    await using world = await createWorld({ surface: 'web-service' }, { redisUrl: redis.url });
    world.simulator.reports.change({ delay: delayMs(2_000) });
    await world.startWorker();
    const ids = await world.sendMany(10);
    for (const id of ids) await world.end(id);
    const isAsking = () => world.telemetry.questions.length > 0 && { done: true };
    await waitFor(isAsking, { what: 'a question' });
    await redis.kill('SIGKILL');
    await redis.restart();
    await world.nothingWaits();
    const told = await world.told();
    expect(told.map(({ job }) => job).toSorted()).toEqual(ids.toSorted());
  });
});
