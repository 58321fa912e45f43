import { describe, expect, it } from 'vitest';
import type { Event, Events } from '../../src/events/index.ts';
import type {
  ManyOptions,
  ManyStored,
  MessageStatus,
  NewMessage,
  Producer,
  ProducerOptions,
} from '../../src/producer/index.ts';

/** Who is refused by the end `one-refused`, in JetSMS's form. */
export const refusedNumber = '905321000001';

/** What messages can come to in a world; `one-refused`: all are accepted but the one to `refusedNumber`, by the code 31. */
export type ContractEnd =
  | 'one-refused'
  | 'accepted'
  | 'delivered'
  | 'failed'
  | 'unconfirmed'
  | 'terminal'
  | 'uncertain';

export interface ContractChoice {
  /** What messages come to, where a test lets them. */
  readonly end?: ContractEnd;
  readonly options?: Partial<ProducerOptions>;
}

/** A producer with the accounts `acme` and `shop` (the web service), nobody at work yet, and a group that is told of events. */
export interface ContractWorld extends AsyncDisposable {
  readonly producer: Producer;
  readonly events: Events;
  /** Lets messages come to the end that was chosen, and waits for it. */
  end(ids: readonly string[]): Promise<void>;
}

export const contractAccounts = {
  acme: { title: 'ACME' },
  shop: { title: 'ACME', surface: 'web-service' },
} as const;

