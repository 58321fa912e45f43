import { describe, expect, it } from 'vitest';
import { createJetsmsClient } from '../../src/jetsms/client.ts';
import type { Lane } from '../../src/message/lane.ts';
import { emptyJournal, type Journal } from '../../src/queue/journal.ts';
import { keys } from '../../src/queue/names.ts';
import type { SendJob } from '../../src/queue/send-job.ts';
import { createDelivery, type DeliveryWorld, type End, numberAt } from '../support/delivery.ts';
import { sendJob } from '../support/send-job.ts';
import { waitFor } from '../support/wait-for.ts';

/** Short time limits, and questions that soon follow. */
const asking = {
  surface: 'web-service',
  headersTimeoutMs: 300,
  askFirstMs: 50,
  askForMs: 20_000,
  askForOtpMs: 20_000,
} as const;
/** Asking ends soon. */
const briefly = { ...asking, askForMs: 400, askForOtpMs: 400 } as const;

/** No wait at all between questions would be none to speak of. */
const createWorld = (account: object = asking): Promise<DeliveryWorld> =>
  createDelivery({ account, random: () => 0.5 });

const inWords = ({ job, letter }: End): string =>
  letter ? `dead ${letter.reason} ${letter.code}` : job.returnvalue.end;

const idsTaken = ({ simulator }: DeliveryWorld): readonly (string | undefined)[] =>
  simulator.accepted.map(({ messageId }) => messageId);

/** How often JetSMS was asked about each id. */
const questions = ({ simulator }: DeliveryWorld): ReadonlyMap<string, number> =>
  simulator.reports.questions('messageId');

/** Takes a message in a request of which the worker knows nothing. */
async function takeUnheard({ account }: DeliveryWorld, ...ids: readonly string[]): Promise<void> {
  const client = createJetsmsClient(account);
  const messages = ids.map((id, n) => ({ id, to: numberAt(n), text: 'Merhaba' }));
  const expireAt = Date.now() + 3_600_000;
  const { outcome } = await client.send({ title: 'ACME', messages, expireAt });
  expect(outcome.kind).toBe('accepted');
  await client.close();
}

const marked = (change: Partial<Journal> = {}): Journal => ({
  ...emptyJournal,
  sending: { at: Date.now() - 40_000, worker: 'gone' },
  ...change,
});

/** Hours of the day, Europe/Istanbul, of which now is the middle. */
function windowAroundNow(): string {
  const [from = '', to = ''] = [2, 4].map((hours) =>
    new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16),
  );
  return `${from}-${to}`;
}

