import { keys, type NamedAccount, placeOf } from '../queue/names.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { EventsError } from './errors.ts';
import { isAccountName, isPlainName, isRedisConnection } from './options.ts';
import { groupTrouble } from './patience.ts';

/**
 * Forgets a group of an account's events: what it has not read is never told to it. The stream goes with its last group, so that
 * nothing is written any more. The group's consumers must have ended: one that reads would make it anew. False where there is
 * no such group.
 * @param redis a connection of ioredis
 * @param place whose events, and the group
 * @returns whether there was such a group
 * @throws EventsError `EVENTS_OPTIONS_INVALID`, `EVENTS_REFUSED`, `EVENTS_STREAM_INVALID`, `EVENTS_UNAVAILABLE`
 * @example
 * import { Redis } from 'ioredis';
 * import { removeEventGroup } from 'jetsms-producer/events';
 *
 * const redis = new Redis('redis://127.0.0.1:6379');
 * const place = { prefix: '{jetsms}', account: 'default', group: 'nobody' };
 * console.log(await removeEventGroup(redis, place)); // → false
 * redis.disconnect();
 */
export async function removeEventGroup(redis: RedisClient, place: EventGroup): Promise<boolean> {
  checkPlace(redis, place);
  const { account, group } = place;
  const { prefix } = placeOf(redis, place.prefix, account);
  const stream = keys.events(prefix, account);
  const reader = keys.eventsReader(prefix, account, group);
  try {
    return (await redis.eval(removeScript, 2, stream, reader, group)) === 1;
  } catch (error) {
    throw groupTrouble(error);
  }
}

/** A group of consumers of an account's events. */
export interface EventGroup extends NamedAccount {
  /** As `createEvents()` was told. */
  readonly group: string;
}

/** @throws EventsError EVENTS_OPTIONS_INVALID */
function checkPlace(redis: unknown, place: unknown): void {
  const { prefix, account, group } = (typeof place === 'object' && place !== null ? place : {}) as Partial<
    Record<keyof EventGroup, unknown>
  >;
  const isFit =
    isRedisConnection(redis) &&
    typeof prefix === 'string' &&
    prefix !== '' &&
    isAccountName(account) &&
    isPlainName(group);
  if (isFit) return;
  const detail =
    'removeEventGroup() takes a connection of ioredis, and prefix, account and group as createEvents() does.';
  throw new EventsError('EVENTS_OPTIONS_INVALID', { detail });
}

/** KEYS: stream, reader. ARGV: group. */
const removeScript = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local removed = redis.call('XGROUP', 'DESTROY', KEYS[1], ARGV[1])
redis.call('DEL', KEYS[2])
if #redis.call('XINFO', 'GROUPS', KEYS[1]) == 0 then redis.call('UNLINK', KEYS[1]) end
return removed`;
