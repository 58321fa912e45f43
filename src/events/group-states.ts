import { type AccountPlace, keys } from '../queue/names.ts';
import { run } from '../queue/pipeline.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { isOfAnotherType } from '../queue/redis-trouble.ts';

/** How far a group of an account's events has come. */
export interface GroupState {
  readonly group: string;
  /** Entries that it has not read; undefined where Redis does not know (before version 7, or after entries were deleted by hand). */
  readonly unread: number | undefined;
  /** Entries that it has read and not acknowledged. */
  readonly unacknowledged: number;
  /** Whether a consumer of ours reads now. */
  readonly isRead: boolean;
}

/** An account's stream of events. */
export interface StreamState {
  /** Entries that it holds. */
  readonly stored: number;
  readonly groups: readonly GroupState[];
}

/** Reads the state of a stream; undefined where nobody has subscribed. What is no stream counts as none. */
export async function readStreamState(
  redis: RedisClient,
  { prefix, account }: AccountPlace,
): Promise<StreamState | undefined> {
  const stream = keys.events(prefix, account);
  const [length, info] = (await redis.pipeline().xlen(stream).xinfo('GROUPS', stream).exec()) ?? [];
  const error = length?.[0];
  if (error && !isOfAnotherType(error)) throw error;
  const groups = info?.[0] ? undefined : groupsIn(info?.[1]);
  if (error || groups === undefined) return undefined;
  const readers = redis.pipeline();
  for (const { group } of groups) readers.exists(keys.eventsReader(prefix, account, group));
  const isRead = groups.length === 0 ? [] : await run(readers);
  return {
    stored: Number(length?.[1]),
    groups: groups.map((group, at) => ({ ...group, isRead: isRead[at] === 1 })),
  };
}

/** Reads what XINFO GROUPS says: of each group a list of names and values. Total. */
function groupsIn(info: unknown): readonly Omit<GroupState, 'isRead'>[] {
  if (!Array.isArray(info)) return [];
  return info.filter(Array.isArray).map((fields: readonly unknown[]) => {
    const value = (name: string): unknown => fields[fields.indexOf(name) + 1];
    const lag = fields.includes('lag') ? value('lag') : undefined;
    return {
      group: String(value('name')),
      unread: typeof lag === 'number' ? lag : undefined,
      unacknowledged: Number(value('pending')),
    };
  });
}