describe('a message whose request got no answer, and that JetSMS has taken', () => {
  it.each(['park', 'resend'] as const)(
    'is found by asking while JetSMS keeps it back in its exclusion window, and not sent again (%s)',
    async (whenNotFound) => {
      await using world = await createWorld({ ...asking, exclusionWindow: { all: windowAroundNow() } });
      world.simulator.faults.add({ kind: 'accept-then-hang', times: 1 });
      await world.startWorker();
      const { id } = await world.send({ whenNotFound });
      const ended = await world.end(id);
      expect(inWords(ended)).toBe('accepted');
      // Waiting, as JetSMS says of what it has not sent yet.
      expect(ended.way).toContain('accepted found-2 complete');
      expect(idsTaken(world)).toEqual([id]);
    },
  );

  it.each([
    ['accept-then-hang', 'reply-timeout'],
    ['accept-then-reset', 'reset-after-write'],
  ] as const)('is found by asking, and accepted (%s)', async (kind, cause) => {
    await using world = await createWorld();
    world.simulator.faults.add({ kind, times: 1 });
    await world.startWorker();
    const { id } = await world.send();
    const ended = await world.end(id);
    expect(inWords(ended)).toBe('accepted');
    expect(ended.way).toEqual([
      `uncertain ${cause} ask`,
      expect.stringMatching(/^accepted found-[12] complete$/),
    ]);
    expect(ended.journal.history.map(({ n }) => n)).toEqual([1, 1]);
    expect(ended.journal).toMatchObject({ attempts: 1, resends: 0, settled: { end: 'accepted' } });
    expect(ended.journal).not.toHaveProperty('asking');
    expect(idsTaken(world)).toEqual([id]);
    expect(world.telemetry.asks).toMatchObject([
      { id, found: 1, notFound: 0, noAnswer: 0, asked: 1, cause, verdict: { kind: 'complete' } },
    ]);
    expect(world.telemetry.ends).toMatchObject([{ id, end: 'accepted' }]);
    expect(await world.letters()).toEqual([]);
  });

  it('is asked about until JetSMS knows it, at growing distances', async () => {
    await using world = await createWorld();
    world.simulator.reports.change({ idLagMs: 3_600_000 });
    world.simulator.faults.add({ kind: 'accept-then-hang', times: 1 });
    await world.startWorker();
    const { id } = await world.send();
    const { asks } = world.telemetry;
    await waitFor(() => asks.length > 2);
    world.simulator.reports.change({ idLagMs: 0 });
    const ended = await world.end(id);
    expect(inWords(ended)).toBe('accepted');
    expect(asks.slice(0, -1).every(({ notFound }) => notFound === 1)).toBe(true);
    expect(asks.map(({ asked }) => asked)).toEqual(asks.map((_, n) => n + 1));
    const delays = asks.flatMap(({ verdict }) => (verdict.kind === 'ask' ? [verdict.delayMs] : []));
    expect(delays).toEqual(delays.toSorted((a, b) => a - b));
    expect(ended.way).toHaveLength(2);
    expect(idsTaken(world)).toEqual([id]);
  });

  it('is found after its deadline, too', async () => {
    await using world = await createWorld();
    world.simulator.reports.change({ idLagMs: 1_500 });
    world.simulator.faults.add({ kind: 'accept-then-hang', times: 1 });
    await world.startWorker();
    const { id } = await world.send({ deadline: Date.now() + 1_200 });
    expect(inWords(await world.end(id))).toBe('accepted');
  });

  it.each(['empty', 'error', 'row'] as const)(
    'is found where JetSMS answers for an unknown id by: %s',
    async (unknownId) => {
      await using world = await createWorld();
      world.simulator.reports.change({ unknownId });
      world.simulator.faults.add({ kind: 'accept-then-hang', times: 1 });
      await world.startWorker();
      expect(inWords(await world.end((await world.send()).id))).toBe('accepted');
      expect(world.telemetry.inVain).toEqual([]);
    },
  );

  it('is not believed to be found where JetSMS says the same of an id that nobody has used', async () => {
    await using world = await createWorld(briefly);
    world.simulator.reports.change({ unknownId: 'real' });
    world.simulator.faults.add({ kind: 'accept-then-hang', times: 1 });
    await world.startWorker();
    const ended = await world.end((await world.send()).id);
    expect(ended.letter).toMatchObject({ reason: 'uncertain', code: 'reply-timeout', mayHaveArrived: true });
    expect(ended.way.at(-1)).toBe('uncertain no-answer dead-letter');
    expect(world.telemetry.inVain).toEqual(['found']);
  });

  it('is found once the questions are answered, whatever came of those before', async () => {
    await using world = await createWorld();
    world.simulator.faults.add({ kind: 'accept-then-hang', times: 1 });
    const match = { operation: 'ReportSMS_V2' } as const;
    world.simulator.faults.add({ kind: 'status', status: 500, times: 1, match });
    world.simulator.faults.add({ kind: 'reset-after-read', times: 1, match });
    await world.startWorker();
    const ended = await world.end((await world.send()).id);
    expect(inWords(ended)).toBe('accepted');
    expect(world.telemetry.asks.map(({ noAnswer }) => noAnswer)).toEqual([1, 1, 0]);
  });

  it('of sends that share a job is found for each of them, in one question', async () => {
    await using world = await createWorld({ ...asking, batchSize: 50 });
    world.simulator.faults.add({ kind: 'accept-then-reset', times: 1 });
    const ids = await world.sendTogether(5);
    await world.startWorker();
    for (const id of ids) expect(inWords(await world.end(id))).toBe('accepted');
    expect(world.simulator.accepted).toHaveLength(5);
    expect(await world.letters()).toEqual([]);
  });

  it('is asked about while it is only one of several that JetSMS knows', async () => {
    await using world = await createWorld();
    world.simulator.faults.add({ kind: 'accept-then-hang', times: 1 });
    world.simulator.reports.change({ idLagMs: 600_000 });
    await world.startWorker();
    const recipients = Array.from({ length: 4 }, (_, n) => `+${numberAt(n)}`);
    await world.producer.sendMany(recipients, { campaign: 'autumn', text: 'Indirim' });
    await waitFor(() => world.telemetry.asks.length > 0, { what: 'the first question' });
    // Whether they are found is up to their status: one stays in the dark for now.
    const [, hidden = ''] = idsTaken(world);
    world.simulator.reports.setStatus({ messageId: hidden ?? '' }, { status: 0 });
    world.simulator.reports.change({ idLagMs: 0 });
    await waitFor(async () => (await world.producer.campaign('autumn'))?.accepted === 3, {
      what: 'the three that are found',
    });
    world.simulator.reports.setStatus({ messageId: hidden ?? '' }, { status: 1 });
    await waitFor(async () => (await world.producer.campaign('autumn'))?.accepted === 4, {
      what: 'the fourth',
    });
    expect(await world.producer.campaign('autumn')).toMatchObject({ messages: 4, waiting: 0, dead: {} });
    expect(world.simulator.accepted).toHaveLength(4);
    expect(await world.letters()).toEqual([]);
  });
});

