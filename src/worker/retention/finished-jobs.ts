import type { Redis } from 'ioredis';
import { removeEndedLua } from '../../bullmq/ended-job.ts';
import { type AccountPlace, queueName } from '../../queue/names.ts';

/** BullMQ's sets of jobs that have ended. */
export type FinishedSet = 'completed' | 'failed';

export interface FinishedSweep {
  readonly set: FinishedSet;
  readonly olderThanMs: number;
  /** At most so many in one step: while it lasts, Redis does nothing else. */
  readonly limit: number;
}

/** KEYS: queue, set. ARGV: age in milliseconds, limit. By Redis' own clock, as workers' clocks differ. */
const script = `${removeEndedLua}
local time = redis.call('TIME')
local before = time[1] * 1000 + math.floor(time[2] / 1000) - ARGV[1]
local ids = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', before, 'LIMIT', 0, ARGV[2])
for _, id in ipairs(ids) do removeEnded(KEYS[1], id) end
return #ids`;

interface SweepCommand {
  jetsmsSweepFinished(queueKey: string, setKey: string, olderThanMs: number, limit: number): Promise<number>;
}

/** Takes the oldest of an account's ended jobs away, if they are old enough. How many it took. */
export function sweepFinished(
  redis: Redis,
  { prefix, account }: AccountPlace,
  { set, olderThanMs, limit }: FinishedSweep,
): Promise<number> {
  redis.defineCommand('jetsmsSweepFinished', { lua: script, numberOfKeys: 2 });
  const commands = redis as unknown as SweepCommand; // defineCommand adds methods that ioredis' types cannot know
  const queueKey = `${prefix}:${queueName(account)}`;
  return commands.jetsmsSweepFinished(queueKey, `${queueKey}:${set}`, olderThanMs, limit);
}
