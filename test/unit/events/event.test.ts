import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Event, eventCountOf, eventsOf } from '../../../src/events/event.ts';
import { eventTypes, messagesOfEntry, parseEventEntry } from '../../../src/queue/event-entry.ts';
import { subJob } from '../../../src/queue/pieces.ts';
import { messagesEntry } from '../../support/event-entries.ts';
import { sendJob } from '../../support/send-job.ts';

const place = { account: 'shop', entryId: '1800000000000-0' };
const at = 1_800_000_000_000;

describe('the events of an entry', () => {
  it('are one for each message, each by its own id', () => {
    const events = [...eventsOf(messagesEntry({ n: 3, job: 'm7' }), place)];
    expect(events.map(({ id, messageId }) => [id, messageId])).toEqual([
      ['m7.0:message.accepted', 'm7.0'],
      ['m7.1:message.accepted', 'm7.1'],
      ['m7.2:message.accepted', 'm7.2'],
    ]);
  });

  it('of a single message have the id of its job', () => {
    const [event] = eventsOf(messagesEntry({ groupId: '20261128123456789' }), place);
    expect(event).toEqual({
      id: 'm1:message.accepted',
      type: 'message.accepted',
      at,
      account: 'shop',
      messageId: 'm1',
      lane: 'transactional',
      groupId: '20261128123456789',
    });
  });

  it('give each message its own key, meta, number and text, and leave out what it has none of', () => {
    const entry = messagesEntry({
      type: 'message.dead',
      n: 2,
      ids: ['a', 'b'],
      keys: ['order-1', null],
      meta: [null, { order: 2 }],
      to: ['905321234567', '905321234568'],
      text: ['Merhaba', 'Selam'],
      campaign: 'spring',
      rootId: 'm0',
      reason: 'terminal',
      code: '12',
      mayHaveArrived: true,
      late: true,
    });
    const common = {
      type: 'message.dead',
      at,
      account: 'shop',
      campaign: 'spring',
      lane: 'transactional',
      rootId: 'm0',
      reason: 'terminal',
      code: '12',
      mayHaveArrived: true,
      late: true,
    };
    expect([...eventsOf(entry, place)]).toEqual([
      {
        ...common,
        id: 'a:message.dead',
        messageId: 'a',
        key: 'order-1',
        to: '905321234567',
        text: 'Merhaba',
      },
      {
        ...common,
        id: 'b:message.dead',
        messageId: 'b',
        meta: { order: 2 },
        to: '905321234568',
        text: 'Selam',
      },
    ]);
  });

  it('give one meta and one text of an entry to all of its messages', () => {
    const events = [...eventsOf(messagesEntry({ n: 2, meta: { shop: 3 }, text: 'Merhaba' }), place)];
    expect(events.map(({ meta, text }) => [meta, text])).toEqual([
      [{ shop: 3 }, 'Merhaba'],
      [{ shop: 3 }, 'Merhaba'],
    ]);
  });

  it.each([
    [{ type: 'campaign.finished', at, campaign: 'spring' }, { campaign: 'spring' }],
    [
      { type: 'account.held', at, reason: 'no-credit', code: '11' },
      { hold: { reason: 'no-credit', code: '11' } },
    ],
    [{ type: 'account.resumed', at, reason: 'operator' }, { hold: { reason: 'operator' } }],
    [{ type: 'credit.low', at, credit: 120, hoursLeft: 2.5 }, { credit: { credit: 120, hoursLeft: 2.5 } }],
    [{ type: 'credit.low', at, credit: 120 }, { credit: { credit: 120 } }],
  ] as const)('about something else than messages are one, by the id of the entry: %o', (entry, facts) => {
    const { type } = entry;
    expect([...eventsOf(entry, place)]).toEqual([
      { id: `1800000000000-0:${type}`, type, at, account: 'shop', ...facts },
    ]);
    expect(eventCountOf(entry)).toBe(1);
  });

  it('of an entry about a whole job and about each of its messages alone are the same', () => {
    const job = sendJob({
      to: ['905321234567', '905321234568', '905321234569'],
      keys: ['a', null, 'c'],
      meta: [{ n: 1 }, null, { n: 3 }],
    });
    const shown = { number: true, text: true };
    const head = { type: 'message.accepted', at } as const;
    const together = eventsOf({ ...head, ...messagesOfEntry('m1', job, shown) }, place);
    const alone = job.to.flatMap((_, index) => [
      ...eventsOf(
        { ...head, ...messagesOfEntry('m1', subJob('m1', job, [[index, index + 1]]), shown) },
        place,
      ),
    ]);
    expect([...together]).toEqual(alone);
  });

  it('are read from any text without a throw, as many as are announced, with different ids and known types', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), entryText()), (text) => {
        const entry = parseEventEntry(text);
        if (!entry) return;
        const events: Event[] = [...eventsOf(entry, place)];
        expect(events).toHaveLength(eventCountOf(entry));
        for (const { type } of events) expect(eventTypes).toContain(type);
        if (eventCountOf(entry) > 1) expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
      }),
    );
  });
});

/** Entries, and what is almost one. */
const entryText = (): fc.Arbitrary<string> =>
  fc
    .record(
      {
        type: fc.constantFrom(...eventTypes, 'message.unknown'),
        at: fc.oneof(fc.nat(), fc.constant(-1)),
        job: fc.string(),
        n: fc.nat(5),
        lane: fc.constantFrom('otp', 'bulk', 'express'),
        reason: fc.constantFrom('terminal', 'no-credit', ''),
        campaign: fc.string({ minLength: 1 }),
        credit: fc.float(),
        keys: fc.array(fc.option(fc.string()), { maxLength: 5 }),
        meta: fc.dictionary(fc.string(), fc.integer()),
      },
      { requiredKeys: ['type', 'at'] },
    )
    .map((value) => JSON.stringify(value));
