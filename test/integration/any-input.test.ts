import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as codes from '../../src/codes/index.ts';
import { createEvents, isEventsError, removeEventGroup } from '../../src/events/index.ts';
import {
  holdAccount,
  listHolds,
  OperatorError,
  openDeadLetters,
  openMessages,
  resumeAccount,
} from '../../src/operator/index.ts';
import { createProducer, isMessageError, isProducerError, type Producer } from '../../src/producer/index.ts';
import {
  createLogger,
  createMetrics,
  createTelemetry,
  createWorker,
  readSettings,
  SettingsError,
} from '../../src/worker/index.ts';
import { anyArgument, anyFields, thrownBy } from '../support/any-argument.ts';
import { freshPrefix, sharedRedisUrl } from '../support/redis.ts';

const prefix = freshPrefix();
/** Functions as JavaScript calls them. */
type Loose = (...args: readonly unknown[]) => unknown;

let redis: Redis;
let producer: Producer;
beforeAll(() => {
  redis = new Redis(sharedRedisUrl());
  const accounts = { default: { title: 'FIRMA' }, mms: { title: 'FIRMA', surface: 'web-service' as const } };
  producer = createProducer({ redis: sharedRedisUrl(), prefix, accounts });
});
afterAll(async () => {
  await producer.close();
  redis.disconnect();
});

/** Calls something with all kinds of arguments; whatever it throws must be `ours`. */
async function holds(
  call: Loose,
  args: readonly fc.Arbitrary<unknown>[],
  ours: (error: unknown) => boolean,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.tuple(...args), async (given) => {
      const error = await thrownBy(() => call(...given));
      if (error !== undefined && !ours(error)) throw error;
    }),
    { numRuns: 150 },
  );
}

const times = { sendAt: { in: '2h' }, deadline: '5m' };
const sending = { lane: 'bulk', title: 'A', account: 'default', whenUncertain: 'ask', whenNotFound: 'park' };
const notes = { meta: { orderId: 17 }, reference: 'order-17' };
const number = '05321234567';
const right = {
  message: { to: number, text: 'Merhaba', ...sending, ...times, ...notes, idempotencyKey: 'x' },
  mms: {
    to: [number],
    subject: 'S',
    text: 'T',
    media: { contentType: 'image/gif', data: Buffer.from('x') },
    ...sending,
    account: 'mms',
    ...times,
    ...notes,
    allowRepeats: true,
  },
  many: { campaign: 'c', text: 'T', ...sending, ...times, ...notes, allowRepeats: true, dryRun: true },
  options: { account: 'default' },
};
const anyId = fc.oneof(fc.constantFrom('1', 'x.1', ''), anyArgument);