const message = { to: '0532 123 45 67', text: 'Kodunuz 481516' } as const;
const hour = 3_600_000;
const numberAt = (n: number): string => `+90532${String(1_000_000 + n)}`;
const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => numberAt(n));
const time = expect.any(Number);
const image = new Uint8Array(Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex'));

/** Reads so many events, and acknowledges them. */
async function nextEvents(events: Events, count: number): Promise<readonly Event[]> {
  const found: Event[] = [];
  for await (const event of events) {
    found.push(event);
    await events.ack(event);
    if (found.length === count) break;
  }
  return found;
}

/** What any producer promises, the real one and the fake alike. */
export function describeProducer(
  name: string,
  open: (choice?: ContractChoice) => Promise<ContractWorld>,
): void {
  describe(`${name}: send()`, () => describeSend(open));
  describe(`${name}: idempotency keys`, () => describeKeys(open));
  describe(`${name}: sendMany()`, () => describeMany(open));
  describe(`${name}: a campaign that is divided`, () => describeDivided(open));
  describe(`${name}: sendMms()`, () => describeMms(open));
  describe(`${name}: status()`, () => describeStatus(open));
  describe(`${name}: cancel() and reschedule()`, () => describeChanges(open));
  describe(`${name}: close()`, () => describeClose(open));
}

type Open = (choice?: ContractChoice) => Promise<ContractWorld>;

function describeSend(open: Open): void {
  it('says what is stored', async () => {
    await using world = await open();
    const receipt = await world.producer.send(message);
    expect(receipt).toEqual({
      id: expect.stringMatching(/^m[0-9a-z]{20}$/),
      account: 'acme',
      lane: 'transactional',
      parts: 1,
      sendAt: time,
      deadlineAt: receipt.sendAt + 24 * hour,
      duplicate: false,
    });
  });

  it.each<[code: string, field: string, change: Record<string, unknown>]>([
    ['NUMBER_NOT_MOBILE', 'to', { to: '0212 123 45 67' }],
    ['NUMBER_INVALID', 'to', { to: '123' }],
    ['TEXT_EMPTY', 'text', { text: '' }],
    ['TEXT_TOO_LONG', 'text', { text: 'a'.repeat(161) }],
    ['LANE_UNKNOWN', 'lane', { lane: 'express' }],
    ['SCHEDULE_PAST', 'sendAt', { sendAt: 0 }],
    ['TIME_INVALID', 'deadline', { deadline: 'tomorrow' }],
    ['META_INVALID', 'meta', { meta: 'text' }],
    ['IDEMPOTENCY_KEY_INVALID', 'idempotencyKey', { idempotencyKey: '' }],
    ['WHEN_UNCERTAIN_UNKNOWN', 'whenUncertain', { whenUncertain: 'pray' }],
  ])('refuses with %s, and names the field %s', async (code, field, change) => {
    await using world = await open();
    await expect(world.producer.send({ ...message, ...change } as NewMessage)).rejects.toMatchObject({
      name: 'MessageError',
      code,
      field,
    });
  });

  it('takes lengths of time as texts', async () => {
    await using world = await open();
    const receipt = await world.producer.send({ ...message, sendAt: { in: '2h' }, deadline: '5m' });
    expect(receipt.deadlineAt - receipt.sendAt).toBe(5 * 60_000);
    expect(await world.producer.status(receipt.id)).toMatchObject({ state: 'scheduled' });
    await expect(world.producer.send({ ...message, deadline: '5 apples' })).rejects.toMatchObject({
      name: 'MessageError',
      field: 'deadline',
    });
  });

  it('refuses arguments that are none', async () => {
    await using world = await open();
    const { producer } = world;
    for (const call of [
      producer.sendMany([], undefined as never),
      producer.status(undefined as never),
      producer.cancel(7 as never),
      producer.setCampaign('sale', 'stopped' as never),
      producer.reschedule('m1', '1h', 'acme' as never),
    ])
      await expect(call).rejects.toMatchObject({ name: 'MessageError', code: expect.any(String) });
  });

  it('refuses what is no message', async () => {
    await using world = await open();
    await expect(world.producer.send(undefined as never)).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
  });

  it.each(['nobody', 'constructor', ''])('knows no account %j', async (account) => {
    await using world = await open();
    await expect(world.producer.send({ ...message, account })).rejects.toMatchObject({
      name: 'ProducerError',
      code: 'ACCOUNT_UNKNOWN',
      mayBeStored: false,
      detail: 'Known accounts: acme, shop.',
    });
  });

  it('gives each of many that come together an id of its own', async () => {
    await using world = await open();
    const receipts = await Promise.all(numbers(30).map((to) => world.producer.send({ ...message, to })));
    expect(new Set(receipts.map(({ id }) => id)).size).toBe(30);
    const statuses = await world.producer.statuses(receipts.map(({ id }) => id));
    expect(statuses.map(({ state }) => state)).toEqual(Array.from({ length: 30 }, () => 'waiting'));
  });
}

function describeKeys(open: Open): void {
  const keyed = { ...message, idempotencyKey: 'order-17' };

  it('answer a repeat with what is stored, in whatever spelling the number comes', async () => {
    await using world = await open();
    const first = await world.producer.send(keyed);
    const again = await world.producer.send({ ...keyed, to: '+905321234567' });
    expect(again).toEqual({ ...first, duplicate: true });
  });

  it.each<[field: string, change: Partial<NewMessage>]>([
    ['to', { to: '0532 123 45 68' }],
    ['text', { text: 'other' }],
    ['title', { title: 'OTHER' }],
    ['lane', { lane: 'otp' }],
    ['whenUncertain', { whenUncertain: 'resend' }],
  ])('are refused for another %s', async (field, change) => {
    await using world = await open();
    const first = await world.producer.send(keyed);
    await expect(world.producer.send({ ...keyed, ...change })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
      messageId: first.id,
      fields: [field],
      mayBeStored: false,
    });
  });

  it('are each account’s own', async () => {
    await using world = await open();
    const first = await world.producer.send(keyed);
    const other = await world.producer.send({ ...keyed, account: 'shop' });
    expect(other).toMatchObject({ account: 'shop', duplicate: false });
    expect(other.id).not.toBe(first.id);
  });

  it('let one of many win that come at the same moment', async () => {
    await using world = await open();
    const receipts = await Promise.all(Array.from({ length: 10 }, () => world.producer.send(keyed)));
    expect(new Set(receipts.map(({ id }) => id)).size).toBe(1);
    expect(receipts.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
  });

  it('lead to the message, and to nothing where they were never used', async () => {
    await using world = await open();
    const { id } = await world.producer.send(keyed);
    expect(await world.producer.status({ idempotencyKey: 'order-17' })).toMatchObject({
      id,
      state: 'waiting',
    });
    expect(await world.producer.status({ idempotencyKey: 'order-18' })).toEqual({
      id: '',
      state: 'unknown',
      account: 'acme',
      key: 'order-18',
    });
  });

  it('are free again when their window is over', async () => {
    await using world = await open({ options: { idempotencyWindowMs: 1 } });
    const first = await world.producer.send(keyed);
    await expect
      .poll(async () => (await world.producer.send({ ...keyed, text: 'other' }).catch(() => first)).id)
      .not.toBe(first.id);
  });
}

const sale: ManyOptions = { campaign: 'sale', text: 'Merhaba' };

function describeMany(open: Open): void {
  it('stores the good, and tells of each that is no good', async () => {
    await using world = await open();
    const told: number[] = [];
    const recipients = [
      numberAt(1),
      'x',
      { to: numberAt(2), text: '' },
      numberAt(1),
      { to: numberAt(3), text: 'own' },
    ];
    const receipt = await world.producer.sendMany(recipients, {
      ...sale,
      onProblem: ({ index }) => void told.push(index),
    });
    expect(receipt).toEqual({
      campaign: 'sale',
      account: 'acme',
      lane: 'bulk',
      messages: 2,
      parts: 2,
      jobs: 1,
      duplicates: 0,
      refused: 2,
      repeated: 1,
      problems: [
        { index: 1, code: 'NUMBER_INVALID', field: 'to', message: expect.any(String) },
        { index: 2, code: 'TEXT_EMPTY', field: 'text', message: expect.any(String) },
      ],
      deadlineAt: time,
    });
    expect(told).toEqual([1, 2]);
    expect(await world.producer.campaign('sale')).toEqual({
      id: 'sale',
      account: 'acme',
      state: 'running',
      messages: 2,
      waiting: 2,
      accepted: 0,
      dead: {},
      startedAt: time,
    });
  });

  it('is completed by a call that repeats it, and by no other', async () => {
    await using world = await open({ options: { requestSize: 2 } });
    const stored: ManyStored[] = [];
    const onStored = (some: ManyStored) => void stored.push(some);
    await world.producer.sendMany(numbers(4), { ...sale, onStored });
    const receipt = await world.producer.sendMany(numbers(6), { ...sale, onStored });
    expect(receipt).toMatchObject({ messages: 6, jobs: 3, duplicates: 4 });
    expect(stored.slice(2, 4)).toEqual(stored.slice(0, 2));
    expect(await world.producer.campaign('sale')).toMatchObject({ messages: 6, waiting: 6 });
    await expect(world.producer.sendMany(numbers(6), { ...sale, text: 'other' })).rejects.toMatchObject({
      code: 'CAMPAIGN_CONFLICT',
      fields: ['text'],
    });
  });

  it.each<[code: string, recipients: unknown, change: Partial<ManyOptions>]>([
    ['RECIPIENTS_INVALID', numberAt(1), {}],
    ['RECIPIENTS_MISSING', [], {}],
    ['CAMPAIGN_INVALID', numbers(1), { campaign: 'spring sale' }],
    ['TEXT_TOO_LONG', numbers(1), { text: 'a'.repeat(161) }],
  ])('refuses with %s, and stores nothing', async (code, recipients, change) => {
    await using world = await open();
    await expect(world.producer.sendMany(recipients as never, { ...sale, ...change })).rejects.toMatchObject({
      code,
    });
    expect(await world.producer.campaign('sale')).toBeUndefined();
  });

  it('stores nothing in a dry run', async () => {
    await using world = await open();
    expect(await world.producer.sendMany(numbers(3), { ...sale, dryRun: true })).toMatchObject({
      messages: 3,
    });
    expect(await world.producer.campaign('sale')).toBeUndefined();
  });

  it('is paused, resumed and cancelled, and then stays cancelled', async () => {
    await using world = await open();
    await world.producer.sendMany(numbers(2), { ...sale, sendAt: Date.now() + hour });
    expect(await world.producer.setCampaign('sale', 'paused')).toBe(true);
    expect(await world.producer.campaign('sale')).toMatchObject({ state: 'paused' });
    expect(await world.producer.setCampaign('sale', 'running')).toBe(true);
    expect(await world.producer.setCampaign('sale', 'cancelled')).toBe(true);
    expect(await world.producer.setCampaign('sale', 'cancelled')).toBe(true);
    expect(await world.producer.setCampaign('sale', 'running')).toBe(false);
    expect(await world.producer.campaign('sale')).toMatchObject({ state: 'cancelled', messages: 2 });
    expect(await world.producer.setCampaign('other', 'paused')).toBe(false);
  });

  it('is finished by its last message, and tells so', async () => {
    await using world = await open({ end: 'accepted' });
    const ids: string[] = [];
    await world.producer.sendMany(numbers(2), { ...sale, onStored: (some) => void ids.push(...some.ids) });
    await world.end(ids);
    expect(await world.producer.campaign('sale')).toMatchObject({ waiting: 0, accepted: 2 });
    const events = await nextEvents(world.events, 3);
    expect(events.map(({ type }) => type)).toEqual([
      'message.accepted',
      'message.accepted',
      'campaign.finished',
    ]);
    expect(events.map(({ messageId }) => messageId)).toEqual([...ids, undefined]);
    expect(events[2]).toEqual({
      id: expect.any(String),
      type: 'campaign.finished',
      at: time,
      account: 'acme',
      campaign: 'sale',
    });
  });
}

function describeDivided(open: Open): void {
  it('one of a campaign is refused, and the others are accepted, counted and told of', async () => {
    await using world = await open({ end: 'one-refused' });
    const ids: string[] = [];
    const onStored = (some: ManyStored) => void ids.push(...some.ids);
    const recipients = numbers(3).map((to, n) => ({ to, text: `Merhaba ${n}`, meta: { n } }));
    await world.producer.sendMany(recipients, { campaign: 'sale', onStored });
    await world.end(ids);
    const common = { account: 'acme', lane: 'bulk', campaign: 'sale', parts: 1, at: time, enqueuedAt: time };
    const accepted = { state: 'accepted', groupId: expect.any(String) };
    const dead = { state: 'dead', reason: 'terminal', code: '31', meaning: expect.any(String) };
    expect(await world.producer.statuses(ids)).toMatchObject(
      [accepted, dead, accepted].map((own, n) => ({ id: ids[n], ...common, ...own, meta: { n } })),
    );
    expect(await world.producer.campaign('sale')).toMatchObject({ accepted: 2, dead: { 31: 1 }, waiting: 0 });
    const events = await nextEvents(world.events, 4);
    const told = events.map(({ type, messageId, code, meta }) => [type, messageId, code, meta]);
    // Each message of a divided job ends by itself, whichever comes first.
    const placeOf = ([, id]: readonly unknown[]) => ids.indexOf(String(id));
    expect(told.slice(0, 3).toSorted((one, other) => placeOf(one) - placeOf(other))).toEqual([
      ['message.accepted', ids[0], undefined, { n: 0 }],
      ['message.dead', ids[1], '31', { n: 1 }],
      ['message.accepted', ids[2], undefined, { n: 2 }],
    ]);
    expect(told[3]).toEqual(['campaign.finished', undefined, undefined, undefined]);
  });
}

function describeMms(open: Open): void {
  const mms = {
    to: [numberAt(1), numberAt(2), numberAt(1)],
    subject: 'Yeni sezon',
    media: { contentType: 'image/jpeg', data: image },
    account: 'shop',
    idempotencyKey: 'mms-1',
  };

  it('stores one for each recipient, once', async () => {
    await using world = await open();
    const first = await world.producer.sendMms(mms);
    expect(first).toMatchObject({ messages: 2, repeated: 1, account: 'shop', duplicate: false });
    expect(await world.producer.sendMms(mms)).toEqual({ ...first, duplicate: true });
    expect(await world.producer.status(first.id)).toMatchObject({ state: 'waiting', messages: 2 });
    expect(await world.producer.status(`${first.id}.1`)).toMatchObject({ state: 'waiting', key: 'mms-1' });
    await expect(world.producer.sendMms({ ...mms, subject: 'other' })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
      fields: ['media'],
    });
  });

  it('needs an account that can', async () => {
    await using world = await open();
    await expect(world.producer.sendMms({ ...mms, account: 'acme' })).rejects.toMatchObject({
      code: 'MMS_NEEDS_WEB_SERVICE',
    });
  });
}

