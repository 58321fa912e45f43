import type { Redis } from 'ioredis';
import { type AccountPlace, keys } from '../queue/names.ts';

/**
 * Forgets a group of an account's events: what it has not read is never told to it. The stream goes with its last group, so that
 * nothing is written any more. The group's consumers must have ended: one that reads would make it anew. False where there is
 * no such group.
 * @param redis a connection; rejects with what it says
 */
export async function removeEventGroup(
  redis: Redis,
  { prefix, account, group }: AccountPlace & { readonly group: string },
): Promise<boolean> {
  const stream = keys.events(prefix, account);
  const reader = keys.eventsReader(prefix, account, group);
  return (await redis.eval(removeScript, 2, stream, reader, group)) === 1;
}

/** KEYS: stream, reader. ARGV: group. */
const removeScript = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local removed = redis.call('XGROUP', 'DESTROY', KEYS[1], ARGV[1])
redis.call('DEL', KEYS[2])
if #redis.call('XINFO', 'GROUPS', KEYS[1]) == 0 then redis.call('UNLINK', KEYS[1]) end
return removed`;