describe('a message whose request got no answer, and that JetSMS does not know', () => {
  it.each([
    ['empty', 'not-found'],
    ['error', 'no-answer'],
    ['row', 'not-found'],
  ] as const)('is parked when the time for asking is over (unknown ids: %s)', async (unknownId, code) => {
    await using world = await createWorld(briefly);
    world.simulator.reports.change({ unknownId });
    world.simulator.faults.add({ kind: 'hang', times: 1 });
    await world.startWorker();
    const ended = await world.end((await world.send()).id);
    expect(ended.letter).toMatchObject({ reason: 'uncertain', code: 'reply-timeout', mayHaveArrived: true });
    expect(ended.way).toEqual(['uncertain reply-timeout ask', `uncertain ${code} dead-letter`]);
    expect(world.telemetry.asks.length).toBeGreaterThan(1);
    expect(world.simulator.accepted).toEqual([]);
  });

  it.each([
    ['otp', undefined],
    ['bulk', 'resend'],
  ] as const)('is sent again under a new id (lane %s, whenNotFound %s)', async (lane, whenNotFound) => {
    await using world = await createWorld(briefly);
    world.simulator.reports.change({ repeatedId: 'refused' });
    world.simulator.faults.add({ kind: 'hang', times: 1 });
    await world.startWorker();
    const { id } = await world.send({ lane, ...(whenNotFound ? { whenNotFound } : {}) });
    const ended = await world.end(id);
    expect(ended.way).toEqual([
      'uncertain reply-timeout ask',
      'uncertain not-found retry',
      'accepted 00 complete',
    ]);
    expect(ended.journal).toMatchObject({ attempts: 2, resends: 1 });
    expect(idsTaken(world)).toEqual([`${id}-r1`]);
    expect(world.telemetry.resends).toEqual([{ lane, cause: 'reply-timeout' }]);
  });

  it('of lane otp is parked where it says so', async () => {
    await using world = await createWorld(briefly);
    world.simulator.faults.add({ kind: 'hang', times: 1 });
    await world.startWorker();
    const ended = await world.end((await world.send({ lane: 'otp', whenNotFound: 'park' })).id);
    expect(inWords(ended)).toBe('dead uncertain reply-timeout');
    expect(world.simulator.accepted).toEqual([]);
  });

  it('is sent again only as often as allowed', async () => {
    await using world = await createWorld(briefly);
    world.simulator.faults.add({ kind: 'hang' });
    await world.startWorker();
    const { id } = await world.send({ lane: 'otp' });
    const ended = await world.end(id, { limitMs: 20_000 });
    expect(inWords(ended)).toBe('dead uncertain reply-timeout');
    expect(ended.journal.resends).toBe(world.settings.maxUncertainResends);
    expect([...questions(world).keys()].filter((one) => one.startsWith(id)).toSorted()).toEqual([
      id,
      `${id}-r1`,
      `${id}-r2`,
    ]);
  });

  it('was taken after all: the request before the last one is found, too', async () => {
    await using world = await createWorld({ ...briefly, askForOtpMs: 500 });
    world.simulator.reports.change({ idLagMs: 1_500 });
    world.simulator.faults.add({ kind: 'accept-then-hang', times: 1 });
    world.simulator.faults.add({ kind: 'hang', times: 1 });
    await world.startWorker();
    const { id } = await world.send({ lane: 'otp' });
    const ended = await world.end(id, { limitMs: 20_000 });
    expect(inWords(ended)).toBe('accepted');
    expect(world.simulator.accepted.length).toBeLessThanOrEqual(2);
    expect(world.telemetry.resends.length).toBeGreaterThanOrEqual(world.simulator.accepted.length - 1);
  });
});

