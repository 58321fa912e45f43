import { EventsError } from './errors.ts';
import { type Event, eventCountOf, eventsOf } from './event.ts';
import type { Events } from './events.ts';
import type { EventReader, ReadEntry } from './reader.ts';

/** An entry whose events are handed out. */
interface Held {
  readonly account: string;
  readonly entryId: string;
  /** Events that are not acknowledged yet. */
  left: number;
}

/** Hands out what a reader reads, event by event, and acknowledges what is done with. */
export function eventsOver(reader: EventReader): Events {
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
