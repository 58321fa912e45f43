import { type Event, eventsOf } from '../../../src/events/event.ts';
import { eventField, parseEventEntry } from '../../../src/queue/event-entry.ts';
import { defaultAccount, keys } from '../../../src/queue/names.ts';
import type { TestRedis } from '../../support/redis.ts';
import { placeIn } from './place.ts';

const streamIn = (redis: Pick<TestRedis, 'url'>): string =>
  keys.events(placeIn(redis).prefix, defaultAccount);

/** Nothing is told before somebody has subscribed. */
export async function subscribeToAll(redis: Pick<TestRedis, 'client' | 'url'>): Promise<void> {
  await redis.client().xgroup('CREATE', streamIn(redis), 'watcher', '0', 'MKSTREAM');
}

/** Everything that was told of messages, in the order of the streamIn(redis), by the message. */
export async function readEvents(
  redis: Pick<TestRedis, 'client' | 'url'>,
): Promise<ReadonlyMap<string, readonly Event[]>> {
  const entries = await redis.client().xrange(streamIn(redis), '-', '+');
  const events = entries.flatMap(([entryId, [field, text = '']]) => {
    const entry = field === eventField ? parseEventEntry(text) : undefined;
    if (entry === undefined) throw new Error(`an entry of the stream cannot be read: ${text.slice(0, 200)}`);
    return [...eventsOf(entry, { account: defaultAccount, entryId })];
  });
  return Map.groupBy(events, ({ messageId = '' }) => messageId);
}