describe('a campaign that is called off while JetSMS is asked about its messages', () => {
  it('sends none of them again, and says that they may have arrived', async () => {
    await using world = await createWorld(briefly);
    world.simulator.faults.add({ kind: 'hang', times: 1 });
    await world.startWorker();
    const campaign = { campaign: 'autumn', text: 'Indirim', whenNotFound: 'resend' } as const;
    await world.producer.sendMany([`+${numberAt(0)}`, `+${numberAt(1)}`], campaign);
    await waitFor(() => world.telemetry.attempts.length === 1, { what: 'the request without an answer' });
    await world.producer.setCampaign('autumn', 'cancelled');
    const [letter] = await waitFor(async () => {
      const letters = await world.letters();
      return letters.length > 0 && letters;
    });
    expect(letter?.data).toMatchObject({ reason: 'cancelled', mayHaveArrived: true });
    expect(world.simulator.accepted).toEqual([]);
  });

  it('counts those that JetSMS has as accepted', async () => {
    await using world = await createWorld();
    world.simulator.faults.add({ kind: 'accept-then-hang', times: 1 });
    await world.startWorker();
    await world.producer.sendMany([`+${numberAt(0)}`], { campaign: 'autumn', text: 'Indirim' });
    await waitFor(() => world.simulator.accepted.length === 1, { what: 'the request' });
    await world.producer.setCampaign('autumn', 'cancelled');
    await waitFor(async () => (await world.producer.campaign('autumn'))?.accepted === 1, { what: 'its end' });
    expect(await world.letters()).toEqual([]);
  });
});

describe('a message that is not to be asked about', () => {
  it.each(['park', 'resend'] as const)('is dealt with at once: %s', async (whenUncertain) => {
    await using world = await createWorld();
    world.simulator.faults.add({ kind: 'accept-then-hang', times: 1 });
    await world.startWorker();
    const ended = await world.end((await world.send({ whenUncertain })).id);
    expect(inWords(ended)).toBe(whenUncertain === 'park' ? 'dead uncertain reply-timeout' : 'accepted');
    expect(questions(world).size).toBe(0);
  });

  it.each([
    ['of an account on XML', { surface: 'xml' }],
    ['of an account without V2', { webServiceOperations: 'v1' }],
    ['of an account with a message type', { messageType: 'flash' }],
  ] as const)('%s does at once what it would do after asking', async (_, change) => {
    await using world = await createWorld({ ...asking, ...change });
    world.simulator.faults.add({ kind: 'accept-then-hang', times: 2 });
    await world.startWorker();
    const parked = await world.end((await world.send()).id);
    expect(parked.way).toEqual(['uncertain reply-timeout dead-letter']);
    const resent = await world.end((await world.send({ lane: 'otp' })).id);
    expect(resent.way).toEqual(['uncertain reply-timeout retry', 'accepted 00 complete']);
    expect(questions(world).size).toBe(0);
  });

  it('any more, since the settings of its account have changed, does so when it is taken', async () => {
    await using world = await createWorld({ ...asking, surface: 'xml' });
    const until = Date.now() + 60_000;
    const doubt = { since: Date.now() - 1_000, cause: 'reset-after-write', until, asked: 3 };
    const job = sendJob({ whenUncertain: 'ask' });
    await world.enqueue('m1', job, { ...emptyJournal, asking: doubt });
    await world.enqueue('m2', { ...job, whenNotFound: 'resend' }, { ...emptyJournal, asking: doubt });
    await world.startWorker();
    expect(inWords(await world.end('m1'))).toBe('dead uncertain reset-after-write');
    expect(inWords(await world.end('m2'))).toBe('accepted');
  });
});

