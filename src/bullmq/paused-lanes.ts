import { type Lane, lanes } from '../message/lane.ts';
import { type AccountPlace, queueName } from '../queue/names.ts';
import { run } from '../queue/pipeline.ts';
import type { RedisClient } from '../queue/redis-client.ts';

/** The lanes that a person has paused on the dashboard. BullMQ takes nothing of them. */
export async function readPausedLanes(
  redis: RedisClient,
  { prefix, account }: AccountPlace,
): Promise<readonly Lane[]> {
  const pipeline = redis.pipeline();
  for (const lane of lanes) pipeline.hget(`${prefix}:${queueName(account, lane)}:meta`, 'paused');
  const paused = await run(pipeline);
  return lanes.filter((_, index) => paused[index] !== null);
}