describe('whatever it is given, a producer throws nothing but its own errors', () => {
  const ours = (error: unknown): boolean => isMessageError(error) || isProducerError(error);
  const loose =
    (name: keyof Producer): Loose =>
    (...args) =>
      (producer[name] as Loose)(...args);

  it.each([
    ['send', [anyFields(right.message)]],
    ['sendMms', [anyFields(right.mms)]],
    [
      'sendMany',
      [fc.oneof(fc.constant([number, { to: number, text: 5 }]), anyArgument), anyFields(right.many)],
    ],
    [
      'status',
      [fc.oneof(anyId, anyFields({ idempotencyKey: 'x', account: 'mms' })), anyFields(right.options)],
    ],
    ['statuses', [fc.oneof(fc.array(anyId, { maxLength: 3 }), anyArgument), anyFields(right.options)]],
    ['cancel', [anyId, anyFields(right.options)]],
    ['reschedule', [anyId, fc.oneof(anyFields(times.sendAt), anyArgument), anyFields(right.options)]],
    ['campaign', [anyId, anyFields(right.options)]],
    ['setCampaign', [anyId, fc.oneof(fc.constant('paused'), anyArgument), anyFields(right.options)]],
  ] as const)('in %s()', async (name, args) => {
    await holds(loose(name), args, ours);
  });

  it('in createProducer()', async () => {
    const account = {
      title: 'A',
      charset: 'utf-8',
      maxTextLength: 160,
      surface: 'xml',
      mmsContentTypes: ['a/b'],
    };
    const options = anyFields({ redis: sharedRedisUrl(), prefix, requestSize: 5, redisTimeoutMs: 100 });
    const withAccounts = fc.record({
      redis: fc.constant(sharedRedisUrl()),
      accounts: fc.oneof(fc.record({ default: anyFields(account) }), anyArgument),
    });
    const open: Loose = (given) => createProducer(given as never).close();
    await holds(open, [fc.oneof(options, withAccounts)], ours);
  });

  it.each([
    ['createProducer()', () => createProducer(undefined as never), 'PRODUCER_OPTIONS_INVALID'],
    ['createProducer(null)', () => createProducer(null as never), 'PRODUCER_OPTIONS_INVALID'],
    ['sendMany(list)', () => producer.sendMany([number], undefined as never), 'CAMPAIGN_INVALID'],
    ['sendMany(list, null)', () => producer.sendMany([number], null as never), 'ARGUMENT_INVALID'],
    [
      'sendMany() with a mistyped dryRun',
      () => producer.sendMany([number], { campaign: 'c', text: 'x', dryrun: true } as never),
      'FIELD_UNKNOWN',
    ],
    ['send()', () => producer.send(undefined as never), 'MESSAGE_INVALID'],
    [
      'send() to account null',
      () => producer.send({ ...right.message, account: null } as never),
      'ACCOUNT_UNKNOWN',
    ],
    ['status()', () => producer.status(undefined as never), 'ARGUMENT_INVALID'],
    ['status(null)', () => producer.status(null as never), 'ARGUMENT_INVALID'],
    ['statuses("x")', () => producer.statuses('x' as never), 'ARGUMENT_INVALID'],
    ["cancel('x', 'shop')", () => producer.cancel('x', 'shop' as never), 'ARGUMENT_INVALID'],
    ['setCampaign() to no state', () => producer.setCampaign('c', 'stopped' as never), 'ARGUMENT_INVALID'],
  ] as const)('%s says so', async (_, call, code) => {
    const error = await thrownBy(call);
    expect(ours(error)).toBe(true);
    expect(error).toMatchObject({ code });
  });
});

describe('whatever they are given, events throw nothing but their own errors', () => {
  it('in createEvents() and ack()', async () => {
    const options = {
      redis: sharedRedisUrl(),
      prefix,
      group: 'g',
      account: 'default',
      from: 'now',
      pollMs: 50,
    };
    const open: Loose = async (given, event) => {
      await using events = createEvents(given as never);
      await events.ack(event as never);
    };
    await holds(open, [anyFields(options), anyArgument], isEventsError);
  });

  it('in removeEventGroup()', async () => {
    const remove: Loose = (place, connection) =>
      removeEventGroup((connection ?? redis) as never, place as never);
    await holds(remove, [anyFields({ prefix, account: 'default', group: 'g' }), anyArgument], isEventsError);
  });
});