describe('a message whose worker died while sending it', () => {
  const asked = sendJob({ whenUncertain: 'ask' });

  it('is asked about at once, by the id that was on its way', async () => {
    await using world = await createWorld({ ...asking, askFirstMs: 60_000 });
    await takeUnheard(world, 'm1-r1');
    await world.enqueue('m1', { ...asked, to: [numberAt(0)] }, marked({ attempts: 1, resends: 1 }));
    await world.startWorker();
    const ended = await world.end('m1');
    expect(ended.way).toEqual([
      'uncertain crash ask',
      expect.stringMatching(/^accepted found-[12] complete$/),
    ]);
    expect(world.simulator.accepted).toHaveLength(1);
  });

  it.each<[Lane, string, number]>([
    ['transactional', 'dead uncertain crash', 0],
    ['otp', 'accepted', 1],
  ])('in lane %s, and that JetSMS never saw: %s', async (lane, expected, sent) => {
    await using world = await createWorld(briefly);
    await world.enqueue('m1', { ...asked, lane }, marked());
    await world.startWorker();
    expect(inWords(await world.end('m1'))).toBe(expected);
    expect(world.simulator.accepted).toHaveLength(sent);
    expect(world.telemetry.resends).toHaveLength(sent);
  });

  it('of a job of which one message had tried a held account is asked about alone', async () => {
    await using world = await createWorld();
    const job = { ...asked, to: [numberAt(0), numberAt(1), numberAt(2)] };
    await takeUnheard(world, 'm1.0');
    const sending = { at: Date.now() - 40_000, worker: 'gone', messages: 1 };
    await world.enqueue('m1', job, { ...emptyJournal, sending });
    await world.startWorker();
    await waitFor(() => world.telemetry.ends.length === 2, { what: 'the ends of both pieces' });
    expect(world.telemetry.ends.map(({ end }) => end)).toEqual(['accepted', 'accepted']);
    expect(idsTaken(world)).toEqual(['m1.0', 'm1.1', 'm1.2']);
  });
});

