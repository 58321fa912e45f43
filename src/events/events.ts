import { EventsError } from './errors.ts';
import { type Event, eventCountOf, eventsOf } from './event.ts';
import { type EventsOptions, resolveEventsOptions } from './options.ts';
import { createEventReader, type ReadEntry } from './reader.ts';

/**
 * The events of accounts, for one consumer of a group: `for await (const event of events) { …; await events.ack(event); }`. Events
 * come at least once, and those of a message in their order; what was not acknowledged comes again, to whoever of the group reads
 * next, before anything new.
 */
export interface Events extends AsyncIterable<Event, void, undefined>, AsyncDisposable {
  /**
   * Resolves when the group is known to Redis: it gets every event from then on, however late it is read.
   *
   * @throws EventsError `EVENTS_REFUSED`, `EVENTS_STREAM_INVALID`
   * @example
   * import { createEvents } from 'jetsms-delivery/events';
   *
   * const events = createEvents({ redis: 'redis://127.0.0.1:6379', group: 'shop', types: ['message.cancelled'] });
   * await events.subscribed(); // what happens from now on is told, even where nobody reads yet
   * const { id } = await producer.send({ to: '0532 123 45 67', text: 'Merhaba', sendAt: { in: '1h' } });
   * await producer.cancel(id);
   * for await (const event of events) {
   *   console.log(event.type, event.messageId === id); // → message.cancelled true
   *   await events.ack(event);
   *   break;
   * }
   * await events.close();
   */
  subscribed(): Promise<void>;
  /**
   * Reads; `next()` waits until there is something, and for Redis where it is away. Where another consumer of the group reads an
   * account, it waits for that one's end. Ends at `close()`; leaving the loop hands over at once.
   *
   * @throws EventsError `EVENTS_REFUSED`, `EVENTS_STREAM_INVALID`
   */
  [Symbol.asyncIterator](): AsyncGenerator<Event, void, undefined>;
  /**
   * The event needs not come again. Resolves when Redis knows; an entry of many messages is done with when all of its events are
   * acknowledged. Repeating it does no harm.
   *
   * @param event the event itself, as the iterator gave it
   * @throws EventsError `EVENTS_NOT_OURS`, `EVENTS_CLOSED`, `EVENTS_REFUSED`
   */
  ack(event: Event): Promise<void>;
  /** Ends reading and closes what was opened here; a given `redis` stays open. */
  close(): Promise<void>;
}

/** An entry whose events are handed out. */
interface Held {
  readonly account: string;
  readonly entryId: string;
  /** Events that are not acknowledged yet. */
  left: number;
}

/**
 * Opens the events of one or several accounts, and subscribes. It connects by itself and waits for Redis for as long as that takes;
 * `onProblem` hears of it.
 *
 * @param options whose events, and who is told
 * @returns the events, to be read and acknowledged
 * @throws EventsError `EVENTS_OPTIONS_INVALID` with all problems of the options at once
 * @example
 * import { createEvents } from 'jetsms-delivery/events';
 *
 * const events = createEvents({ redis: 'redis://127.0.0.1:6379', group: 'mails', types: ['message.accepted'] });
 * await events.subscribed();
 * await producer.send({ to: '0532 123 45 67', text: 'Merhaba', idempotencyKey: 'hello-17' });
 * for await (const event of events) {
 *   if (event.key === 'hello-17') console.log(event.type); // → message.accepted
 *   await events.ack(event); // what is not acknowledged comes again
 *   if (event.key === 'hello-17') break;
 * }
 * await events.close();
 */
export function createEvents(options: EventsOptions): Events {
  const reader = createEventReader(resolveEventsOptions(options));
  /** Undefined once it is acknowledged. */
  const held = new WeakMap<Event, Held | undefined>();

  function* handOut({ account, entryId, entry }: ReadEntry): Generator<Event, void, undefined> {
    const own: Held = { account, entryId, left: eventCountOf(entry) };
    for (const event of eventsOf(entry, { account, entryId })) {
      // Another consumer has taken over, or may have: what is left comes again.
      if (!reader.isOurs(account)) return;
      held.set(event, own);
      yield event;
    }
  }
  async function* read(): AsyncGenerator<Event, void, undefined> {
    for await (const batch of reader.batches()) {
      for (const entry of batch) yield* handOut(entry);
    }
  }

  return {
    subscribed: reader.subscribed,
    [Symbol.asyncIterator]: read,
    async ack(event) {
      if (!held.has(event)) throw new EventsError('EVENTS_NOT_OURS');
      const own = held.get(event);
      if (!own) return;
      held.set(event, undefined);
      own.left -= 1;
      if (own.left > 0) return;
      await reader.ack(own.account, [own.entryId]).catch((error: unknown) => {
        own.left += 1;
        held.set(event, own);
        throw error;
      });
    },
    close: reader.close,
    [Symbol.asyncDispose]: reader.close,
  };
}
