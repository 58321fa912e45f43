import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  createProducer,
  type ManyOptions,
  type NewMessage,
  type Producer,
} from '../../../src/producer/index.ts';
import { createFakeProducer } from '../../../src/testing/index.ts';
import { contractAccounts } from '../../support/producer-contract.ts';
import { freshPrefix, sharedRedisUrl } from '../../support/redis.ts';

const hourMs = 3_600_000;
const minuteMs = 60_000;

/** A producer, the ids that it gave, and the time from which both count. */
interface Side {
  readonly producer: Producer;
  readonly ids: string[];
  readonly start: number;
}

/** The same call to either side; what it says or throws is compared. */
interface Step {
  readonly name: string;
  readonly run: (side: Side) => Promise<unknown>;
}

/** Mostly nothing, at times a good value, and seldom a bad one: else hardly a call would be taken. */
const mostly = <T>(good: readonly T[], ...bad: readonly T[]): fc.Arbitrary<T | undefined> =>
  fc.oneof(
    { arbitrary: fc.constant(undefined), weight: 12 },
    { arbitrary: fc.constantFrom(...good), weight: 6 },
    ...(bad.length === 0 ? [] : [{ arbitrary: fc.constantFrom(...bad), weight: 1 }]),
  );

/** Mostly a good value. */
const often = <T>(good: readonly T[], ...bad: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { arbitrary: fc.constantFrom(...good), weight: 15 },
    { arbitrary: fc.constantFrom(...bad), weight: 1 },
  );

const hours = mostly([1, 2], -1, 9_000);
const at = (start: number, hours: number | undefined) =>
  hours === undefined ? undefined : start + hours * hourMs;

/** Without the fields that say nothing. */
const said = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

const goodNumbers = ['0532 123 45 67', '+905321234567', '+905321234568', '05321234569'];
const someNumber = often(goodNumbers, '0212 123 45 67', 'x', '');
const someText = often(['Merhaba', 'Merhaba', 'Merhaba', 'Kodunuz 481516'], '', 'a'.repeat(161));
const someKey = mostly(['one', 'one', 'two'], '');

const someMessage = fc.record({
  to: someNumber,
  text: someText,
  idempotencyKey: someKey,
  lane: mostly(['otp', 'bulk'], 'express'),
  account: mostly(['shop'], 'nobody'),
  title: mostly(['OTHER']),
  meta: mostly<unknown>([{ order: 17 }], 'none'),
  whenUncertain: mostly(['resend'], 'pray'),
  sendIn: hours,
  deadlineIn: mostly([3, 4], -1, 1),
});

const messageAt = (
  start: number,
  { sendIn, deadlineIn, ...fields }: typeof someMessage extends fc.Arbitrary<infer T> ? T : never,
): NewMessage =>
  said({ ...fields, sendAt: at(start, sendIn), deadline: at(start, deadlineIn) }) as unknown as NewMessage;

const send: fc.Arbitrary<Step> = someMessage.map((fields) => ({
  name: `send ${JSON.stringify(fields)}`,
  async run({ producer, ids, start }) {
    const receipt = await producer.send(messageAt(start, fields));
    ids.push(receipt.id);
    return receipt;
  },
}));

/** All of one kind, so that they share jobs, and some of one key. */
const sendTogether: fc.Arbitrary<Step> = fc.array(someKey, { minLength: 2, maxLength: 6 }).map((keys) => ({
  name: `send together, with the keys ${keys.join()}`,
  async run({ producer, ids }) {
    const calls = keys.map((idempotencyKey) =>
      producer.send(said({ to: goodNumbers[0], text: 'Merhaba', idempotencyKey }) as NewMessage),
    );
    const settled = await Promise.allSettled(calls);
    for (const one of settled) if (one.status === 'fulfilled') ids.push(one.value.id);
    return settled.map((one) => (one.status === 'fulfilled' ? one.value : factsOf(one.reason)));
  },
}));

const campaign = fc.constantFrom('spring', 'spring', 'spring', 'summer');