function describeStatus(open: Open): void {
  const own = { ...message, idempotencyKey: 'order-17', meta: { order: 17 } };
  const always = {
    account: 'acme',
    lane: 'transactional',
    at: time,
    enqueuedAt: time,
    parts: 1,
    to: '+90*****67',
    key: 'order-17',
    meta: { order: 17 },
  };

  it('knows nothing of what was never stored', async () => {
    await using world = await open();
    const id = 'm00000000000000000000';
    expect(await world.producer.statuses([id, `${id}.1`, ''])).toEqual([
      { id, state: 'unknown' },
      { id: `${id}.1`, state: 'unknown' },
      { id: '', state: 'unknown' },
    ]);
    await expect(world.producer.status(id, { account: 'nobody' })).rejects.toMatchObject({
      code: 'ACCOUNT_UNKNOWN',
    });
  });

  it('tells of what waits, and of what waits for its time', async () => {
    await using world = await open();
    const sendAt = Date.now() + hour;
    const { id } = await world.producer.send(own);
    const later = await world.producer.send({ ...own, idempotencyKey: 'later', sendAt });
    const waiting = { ...always, id, state: 'waiting', deadlineAt: time, attempts: 0 };
    expect(await world.producer.status(id)).toEqual(waiting);
    expect(await world.producer.status(later.id)).toEqual({
      ...{ ...waiting, id: later.id, key: 'later', state: 'scheduled' },
      ...{ sendAt, deadlineAt: sendAt + 24 * hour },
    });
  });

  it.each<[end: ContractEnd, status: Partial<MessageStatus>, types: readonly string[]]>([
    ['accepted', { state: 'accepted', groupId: expect.any(String) }, ['message.accepted']],
    [
      'delivered',
      { state: 'delivered', groupId: expect.any(String), deliveredAt: time },
      ['message.accepted', 'message.delivered'],
    ],
    [
      'failed',
      { state: 'failed', groupId: expect.any(String), code: '3', meaning: expect.any(String) },
      ['message.accepted', 'message.failed'],
    ],
    [
      'unconfirmed',
      { state: 'unconfirmed', groupId: expect.any(String), meaning: expect.any(String) },
      ['message.accepted', 'message.unconfirmed'],
    ],
    [
      'terminal',
      { state: 'dead', reason: 'terminal', code: '85', meaning: expect.any(String) },
      ['message.dead'],
    ],
    [
      'uncertain',
      {
        state: 'dead',
        reason: 'uncertain',
        code: expect.any(String),
        meaning: expect.any(String),
        mayHaveArrived: true,
      },
      ['message.uncertain'],
    ],
  ])('tells of what came to this: %s; and so do the events', async (end, expected, types) => {
    await using world = await open({ end });
    const { id } = await world.producer.send(own);
    await world.end([id]);
    const status = await world.producer.status(id);
    expect(status).toEqual({ ...always, id, deadlineAt: time, attempts: 1, ...expected });
    const events = await nextEvents(world.events, types.length);
    expect(events.map(({ type }) => type)).toEqual(types);
    const { reason, code, mayHaveArrived, groupId } = status;
    // JetSMS's status of what was delivered stands in the event alone.
    const told = end === 'delivered' ? '1' : code;
    const ofDeath = { ...(reason ? { reason } : {}), ...(mayHaveArrived ? { mayHaveArrived } : {}) };
    const ofAcceptance = groupId === undefined ? {} : { groupId };
    expect(events.at(-1)).toEqual({
      ...{
        id: `${id}:${types.at(-1)}`,
        type: types.at(-1),
        at: time,
        account: 'acme',
        messageId: id,
        lane: 'transactional',
      },
      ...{ key: 'order-17', meta: { order: 17 }, ...ofDeath, ...ofAcceptance },
      ...(told === undefined ? {} : { code: told }),
    });
    expect(await world.producer.cancel(id)).toBe('too-late');
    expect(await world.producer.reschedule(id, Date.now() + hour)).toBe('too-late');
  });
}

