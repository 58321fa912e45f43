import { type AccountPlace, queueNames } from '../queue/names.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { removeEndedLua } from './ended-job.ts';

/** BullMQ's sets of jobs that have ended. */
export type FinishedSet = 'completed' | 'failed';

export interface FinishedSweep {
  readonly set: FinishedSet;
  readonly olderThanMs: number;
  /** Of each lane at most so many in one step: while it lasts, Redis does nothing else. */
  readonly limit: number;
}

/** KEYS: set. ARGV: prefix, queue, age in milliseconds, limit. By Redis' own clock, as workers' clocks differ. */
const script = `${removeEndedLua}
local time = redis.call('TIME')
local before = time[1] * 1000 + math.floor(time[2] / 1000) - ARGV[3]
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', before, 'LIMIT', 0, ARGV[4])
for _, id in ipairs(ids) do removeEnded(ARGV[1], ARGV[2], id) end
return #ids`;

interface SweepCommand {
  jetsmsSweepFinished(
    setKey: string,
    prefix: string,
    queue: string,
    olderThanMs: number,
    limit: number,
  ): Promise<number>;
}

/** Takes the oldest of an account's ended jobs away, if they are old enough. How many it took; 0 = none was left. */
export async function sweepFinished(
  redis: RedisClient,
  { prefix, account }: AccountPlace,
  { set, olderThanMs, limit }: FinishedSweep,
): Promise<number> {
  redis.defineCommand('jetsmsSweepFinished', { lua: script, numberOfKeys: 1 });
  const commands = redis as unknown as SweepCommand; // defineCommand adds methods that ioredis' types cannot know
  let removed = 0;
  for (const queue of queueNames(account))
    removed += await commands.jetsmsSweepFinished(
      `${prefix}:${queue}:${set}`,
      prefix,
      queue,
      olderThanMs,
      limit,
    );
  return removed;
}
