import { randomBytes } from 'node:crypto';
import type { Event } from '../events/event.ts';
import { eventsOf } from '../events/event.ts';
import type { Events } from '../events/events.ts';
import { eventsOver } from '../events/events-over.ts';
import { type EventsOptions, resolveEventsOptions } from '../events/options.ts';
import { loadNumberTables } from '../message/number.ts';
import { type Batches, createBatches, createLoneSends } from '../producer/batches.ts';
import type { Producer } from '../producer/calls.ts';
import { type ProducerOptions, resolveOptions, shownOf } from '../producer/options.ts';
import { producerOver } from '../producer/producer-over.ts';
import { deliver, type FakeEnd, type FakeEndName } from './deliver.ts';
import type { Ends } from './ends.ts';
import { FakeError } from './errors.ts';
import { memoryReader } from './event-reader.ts';
import { createFakeCalls, type FakeCalls, type FakeFailure } from './failures.ts';
import { createMemory, findStored, type Memory } from './memory.ts';
import { memoryData } from './memory-data.ts';
import { type SentMessage, sentMessages } from './sent.ts';

/** As `createProducer()` takes them; `redis` may be left out, and is never connected to. */
export interface FakeProducerOptions extends Partial<ProducerOptions> {
  /** The time that takes the place of Redis' time, epoch milliseconds; default `Date.now`, fake timers included. */
  readonly now?: () => number;
}

/** As `createEvents()` takes them; all may be left out. */
export type FakeEventsOptions = Partial<Pick<EventsOptions, 'account' | 'group' | 'types' | 'from'>>;

/**
 * A producer for an app's own tests: the same checks, ids, receipts, errors, idempotency keys, campaigns, status and cancel, in memory
 * and without Redis. There is no worker: what becomes of a message is what the test says by `deliver()`.
 */
export interface FakeProducer extends Producer {
  /** Every message that is stored, in that order, with its number and text; those that were called off, too. */
  sent(): readonly SentMessage[];
  /**
   * Lets a message come to an end, or a step further, and the events of that happen. The id of a job of several stands for all of them.
   * @throws FakeError `FAKE_MESSAGE_UNKNOWN`, `FAKE_END_IMPOSSIBLE`
   */
  deliver(id: string, end: FakeEnd | FakeEndName): void;
  /**
   * The events, read as those of `createEvents()`: by groups, to be acknowledged, of all accounts where none is named. With
   * `from: 'beginning'` also those from before the call.
   * @throws EventsError `EVENTS_OPTIONS_INVALID`
   */
  events(options?: FakeEventsOptions): Events;
  /** All events so far, over all accounts, in the order in which they happened: for a look at the end of a test. */
  told(): readonly Event[];
  /**
   * Lets the next calls fail as they do when Redis is in trouble, at once and without a second of waiting. `answer-lost` and
   * `request-lost` wait for a call that stores or changes something.
   * @throws FakeError `FAKE_FAILURE_UNKNOWN`
   */
  failNext(failure: FakeFailure, times?: number): void;
  /**
   * Sets the clock, which stands still from then on; undefined lets it go on by `now`.
   * @throws FakeError `FAKE_TIME_INVALID`
   */
  setNow(time: Date | number | undefined): void;
  /** Forgets messages, keys, campaigns, events and failures that were to come. The clock stays, and who is subscribed to events. */
  clear(): void;
}

/** Passes the check of options; nothing is ever connected to. */
const noRedis = 'redis://127.0.0.1:6379';

/**
 * Makes a producer that keeps everything in memory.
 * @throws ProducerError `PRODUCER_OPTIONS_INVALID` as `createProducer()`
 */
export function createFakeProducer(choice: FakeProducerOptions = {}): FakeProducer {
  const { now, ...options } = { ...choice };
  const resolved = resolveOptions({ ...options, redis: options.redis ?? noRedis });
  loadNumberTables();
  let fixed: number | undefined;
  const memory = createMemory(() => Math.round(fixed ?? (now ?? Date.now)()));
  const calls = createFakeCalls();
  const rules = { keepStatusMs: resolved.keepStatusMs, shownInEvents: shownOf(resolved.eventsShow) };
  const secret = randomBytes(32).toString('hex');
  const store = {
    data: memoryData(memory, rules),
    calls,
    redisTime: memory.now,
    localTime: memory.now,
    secret: () => secret,
    close: async () => {},
  };
  const { accounts } = resolved;
  const producer = producerOver(store, resolved, (store) => failingAlone(store, calls));
  return {
    ...producer,
    ...callsWithin(producer, calls),
    sent: () => sentMessages(memory),
    deliver: (id, end) => deliverTo({ memory, ...rules }, id, typeof end === 'string' ? { end } : { ...end }),
    events(choice = {}) {
      const { account = Object.keys(accounts), group = 'test', ...rest } = choice;
      return eventsOver(
        memoryReader(memory, resolveEventsOptions({ redis: noRedis, account, group, ...rest })),
      );
    },
    told: () => toldBy(memory),
    failNext: (failure, times = 1) => calls.fail(failure, times),
    setNow(time) {
      const at = time === undefined ? undefined : Number(time);
      if (at !== undefined && !Number.isFinite(at)) throw new FakeError('FAKE_TIME_INVALID', '');
      fixed = at;
    },
    clear() {
      memory.clear();
      calls.clear();
    },
  };
}

/** Sends are joined, but for those one of which is to fail: as many fail as a test has asked for. */
function failingAlone(store: Parameters<typeof createBatches>[0], calls: FakeCalls): Batches {
  const joining = createBatches((call) => calls.apart(() => store(call)));
  const alone = createLoneSends(store);
  return { send: (sending) => (calls.willFail() ? alone : joining).send(sending) };
}

/** The calls of an app, each of which can be told to fail as a whole. */
const callsWithin = (
  producer: Producer,
  { within }: FakeCalls,
): Omit<Producer, 'close' | typeof Symbol.asyncDispose> => ({
  send: (message) => within(() => producer.send(message)),
  sendMms: (mms) => within(() => producer.sendMms(mms)),
  sendMany: (recipients, options) => within(() => producer.sendMany(recipients, options)),
  campaign: (id, options) => within(() => producer.campaign(id, options)),
  setCampaign: (id, state, options) => within(() => producer.setCampaign(id, state, options)),
  status: (target, options) => within(() => producer.status(target, options)),
  statuses: (targets, options) => within(() => producer.statuses(targets, options)),
  cancel: (id, options) => within(() => producer.cancel(id, options)),
  reschedule: (id, sendAt, options) => within(() => producer.reschedule(id, sendAt, options)),
});

function deliverTo(rules: Omit<Ends, 'account'>, id: string, end: FakeEnd): void {
  const [first] = rules.memory.accounts().flatMap(([account, memory]) => {
    const found = findStored(memory, id);
    return found ? [{ account, found }] : [];
  });
  if (!first) throw new FakeError('FAKE_MESSAGE_UNKNOWN', '');
  deliver({ ...rules, account: first.account }, first.found, end);
}

const toldBy = (memory: Memory): readonly Event[] =>
  memory
    .accounts()
    .flatMap(([account, { entries }]) => entries.map((one) => ({ account, ...one })))
    .toSorted((one, other) => one.order - other.order)
    .flatMap(({ entry, ...place }) => [...eventsOf(entry, place)]);