describe("whatever they are given, operators' functions throw nothing but their own errors", () => {
  const ours = (error: unknown): boolean => error instanceof OperatorError;
  const place = { prefix, account: 'default' };
  const filter = { ids: ['x'], code: '12', lane: 'bulk', olderThanMs: 5, limit: 1 };
  const replay = { dryRun: true, lane: 'own', ratePerSecond: 0, includeExpired: true, deadlineMs: 1_000 };

  it('in openDeadLetters()', async () => {
    const open: Loose = (options) => openDeadLetters(options as never).close();
    await holds(open, [anyFields({ redis: sharedRedisUrl(), ...place })], ours);
  });

  it.each([
    ['list', [anyFields(filter), anyFields({ size: 5, cursor: '1:x' })]],
    ['show', [anyId]],
    ['summary', [anyFields(filter)]],
    ['replay', [anyFields(filter), anyFields(replay)]],
    ['discard', [anyFields(filter), anyFields({ dryRun: true })]],
    ['export', [anyFields(filter), anyFields({ reveal: true })]],
  ] as const)('in %s() of dead letters', async (name, args) => {
    await using letters = openDeadLetters({ redis, ...place });
    const call: Loose = async (...given) => {
      const answer = await (letters[name] as Loose)(...given);
      if (name === 'export') for await (const _ of answer as AsyncIterable<string>);
    };
    await holds(call, args, ours);
  });

  it('refuses a filter with a field that is not known: passed over, it would mean all letters', async () => {
    await using letters = openDeadLetters({ redis, ...place });
    await expect(letters.discard({ cod: '12' } as never)).rejects.toMatchObject({ code: 'FILTER_INVALID' });
    await expect(letters.discard({}, { dryrun: true } as never)).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
    });
  });

  it('in those of messages', async () => {
    const account = {
      account: 'default',
      keepStatusMs: 1_000,
      shownInEvents: { number: false, text: false },
    };
    const open: Loose = (options) => openMessages(options as never).close();
    const accounts = fc.oneof(fc.array(anyFields(account), { maxLength: 2 }), anyArgument);
    const options = fc.record({ redis: fc.constant(redis), accounts }, { requiredKeys: [] });
    await holds(open, [fc.oneof(options, anyArgument)], ours);
    await using messages = openMessages({ redis, prefix, accounts: [account] });
    await holds(messages.statuses as Loose, [fc.oneof(fc.array(anyId, { maxLength: 2 }), anyArgument)], ours);
    await holds(messages.cancel as Loose, [anyId], ours);
    await holds(messages.scheduled as Loose, [anyArgument], ours);
  });

  it.each([
    ['listHolds', listHolds, { prefix, accounts: ['default'] }],
    ['holdAccount', holdAccount, { ...place, by: 'x', note: 'y' }],
    ['resumeAccount', resumeAccount, place],
  ] as const)('in %s()', async (_, call, options) => {
    const connection = fc.oneof({ weight: 3, arbitrary: fc.constant(redis) }, anyArgument);
    await holds(call as Loose, [connection as fc.Arbitrary<unknown>, anyFields(options)], ours);
  });
});

describe('whatever they are given, functions of the worker throw nothing but SettingsErrors', () => {
  const ours = (error: unknown): boolean => error instanceof SettingsError;
  const settings = readSettings({ env: { JETSMS_REDIS_URL: sharedRedisUrl() } });

  it.each([
    ['readSettings', readSettings, [anyFields({ env: {} }), anyFields({ needs: ['redis'] })]],
    ['createWorker', createWorker, [anyFields({ telemetryOf: () => {}, name: 'x' })]],
    ['createLogger', createLogger, [anyFields({ level: 'silent', version: '1', pretty: false })]],
    [
      'createMetrics',
      createMetrics,
      [anyFields({ version: '1', accounts: [{ name: 'a', surface: 'xml' }], webhooks: ['b'] })],
    ],
    ['createTelemetry', createTelemetry, [anyFields({ account: settings.accounts.get('default') })]],
  ] as const)('in %s()', async (_, call, args) => {
    await holds(call as Loose, args, ours);
  });
});

describe('whatever they are given, functions of the codes throw nothing', () => {
  const anyReply = fc.oneof(
    anyFields({ kind: 'reply', code: '90', text: 'XML null', cut: 'in-word' }),
    anyArgument,
  );
  const anyCode = fc.oneof(fc.constantFrom('00', '90'), anyArgument);

  it.each([
    ['parseReply', codes.parseReply, [anyArgument, anyFields({ isCut: true })]],
    ['classify', codes.classify, [anyReply]],
    ['explain', codes.explain, [anyReply]],
    ['findRow', codes.findRow, [anyCode, anyArgument]],
    ['knownWords', codes.knownWords, [anyCode, anyArgument]],
    ['meaningInWords', codes.meaningInWords, [anyCode, anyArgument]],
    ['rowNamed', codes.rowNamed, [anyCode]],
  ] as const)('in %s()', async (_, call, args) => {
    await holds(call as Loose, args, () => false);
  });
});