function describeChanges(open: Open): void {
  it('a message is called off once and for all, and its key stays used', async () => {
    await using world = await open();
    const { id } = await world.producer.send({ ...message, idempotencyKey: 'order-17' });
    expect([await world.producer.cancel(id), await world.producer.cancel(id)]).toEqual([
      'cancelled',
      'cancelled',
    ]);
    const status = await world.producer.status(id);
    expect(status).toEqual({
      ...{ id, state: 'cancelled', account: 'acme', lane: 'transactional', at: time, enqueuedAt: time },
      ...{
        attempts: 0,
        parts: 1,
        to: '+90*****67',
        key: 'order-17',
        reason: 'cancelled',
        meaning: 'it was called off',
      },
    });
    expect(await nextEvents(world.events, 1)).toEqual([
      {
        ...{ id: `${id}:message.cancelled`, type: 'message.cancelled', at: status.at, account: 'acme' },
        ...{ messageId: id, key: 'order-17', lane: 'transactional', reason: 'cancelled' },
      },
    ]);
    expect(await world.producer.send({ ...message, idempotencyKey: 'order-17' })).toMatchObject({
      id,
      duplicate: true,
    });
    expect(await world.producer.reschedule(id, Date.now() + hour)).toBe('too-late');
  });

  it('one of a campaign is called off, and the others go their way', async () => {
    await using world = await open();
    const ids: string[] = [];
    await world.producer.sendMany(numbers(3), { ...sale, onStored: (some) => void ids.push(...some.ids) });
    expect(await world.producer.cancel(ids[1] ?? '')).toBe('cancelled');
    expect((await world.producer.statuses(ids)).map(({ state }) => state)).toEqual([
      'waiting',
      'cancelled',
      'waiting',
    ]);
    expect(await world.producer.campaign('sale')).toMatchObject({ waiting: 2, dead: { cancelled: 1 } });
    const job = ids[0]?.replace(/\.0$/, '') ?? '';
    expect(await world.producer.status(job)).toMatchObject({
      state: 'waiting',
      messages: 3,
      parts: 3,
      attempts: 0,
    });
    expect(await world.producer.cancel(job)).toBe('cancelled');
    expect(await world.producer.status(job)).toMatchObject({ state: 'cancelled', messages: 3 });
    expect(await world.producer.campaign('sale')).toMatchObject({ waiting: 0, dead: { cancelled: 3 } });
  });

  it('nobody is called off by the id of joined sends', async () => {
    await using world = await open();
    const receipts = await Promise.all(numbers(5).map((to) => world.producer.send({ ...message, to })));
    const { id = '' } = receipts.find(({ id }) => id.includes('.')) ?? {};
    expect(await world.producer.cancel(id.replace(/\.\d+$/, ''))).toBe('unknown');
    expect(await world.producer.cancel(id)).toBe('cancelled');
  });

  it('a new time that is missing is refused, and sends nothing', async () => {
    await using world = await open();
    const sendAt = Date.now() + hour;
    const { id } = await world.producer.send({ to: '0532 123 45 67', text: 'Merhaba', sendAt });
    await expect(world.producer.reschedule(id, undefined as never)).rejects.toMatchObject({
      code: 'TIME_INVALID',
    });
    expect(await world.producer.status(id)).toMatchObject({ state: 'scheduled', sendAt });
  });

  it('an unknown message is neither called off nor moved', async () => {
    await using world = await open();
    expect(await world.producer.cancel('m00000000000000000000')).toBe('unknown');
    expect(await world.producer.reschedule('m00000000000000000000', Date.now() + hour)).toBe('unknown');
  });

  it('a scheduled message is moved, and its deadline with it', async () => {
    await using world = await open();
    const sendAt = Date.now() + hour;
    const { id, deadlineAt } = await world.producer.send({ ...message, sendAt, idempotencyKey: 'order-17' });
    expect(await world.producer.reschedule(id, sendAt + hour)).toBe('rescheduled');
    expect(await world.producer.status(id)).toMatchObject({
      state: 'scheduled',
      sendAt: sendAt + hour,
      deadlineAt: deadlineAt + hour,
    });
  });

  it('what was not scheduled, or travels with others, is not moved; nor is anything into the past', async () => {
    await using world = await open();
    const sendAt = Date.now() + hour;
    const ids: string[] = [];
    const { id } = await world.producer.send(message);
    await world.producer.sendMany(numbers(2), {
      ...sale,
      sendAt,
      onStored: (some) => void ids.push(...some.ids),
    });
    expect(await world.producer.reschedule(id, sendAt)).toBe('too-late');
    await expect(world.producer.reschedule(ids[0] ?? '', sendAt + hour)).rejects.toMatchObject({
      code: 'SCHEDULE_SHARED',
    });
    await expect(world.producer.reschedule(id, 0)).rejects.toMatchObject({ code: 'SCHEDULE_PAST' });
    await expect(world.producer.reschedule(id, 'soon')).rejects.toMatchObject({ code: 'TIME_INVALID' });
  });
}

