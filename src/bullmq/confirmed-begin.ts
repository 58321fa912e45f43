import type { Confirming } from '../queue/confirmation.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { beginScript } from './job-record-scripts.ts';
import type { BeginResult } from './job-records.ts';

/** How beginnings are confirmed. */
export interface ConfirmedBegin extends Confirming {
  /** A connection for this alone: whatever comes behind WAIT waits with it. */
  readonly redis: RedisClient;
}

/** The script goes whole: one that is sent again because Redis did not know it would come behind the question. */
export async function beginConfirmed(
  { redis, replicas, timeoutMs }: ConfirmedBegin,
  named: readonly string[],
  args: readonly (string | number)[],
): Promise<readonly BeginResult[]> {
  const pipeline = redis.pipeline().eval(beginScript, named.length, ...named, ...args);
  const answers = (await pipeline.wait(replicas, timeoutMs).exec()) ?? [];
  const [error, begun] = answers[0] ?? [new Error('Redis left a reply out')];
  if (error) throw error;
  const results = begun as readonly BeginResult[]; // what the script returns
  const [, count] = answers[1] ?? [];
  const isConfirmed = typeof count === 'number' && count >= replicas;
  return isConfirmed ? results : results.map((one) => (one === 'written' ? 'unconfirmed' : one));
}
