import type { Redis } from 'ioredis';
import { type EventEntry, eventField, type MessagesEntry } from '../../src/queue/event-entry.ts';
import { defaultAccount, keys } from '../../src/queue/names.ts';

export const messagesEntry = (change: Partial<MessagesEntry> = {}): MessagesEntry => ({
  type: 'message.accepted',
  at: 1_800_000_000_000,
  job: 'm1',
  n: 1,
  lane: 'transactional',
  ...change,
});

/** Writes an entry as a worker does, but for the bound; gives its id. It makes the stream where there is none. */
export async function writeEntry(
  redis: Redis,
  prefix: string,
  entry: EventEntry | string,
  account: string = defaultAccount,
): Promise<string> {
  const text = typeof entry === 'string' ? entry : JSON.stringify(entry);
  return (await redis.xadd(keys.events(prefix, account), '*', eventField, text)) ?? '';
}
