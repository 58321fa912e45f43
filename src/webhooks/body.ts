import { createHash } from 'node:crypto';
import type { Delivery } from '../bullmq/webhook-queue.ts';
import type { Event } from '../events/event.ts';

/** What a body is made for. */
export interface BodyPlace {
  readonly endpoint: string;
  /** The endpoint takes lists: a body of one event is a list, too. */
  readonly isList: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * The delivery of these events; `events` is not empty. Pure: the same events make the same delivery, but for `since`.
 * A body is `{type, timestamp, data}`; of a list the type is `events`, and `data.events` has the events themselves.
 */
export function deliveryOf(events: readonly Event[], { endpoint, isList, now }: BodyPlace): Delivery {
  const [first] = events;
  const timestamp = new Date(first?.at ?? now).toISOString();
  const body = isList
    ? { type: 'events', timestamp, data: { events } }
    : { type: first?.type, timestamp, data: first };
  return {
    id: deliveryId(
      endpoint,
      events.map(({ id }) => id),
    ),
    data: { body: JSON.stringify(body), events: events.length, since: now },
  };
}

/** Without a dot, as Standard Webhooks wants it, and without a colon, as BullMQ does. */
export function deliveryId(endpoint: string, eventIds: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify([endpoint, ...eventIds]));
  return `msg_${hash.digest('base64url').slice(0, 27)}`;
}
