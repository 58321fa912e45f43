import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Event, Events } from '../../../src/events/index.ts';
import {
  createFakeProducer,
  type FakeEnd,
  type FakeFailure,
  type FakeProducer,
} from '../../../src/testing/index.ts';

const message = { to: '0532 123 45 67', text: 'Merhaba' } as const;
const accounts = { acme: { title: 'ACME' }, shop: { title: 'SHOP', surface: 'web-service' } } as const;
const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => `+9053212345${10 + n}`);
const hour = 3_600_000;

let fake: FakeProducer;
beforeEach(() => {
  fake = createFakeProducer({ accounts });
});
afterEach(() => vi.useRealTimers());

const stateOf = async (id: string) => (await fake.status(id)).state;

/** The ids of a campaign of so many. */
async function campaignOf(count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  await fake.sendMany(numbers(count), {
    campaign: 'sale',
    text: 'Merhaba',
    onStored: (some) => void ids.push(...some.ids),
  });
  return ids;
}

async function take(events: Events, count: number): Promise<readonly Event[]> {
  const found: Event[] = [];
  for await (const event of events) if (found.push(event) === count) break;
  return found;
}

describe('createFakeProducer()', () => {
  it('refuses what createProducer() refuses', () => {
    expect(() => createFakeProducer({ requestSize: 0 })).toThrow('requestSize must be');
    expect(() => createFakeProducer({ redis: 'nowhere' })).toThrow('redis must be');
    expect(() => createFakeProducer({ redis: 'redis://localhost', accounts })).not.toThrow();
  });
});

describe('sent()', () => {
  it('shows what was stored, complete, in its order, over all accounts', async () => {
    const sendAt = Date.now() + hour;
    const first = await fake.send({
      ...message,
      sendAt,
      idempotencyKey: 'one',
      meta: { n: 1 },
      reference: 'ref',
    });
    await fake.send({ ...message, account: 'shop', lane: 'otp', whenUncertain: 'resend' });
    await fake.send({ ...message, text: 'third' });
    expect(fake.sent()).toEqual([
      {
        ...{
          id: first.id,
          account: 'acme',
          lane: 'transactional',
          title: 'ACME',
          to: '905321234567',
          text: 'Merhaba',
        },
        ...{ enqueuedAt: expect.any(Number), sendAt, deadlineAt: first.deadlineAt, whenUncertain: 'ask' },
        ...{ idempotencyKey: 'one', meta: { n: 1 }, reference: 'ref', state: 'scheduled' },
      },
      expect.objectContaining({ account: 'shop', lane: 'otp', whenUncertain: 'resend', state: 'waiting' }),
      expect.objectContaining({ account: 'acme', text: 'third' }),
    ]);
  });

  it('shows each of many, and none twice that came twice', async () => {
    const [first = ''] = await campaignOf(2);
    await campaignOf(2);
    const keys = ['one', 'one', 'two', 'one', 'three'];
    await Promise.all(keys.map((idempotencyKey) => fake.send({ ...message, idempotencyKey })));
    await fake.cancel(first);
    expect(fake.sent().map(({ to, campaign, state }) => [to, campaign, state])).toEqual([
      ['905321234510', 'sale', 'cancelled'],
      ['905321234511', 'sale', 'waiting'],
      ...['one', 'two', 'three'].map(() => ['905321234567', undefined, 'waiting']),
    ]);
  });

  it('shows the medium of an MMS', async () => {
    const data = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex');
    await fake.sendMms({
      to: numbers(2),
      subject: 'Yeni',
      media: { contentType: 'image/jpeg', data },
      account: 'shop',
    });
    const mms = { contentType: 'image/jpeg', subject: 'Yeni', data: new Uint8Array(data) };
    expect(fake.sent().map((one) => ({ ...one.mms, data: new Uint8Array(one.mms?.data ?? []) }))).toEqual([
      mms,
      mms,
    ]);
  });
});