describe('what is asked about', () => {
  it('by the canary of a hold is found, and was sent once', async () => {
    await using world = await createWorld({ ...asking, unreachableAfter: 1, probeIntervalMs: 1_000 });
    world.simulator.faults.add({ kind: 'status', status: 503, times: 1 });
    await world.startWorker();
    const { id } = await world.send();
    await world.held({ reason: 'unreachable' });
    world.simulator.faults.add({ kind: 'accept-then-hang', times: 1 });
    const ended = await world.end(id, { limitMs: 20_000 });
    expect(ended.way.at(-2)).toBe('uncertain reply-timeout ask');
    expect(inWords(ended)).toBe('accepted');
    expect(idsTaken(world)).toEqual([id]);
  });

  it('is asked about by the next worker, where the one before ends in the middle of a question', async () => {
    await using world = await createWorld({ ...asking, headersTimeoutMs: 5_000, requestTimeoutMs: 5_000 });
    world.simulator.faults.add({ kind: 'accept-then-reset', times: 1 });
    const match = { operation: 'ReportSMS_V2' } as const;
    world.simulator.faults.add({ kind: 'hang', times: 1, match });
    const first = await world.startWorker();
    const { id } = await world.send();
    await waitFor(() => questions(world).get(id) === 1, { what: 'the question that hangs' });
    await first.close();
    await world.startWorker();
    expect(inWords(await world.end(id))).toBe('accepted');
    expect(world.telemetry.asks).toMatchObject([{ found: 1, asked: 1 }]);
  });

  it.each<[string, unknown]>([
    ['no object', 7],
    ['an object without its fields', {}],
    ['a time that is none', { since: -1, cause: 'crash', until: 9, asked: 0 }],
  ])('by a journal that says %s of it is given up, alone', async (_, doubt) => {
    await using world = await createWorld();
    const journal = { ...emptyJournal, asking: doubt } as Journal;
    await world.enqueue('m1', sendJob({ whenUncertain: 'ask' }), journal);
    await world.startWorker();
    expect((await world.end('m1')).letter).toMatchObject({ reason: 'invalid', mayHaveArrived: true });
    expect(inWords(await world.end((await world.send()).id))).toBe('accepted');
    expect(questions(world).size).toBe(0);
  });

  it('is settled by a reply that comes late, and asked about no more', async () => {
    await using world = await createWorld({ ...asking, askFirstMs: 1_000 });
    await world.startWorker();
    world.simulator.faults.add({ kind: 'hang', times: 1 });
    const { id } = await world.send();
    await waitFor(() => world.telemetry.attempts.length === 1, { what: 'the request without an answer' });
    const record = keys.record(world.prefix, world.queue.name, id);
    const journal: Journal = JSON.parse((await world.redis.hget(record, 'journal')) ?? '{}');
    const settled = { end: 'accepted', groupId: '130228114512', at: Date.now(), late: true } as const;
    await world.redis.hset(record, 'journal', JSON.stringify({ ...journal, settled }));
    expect(inWords(await world.end(id))).toBe('accepted');
    expect(questions(world).size).toBe(0);
  });
});

describe('an account on XML whose login has the web service', () => {
  const xml = { ...asking, surface: 'xml' } as const;

  it('finds a message by a search for number, title and text', async () => {
    await using world = await createWorld(xml);
    const webServiceUrl = world.simulator.webServiceUrl;
    await using searching = await withSearch(world, webServiceUrl);
    world.simulator.faults.add({ kind: 'accept-then-hang', times: 1 });
    await searching.start();
    const ended = await world.end((await world.send()).id);
    expect(inWords(ended)).toBe('accepted');
    expect(ended.way).toEqual([
      'uncertain reply-timeout ask',
      expect.stringMatching(/^accepted found-[12] complete$/),
    ]);
    expect(world.simulator.accepted).toHaveLength(1);
  });

  it('does not take a message to another number, or with other words, for it', async () => {
    await using world = await createWorld({ ...xml, askForMs: 400 });
    await using searching = await withSearch(world, world.simulator.webServiceUrl);
    await searching.start();
    const others: Partial<SendJob>[] = [{ to: [numberAt(8)] }, { to: [numberAt(9)], text: 'Selam' }];
    for (const { to: [to = ''] = [], text = 'Merhaba' } of others)
      expect(inWords(await world.end((await world.send({ to: `+${to}`, text: String(text) })).id))).toBe(
        'accepted',
      );
    world.simulator.faults.add({ kind: 'hang', times: 1 });
    const ended = await world.end((await world.send({ to: `+${numberAt(9)}` })).id);
    expect(inWords(ended)).toBe('dead uncertain reply-timeout');
    expect(ended.way.at(-1)).toBe('uncertain not-found dead-letter');
  });
});

/** A worker whose settings name the web service, which is only known once the simulator listens. */
async function withSearch(world: DeliveryWorld, webServiceUrl: string) {
  const account = { ...world.account, webServiceUrl, maxReplyBytes: 1_000_000 };
  const settings = { ...world.settings, accounts: new Map([[account.name, account]]) };
  return {
    start: () => world.startWorker({ settings }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
