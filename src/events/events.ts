import type { Event } from './event.ts';
import { eventsOver } from './events-over.ts';
import { type EventsOptions, resolveEventsOptions } from './options.ts';
import { createEventReader } from './reader.ts';

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
   * import { createEvents } from 'jetsms-producer/events';
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

/**
 * Opens the events of one or several accounts, and subscribes. It connects by itself and waits for Redis for as long as that takes;
 * `onProblem` hears of it.
 *
 * @param options whose events, and who is told
 * @returns the events, to be read and acknowledged
 * @throws EventsError `EVENTS_OPTIONS_INVALID` with all problems of the options at once
 * @example
 * import { createEvents } from 'jetsms-producer/events';
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
  return eventsOver(createEventReader(resolveEventsOptions(options)));
}