describe('deliver()', () => {
  it('leads a message through all that can become of it', async () => {
    const { id } = await fake.send(message);
    const states: unknown[] = [];
    for (const end of ['sending', 'refused', 'asking', 'accepted', 'delivered'] as const) {
      fake.deliver(id, end);
      states.push([await stateOf(id), (await fake.status(id)).attempts]);
    }
    expect(states).toEqual([
      ['sending', 0],
      ['waiting', 1],
      ['asking', 2],
      ['accepted', 3],
      ['delivered', 3],
    ]);
  });

  it.each<[FakeEnd, object]>([
    [
      { end: 'dead', code: '31' },
      { state: 'dead', reason: 'terminal', code: '31', attempts: 1 },
    ],
    [
      { end: 'dead', reason: 'expired' },
      { state: 'dead', reason: 'expired', attempts: 0 },
    ],
    [
      { end: 'dead', reason: 'exhausted' },
      { state: 'dead', reason: 'exhausted', code: 'connection-refused' },
    ],
    [
      { end: 'dead', reason: 'uncertain' },
      { state: 'dead', reason: 'uncertain', mayHaveArrived: true },
    ],
    [
      { end: 'dead', reason: 'unknown-code' },
      { state: 'dead', reason: 'unknown-code', attempts: 1 },
    ],
    [
      { end: 'dead', reason: 'invalid' },
      { state: 'dead', reason: 'invalid', attempts: 0 },
    ],
    [
      { end: 'accepted', groupId: '123456789' },
      { state: 'accepted', groupId: '123456789' },
    ],
    [
      { end: 'failed', status: '9' },
      { state: 'failed', code: '9' },
    ],
    [{ end: 'expired' }, { state: 'failed', code: '4' }],
    [
      { end: 'refused', code: '90' },
      { state: 'waiting', code: '90', attempts: 1 },
    ],
  ])('%j', async (end, status) => {
    const { id } = await fake.send(message);
    fake.deliver(id, end);
    expect(await fake.status(id)).toMatchObject(status);
  });

  it.each(['sending', 'asking'] as const)('makes it too late to call off what is %s', async (end) => {
    const { id } = await fake.send(message);
    fake.deliver(id, end);
    expect(await fake.cancel(id)).toBe('too-late');
  });

  it('lets what was refused be called off', async () => {
    const { id } = await fake.send(message);
    fake.deliver(id, 'sending');
    fake.deliver(id, 'refused');
    expect(await fake.cancel(id)).toBe('cancelled');
  });

  it('accepts late what was given up as uncertain, and counts it anew', async () => {
    const [id = ''] = await campaignOf(1);
    fake.deliver(id, { end: 'dead', reason: 'uncertain' });
    expect(await fake.campaign('sale')).toMatchObject({ accepted: 0, dead: { 'reply-timeout': 1 } });
    fake.deliver(id, 'accepted');
    expect(await fake.campaign('sale')).toMatchObject({ accepted: 1, dead: {} });
    const told = fake.told().map(({ type, late }) => [type, late]);
    expect(told).toEqual([
      ['message.uncertain', undefined],
      ['campaign.finished', undefined],
      ['message.accepted', true],
    ]);
  });

  it('ends one of a campaign, and the rest by the id of its job', async () => {
    const ids = await campaignOf(3);
    const job = ids[0]?.replace(/\.0$/, '') ?? '';
    fake.deliver(ids[1] ?? '', { end: 'dead', code: '31' });
    expect((await fake.status(job)).state).toBe('waiting');
    expect(() => fake.deliver(job, 'accepted')).toThrow('It is: dead');
    for (const id of [ids[0] ?? '', ids[2] ?? '']) fake.deliver(id, 'accepted');
    expect(await fake.campaign('sale')).toMatchObject({ accepted: 2, dead: { 31: 1 }, waiting: 0 });
    expect(fake.told().at(-1)).toMatchObject({ type: 'campaign.finished', campaign: 'sale' });
  });

  it('ends all of a job together, and reports one of them', async () => {
    const ids = await campaignOf(3);
    fake.deliver(ids[0]?.replace(/\.0$/, '') ?? '', 'accepted');
    fake.deliver(ids[2] ?? '', 'failed');
    expect((await fake.statuses(ids)).map(({ state }) => state)).toEqual(['accepted', 'accepted', 'failed']);
    expect(fake.told().map(({ type, messageId }) => [type, messageId])).toEqual([
      ...ids.map((id) => ['message.accepted', id]),
      ['campaign.finished', undefined],
      ['message.failed', ids[2]],
    ]);
  });

  it.each<readonly FakeEnd['end'][]>([
    ['dead', 'accepted'],
    ['accepted', 'accepted'],
    ['accepted', 'dead'],
    ['accepted', 'sending'],
    ['delivered', 'failed'],
    ['dead', 'delivered'],
  ])('cannot make %s into %s', async (first, second) => {
    const { id } = await fake.send(message);
    fake.deliver(id, { end: first });
    const before = [await fake.status(id), fake.told()];
    expect(() => fake.deliver(id, { end: second })).toThrow(
      expect.objectContaining({ name: 'FakeError', code: 'FAKE_END_IMPOSSIBLE' }),
    );
    expect([await fake.status(id), fake.told()]).toEqual(before);
  });

  it('tells of an end, a failure or options that are none', async () => {
    const { id } = await fake.send(message);
    for (const end of ['arrived', undefined, {}])
      expect(() => fake.deliver(id, end as never)).toThrow(expect.objectContaining({ name: 'FakeError' }));
    for (const failure of ['OOPS', 'constructor', undefined])
      expect(() => fake.failNext(failure as never)).toThrow(
        expect.objectContaining({ code: 'FAKE_FAILURE_UNKNOWN' }),
      );
    expect(() => createFakeProducer(null as never)).not.toThrow();
    expect(() => createFakeProducer({ accounts: 'acme' as never })).toThrow(
      expect.objectContaining({ code: 'PRODUCER_OPTIONS_INVALID' }),
    );
  });

  it('knows what it has, and no more', async () => {
    const { id } = await fake.send(message);
    for (const unknown of ['m1', '', `${id}.0`, `${id}.1`])
      expect(() => fake.deliver(unknown, 'accepted')).toThrow(
        expect.objectContaining({ code: 'FAKE_MESSAGE_UNKNOWN' }),
      );
  });

  it('accepts one late of those that were given up together', async () => {
    const ids = await campaignOf(2);
    const job = ids[0]?.replace(/\.0$/, '') ?? '';
    fake.deliver(job, { end: 'dead', reason: 'uncertain' });
    fake.deliver(ids[1] ?? '', 'accepted');
    expect((await fake.statuses(ids)).map(({ state }) => state)).toEqual(['dead', 'accepted']);
    expect(await fake.status(job)).toMatchObject({ state: 'dead', messages: 2 });
    fake.deliver(ids[0] ?? '', 'accepted');
    expect(await fake.status(job)).toMatchObject({ state: 'accepted', messages: 2 });
    expect(await fake.campaign('sale')).toMatchObject({ accepted: 2, dead: {} });
  });

  it('has no message where a key had been used before', async () => {
    const keys = ['one', 'one', 'two'];
    const receipts = await Promise.all(
      keys.map((idempotencyKey) => fake.send({ ...message, idempotencyKey })),
    );
    const [first, , third] = receipts.map(({ id }) => id);
    expect(third).toMatch(/\.1$/);
    const lost = third?.replace(/\.1$/, '.0') ?? '';
    expect(() => fake.deliver(lost, 'accepted')).toThrow(
      expect.objectContaining({ code: 'FAKE_MESSAGE_UNKNOWN' }),
    );
    expect(fake.sent().map(({ id }) => id)).toEqual([first, third]);
  });

  it('ends nothing that was called off, with its campaign or alone', async () => {
    const ids = await campaignOf(2);
    expect(await fake.cancel(ids[0] ?? '')).toBe('cancelled');
    fake.deliver(ids[1] ?? '', 'sending');
    expect(await fake.setCampaign('sale', 'cancelled')).toBe(true);
    expect(await stateOf(ids[1] ?? '')).toBe('sending');
    fake.deliver(ids[1] ?? '', 'accepted');
    expect(() => fake.deliver(ids[0] ?? '', 'accepted')).toThrow('cancelled');
    expect(await fake.campaign('sale')).toMatchObject({ waiting: 0, accepted: 1, dead: { cancelled: 1 } });
  });

  it('finds what waits of a cancelled campaign ended', async () => {
    const ids = await campaignOf(2);
    await fake.setCampaign('sale', 'cancelled');
    expect((await fake.statuses(ids)).map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
    expect(fake.told().map(({ type }) => type)).toEqual([
      'message.cancelled',
      'message.cancelled',
      'campaign.finished',
    ]);
  });
});

describe('a cancelled campaign', () => {
  it('leaves alone what is under way or being asked about, until that is over', async () => {
    const [sending = '', asking = '', refused = '', waiting = ''] = await campaignOf(4);
    fake.deliver(sending, 'sending');
    fake.deliver(asking, 'asking');
    fake.deliver(refused, { end: 'refused', code: '90' });
    await fake.setCampaign('sale', 'cancelled');
    const states = () => Promise.all([sending, asking, refused, waiting].map(stateOf));
    expect(await states()).toEqual(['sending', 'asking', 'cancelled', 'cancelled']);
    // What one was refused with is not told of another.
    expect(await fake.status(refused)).toMatchObject({ attempts: 1 });
    expect(await fake.status(waiting)).toMatchObject({ attempts: 0 });
    fake.deliver(sending, 'refused');
    fake.deliver(asking, 'accepted');
    expect(await states()).toEqual(['cancelled', 'accepted', 'cancelled', 'cancelled']);
  });

  it('ends what is added to it, too', async () => {
    fake = createFakeProducer({ accounts, requestSize: 1 });
    await campaignOf(1);
    await fake.setCampaign('sale', 'cancelled');
    const ids = await campaignOf(2);
    expect((await fake.statuses(ids)).map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
    expect(await fake.campaign('sale')).toMatchObject({ waiting: 0, dead: { cancelled: 2 } });
  });
});

describe('failNext()', () => {
  it.each<[FakeFailure, object, stored: number]>([
    ['unreachable', { code: 'REDIS_UNAVAILABLE', mayBeStored: false }, 0],
    ['answer-lost', { code: 'REDIS_UNAVAILABLE', mayBeStored: true, messageId: expect.any(String) }, 1],
    ['request-lost', { code: 'REDIS_UNAVAILABLE', mayBeStored: true, messageId: expect.any(String) }, 0],
    ['OOM', { code: 'REDIS_REFUSED', reason: 'OOM', mayBeStored: false }, 0],
  ])('%s', async (failure, error, stored) => {
    fake.failNext(failure);
    const keyed = { ...message, idempotencyKey: 'one' };
    await expect(fake.send(keyed)).rejects.toMatchObject({ name: 'ProducerError', ...error });
    expect(fake.sent()).toHaveLength(stored);
    expect(await fake.send(keyed)).toMatchObject({ duplicate: stored === 1 });
    expect(fake.sent()).toHaveLength(1);
  });

  it('fails as often as it was told, asking too; and a lost answer waits for what is stored', async () => {
    fake.failNext('NOAUTH', 2);
    await expect(fake.status('m1')).rejects.toMatchObject({ reason: 'NOAUTH' });
    await expect(fake.campaign('sale')).rejects.toMatchObject({ reason: 'NOAUTH' });
    fake.failNext('answer-lost');
    expect(await fake.status('m1')).toMatchObject({ state: 'unknown' });
    await expect(campaignOf(1)).rejects.toMatchObject({ mayBeStored: true });
    await campaignOf(1);
    expect(fake.sent()).toHaveLength(1);
  });

  it('leaves a cancel in doubt that was done', async () => {
    const { id } = await fake.send(message);
    fake.failNext('answer-lost');
    await expect(fake.cancel(id)).rejects.toMatchObject({ mayBeStored: true, messageId: id });
    expect(await fake.cancel(id)).toBe('cancelled');
  });

  it('leaves a change of a campaign in doubt that was done', async () => {
    await campaignOf(1);
    fake.failNext('answer-lost');
    await expect(fake.setCampaign('sale', 'cancelled')).rejects.toMatchObject({ mayBeStored: true });
    expect(await fake.setCampaign('sale', 'cancelled')).toBe(true);
  });

  it.each([1, 2])('fails %i of the sends that come together', async (times) => {
    fake.failNext('answer-lost', times);
    const sent = await Promise.allSettled(numbers(5).map((to) => fake.send({ ...message, to })));
    expect(sent.filter(({ status }) => status === 'rejected')).toHaveLength(times);
    expect(fake.sent()).toHaveLength(5);
  });

  it('is told of a bad message before anything else', async () => {
    fake.failNext('unreachable');
    await expect(fake.send({ ...message, to: 'x' })).rejects.toMatchObject({ code: 'NUMBER_INVALID' });
    await expect(fake.send(message)).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
  });
});

describe('the clock', () => {
  it('is the system’s, with fake timers too', async () => {
    vi.useFakeTimers({ now: new Date('2030-01-31T09:00:00Z') });
    expect((await fake.send(message)).sendAt).toBe(Date.parse('2030-01-31T09:00:00Z'));
  });

  it.each([Number.NaN, 'soon', new Date('never')])('refuses to be %s', (time) => {
    expect(() => fake.setNow(time as never)).toThrow(expect.objectContaining({ code: 'FAKE_TIME_INVALID' }));
  });

  it('may have fractions, and a repeat under a key is none the less one', async () => {
    await using fake = createFakeProducer({
      accounts: { default: { title: 'FIRMA' } },
      now: () => 1_900_000_000_000.25,
    });
    const message = { to: '0532 123 45 67', text: 'Merhaba', idempotencyKey: 'k' };
    await fake.send(message);
    expect(await fake.send(message)).toMatchObject({ duplicate: true });
  });

  it('may have gone on past a deadline, by which a repeat under a key is not judged', async () => {
    const at = Date.parse('2030-01-31T09:00:00Z');
    await using fake = createFakeProducer({ accounts: { default: { title: 'FIRMA' } } });
    fake.setNow(at);
    const sendAt = { in: '2h' };
    const deadline = new Date(at + 3 * 3_600_000);
    const message = { to: '0532 123 45 67', text: 'Merhaba', idempotencyKey: 'k', sendAt, deadline };
    const { id } = await fake.send(message);
    fake.setNow(at + 1.5 * 3_600_000);
    expect(await fake.send(message)).toMatchObject({ id, duplicate: true });
  });

  it('is what the option or setNow() says', async () => {
    fake = createFakeProducer({ accounts, now: () => 1_900_000_000_000 });
    expect((await fake.send(message)).sendAt).toBe(1_900_000_000_000);
    fake.setNow(new Date('2030-01-31T09:00:00Z'));
    expect((await fake.send(message)).sendAt).toBe(Date.parse('2030-01-31T09:00:00Z'));
    fake.setNow(undefined);
    expect((await fake.send(message)).sendAt).toBe(1_900_000_000_000);
  });

  it('judges a dry run, too', async () => {
    fake.setNow(new Date('2030-01-31T09:00:00Z'));
    const receipt = await fake.sendMany(numbers(1), { campaign: 'sale', text: 'Merhaba', dryRun: true });
    expect(receipt.deadlineAt).toBe(Date.parse('2030-02-03T09:00:00Z'));
  });

  it('frees keys, makes scheduled messages wait, and forgets ends', async () => {
    const start = Date.parse('2030-01-31T09:00:00Z');
    fake.setNow(start);
    const later = await fake.send({ ...message, sendAt: start + hour, idempotencyKey: 'one' });
    expect(await fake.reschedule(later.id, start + 2 * hour)).toBe('rescheduled');
    fake.setNow(start + 2 * hour);
    expect(await stateOf(later.id)).toBe('waiting');
    fake.deliver(later.id, 'accepted');
    // 24 hours after it may leave, since it was moved.
    fake.setNow(start + 26 * hour - 1);
    expect(await fake.send({ ...message, idempotencyKey: 'one' })).toMatchObject({ duplicate: true });
    fake.setNow(start + 26 * hour);
    expect(await fake.send({ ...message, idempotencyKey: 'one' })).toMatchObject({ duplicate: false });
    fake.setNow(start + 10 * 24 * hour);
    expect(await stateOf(later.id)).toBe('unknown');
  });
});

describe('events()', () => {
  it('tells each group of what happens from the call on, in order', async () => {
    const early = await fake.send(message);
    fake.deliver(early.id, 'accepted');
    const events = fake.events({ group: 'app' });
    const all = fake.events({ group: 'other', from: 'beginning' });
    const { id } = await fake.send(message);
    fake.deliver(id, 'delivered');
    expect((await take(events, 2)).map((event) => event.id)).toEqual([
      `${id}:message.accepted`,
      `${id}:message.delivered`,
    ]);
    expect((await take(all, 1))[0]).toMatchObject({ messageId: early.id });
  });

  it('wakes who waits', async () => {
    const next = take(fake.events(), 1);
    const { id } = await fake.send(message);
    fake.deliver(id, { end: 'dead', code: '31' });
    expect(await next).toMatchObject([
      { type: 'message.dead', messageId: id, code: '31', reason: 'terminal' },
    ]);
  });

  it('tells again what was not acknowledged, before anything new', async () => {
    const ids = (await Promise.all(numbers(3).map((to) => fake.send({ ...message, to })))).map(
      ({ id }) => id,
    );
    const events = fake.events({ from: 'beginning' });
    for (const id of ids.slice(0, 2)) fake.deliver(id, 'accepted');
    const [first] = await take(events, 2);
    if (first) await events.ack(first);
    fake.deliver(ids[2] ?? '', 'accepted');
    const again = fake.events();
    expect((await take(again, 2)).map(({ messageId }) => messageId)).toEqual(ids.slice(1));
    await expect(events.ack({ ...first } as Event)).rejects.toMatchObject({ code: 'EVENTS_NOT_OURS' });
  });

  it('lets one of a group read, and another go on after it', async () => {
    const { id } = await fake.send(message);
    fake.deliver(id, 'accepted');
    const one = fake.events({ from: 'beginning' });
    const reading = one[Symbol.asyncIterator]();
    expect((await reading.next()).value).toMatchObject({ messageId: id });
    const other = take(fake.events(), 1);
    await reading.return();
    expect(await other).toMatchObject([{ messageId: id }]);
  });

  it('tells of the types and accounts that are wanted', async () => {
    const events = fake.events({ types: ['message.delivered'], account: 'shop' });
    for (const account of ['acme', 'shop'])
      fake.deliver((await fake.send({ ...message, account })).id, 'delivered');
    expect(await take(events, 1)).toMatchObject([{ type: 'message.delivered', account: 'shop' }]);
  });

  it('ends at close()', async () => {
    const events = fake.events();
    const over = take(events, 1);
    await events.close();
    expect(await over).toEqual([]);
    expect(() => fake.events({ group: 'no group' })).toThrow('group must be');
  });

  it('shows numbers and texts where the option says so', async () => {
    fake = createFakeProducer({ accounts, eventsShow: 'number-and-text' });
    const { id } = await fake.send(message);
    fake.deliver(id, 'delivered');
    expect(fake.told()).toMatchObject([
      { to: '905321234567', text: 'Merhaba' },
      { to: '905321234567', text: 'Merhaba' },
    ]);
  });
});

describe('clear()', () => {
  it('forgets everything that was stored and was to fail', async () => {
    const { id } = await fake.send({ ...message, idempotencyKey: 'one' });
    await campaignOf(1);
    fake.deliver(id, 'accepted');
    fake.failNext('unreachable');
    fake.clear();
    expect([fake.sent(), fake.told(), await fake.campaign('sale'), await stateOf(id)]).toEqual([
      [],
      [],
      undefined,
      'unknown',
    ]);
    expect(await fake.send({ ...message, idempotencyKey: 'one' })).toMatchObject({ duplicate: false });
  });

  it('leaves those subscribed who are, whether they read by then or not', async () => {
    const events = fake.events();
    const earlier = await fake.send(message);
    fake.deliver(earlier.id, 'accepted');
    fake.clear();
    const { id } = await fake.send(message);
    fake.deliver(id, 'accepted');
    expect((await take(events, 1)).map(({ messageId }) => messageId)).toEqual([id]);
  });
});