function describeClose(open: Open): void {
  it('ends what is under way, and lets nothing begin', async () => {
    await using world = await open();
    const { producer } = world;
    const underWay = producer.send(message);
    const changed = producer.setCampaign('sale', 'paused');
    await producer.close();
    expect(await underWay).toMatchObject({ duplicate: false });
    expect(await changed).toBe(false);
    const closed = { name: 'ProducerError', code: 'PRODUCER_CLOSED', mayBeStored: false };
    await expect(producer.send(message)).rejects.toMatchObject(closed);
    await expect(producer.sendMany(numbers(1), sale)).rejects.toMatchObject(closed);
    await expect(producer.status('m1')).rejects.toMatchObject(closed);
    await expect(producer.cancel('m1')).rejects.toMatchObject(closed);
    await expect(producer.campaign('sale')).rejects.toMatchObject(closed);
    await expect(producer.setCampaign('sale', 'paused')).rejects.toMatchObject(closed);
    await producer.close();
  });

  it('ends a campaign whose list goes on for ever, which can be enqueued again', async () => {
    await using world = await open();
    const { producer } = world;
    const begun = Promise.withResolvers<void>();
    async function* endless(): AsyncGenerator<string> {
      yield* numbers(2);
      begun.resolve();
      await new Promise(() => {});
    }
    const call = producer.sendMany(endless(), sale);
    const failed = expect(call).rejects.toMatchObject({ code: 'PRODUCER_CLOSED', name: 'ProducerError' });
    await begun.promise;
    await producer.close();
    await failed;
  });
}