const sendMany: fc.Arbitrary<Step> = fc
  .record({
    recipients: fc.array(
      fc.oneof(
        someNumber,
        fc.record({ to: someNumber, text: someText, meta: fc.constantFrom({ n: 1 }, { n: 2 }) }),
      ),
      { maxLength: 5 },
    ),
    options: fc.record({
      campaign: fc.oneof({ arbitrary: campaign, weight: 12 }, fc.constant('no name')),
      text: often<string | undefined>(['Merhaba'], 'other', undefined),
      lane: mostly(['transactional']),
      allowRepeats: mostly([true]),
      dryRun: mostly([true]),
    }),
    sendIn: hours,
  })
  .map(({ recipients, options, sendIn }) => ({
    name: `sendMany ${JSON.stringify({ recipients, options, sendIn })}`,
    async run({ producer, ids, start }) {
      const told: unknown[] = [];
      const call = {
        ...options,
        sendAt: at(start, sendIn),
        onProblem: ({ index, code }: { index: number; code: string }) => void told.push([index, code]),
        onStored: (some: { ids: readonly string[] }) => void ids.push(...some.ids),
      };
      return { receipt: await producer.sendMany(recipients, said(call) as ManyOptions), told };
    },
  }));

const ofMessage: fc.Arbitrary<Step> = fc
  .record({
    which: fc.nat(9),
    call: fc.constantFrom('status', 'cancel', 'reschedule', 'reschedule'),
    isJob: mostly([true]),
    hours: fc.integer({ min: -1, max: 5 }),
  })
  .map(({ which, call, isJob, hours }) => ({
    name: `${call} ${which} ${isJob} ${hours}`,
    async run({ producer, ids, start }) {
      const own = ids[which % Math.max(1, ids.length)] ?? 'm00000000000000000000';
      const id = isJob ? own.replace(/\.\d+$/, '') : own;
      if (call === 'status') return producer.status(id);
      return call === 'cancel' ? producer.cancel(id) : producer.reschedule(id, start + hours * hourMs);
    },
  }));

const ofKey: fc.Arbitrary<Step> = fc.constantFrom('one', 'two', 'three', '').map((idempotencyKey) => ({
  name: `status of ${idempotencyKey}`,
  run: ({ producer }) => producer.status({ idempotencyKey }),
}));

const ofCampaign: fc.Arbitrary<Step> = fc
  .tuple(campaign, fc.constantFrom(undefined, 'paused', 'running'))
  .map(([id, state]) => ({
    name: `campaign ${id} ${state}`,
    run: ({ producer }) => (state === undefined ? producer.campaign(id) : producer.setCampaign(id, state)),
  }));

const everything: Step = {
  name: 'status of everything',
  run: async ({ producer, ids }) => [
    await producer.statuses(ids),
    await producer.statuses(ids.map((id) => id.replace(/\.\d+$/, ''))),
    await producer.campaign('spring'),
    await producer.campaign('summer'),
  ],
};

/** What an error of ours says, without its numbers: how many seconds ago something was differs from one moment to the next. */
function factsOf(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) throw error;
  const { details: _details, ...facts } = { ...error } as Record<string, unknown>;
  return { ...facts, name: error.name, message: error.message.replace(/\d+/g, '#') };
}

/** What a step came to, without what no two producers have in common: ids become their places, times their distance in minutes. */
async function outcomeOf({ run }: Step, side: Side): Promise<unknown> {
  const seen = new Map<string, string>();
  const plain = (value: unknown): unknown => {
    if (typeof value === 'number' && value > 1_000_000_000_000)
      return `start + ${Math.round((value - side.start) / minuteMs)} min`;
    if (typeof value === 'string')
      return value.replace(/\bm[0-9a-z]{20}\b/g, (id) => {
        const place = seen.get(id) ?? `id ${side.ids.findIndex((one) => one.startsWith(id))}`;
        seen.set(id, place);
        return place;
      });
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
  };
  try {
    return plain(await run(side));
  } catch (error) {
    return plain(factsOf(error));
  }
}

it('the fake and the real producer say the same to whatever calls, in whatever order', async () => {
  const step = fc.oneof(
    { arbitrary: send, weight: 4 },
    { arbitrary: sendTogether, weight: 1 },
    { arbitrary: sendMany, weight: 3 },
    { arbitrary: ofMessage, weight: 5 },
    { arbitrary: ofKey, weight: 1 },
    { arbitrary: ofCampaign, weight: 1 },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 20, size: 'max' }), async (steps) => {
      const options = { accounts: contractAccounts, requestSize: 2 };
      const start = Date.now();
      await using real = createProducer({ ...options, redis: sharedRedisUrl(), prefix: freshPrefix() });
      await using fake = createFakeProducer(options);
      const realSide: Side = { producer: real, ids: [], start };
      const fakeSide: Side = { producer: fake, ids: [], start };
      for (const one of [...steps, everything]) {
        const said = await outcomeOf(one, realSide);
        expect([one.name, await outcomeOf(one, fakeSide)]).toEqual([one.name, said]);
      }
    }),
    { numRuns: 60 },
  );
});
