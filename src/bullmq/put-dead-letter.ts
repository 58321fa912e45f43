import type { Job, Queue } from 'bullmq';
import { isTime } from '../queue/checks.ts';
import type { DeadLetter } from '../queue/dead-letter.ts';
import { type DeathFacts, deathFactsOf, type Journal } from '../queue/journal.ts';
import { isShallow } from '../queue/json.ts';
import { parseSendJob } from '../queue/send-job.ts';

/** What a dead letter is made of. */
export interface Death {
  readonly id: string;
  /** The job's data as it lay in the queue. */
  readonly data: unknown;
  readonly facts: DeathFacts;
  readonly journal: Journal;
  readonly enqueuedAt: number;
  readonly now: number;
  /** The send job that it is a piece of. */
  readonly pieceOf?: string;
}

/**
 * The id of the dead letter of a job: its own, unless it is one that BullMQ gives and does not take (a number), or
 * has a colon. Nothing of ours has such ids, but somebody else can put jobs into a queue.
 */
export const letterIdOf = (id: string): string =>
  /^-?\d+$|:/.test(id) ? `job-${id.replaceAll(':', '-')}` : id;

/** The dead letter of a death. */
export function deadLetterOf({ data, facts, journal, enqueuedAt, now, pieceOf }: Death): DeadLetter {
  const origin = pieceOf === undefined ? {} : { pieceOf };
  const job = isShallow(data) ? data : 'too deeply nested to be kept';
  const { history } = journal;
  return { v: 1, job, ...deathFactsOf(facts), history, ...origin, enqueuedAt, diedAt: now };
}

/**
 * Puts a dead letter into the account's dead-letter queue, under the id of its send job: doing it again after
 * a crash changes nothing.
 */
export async function putDeadLetter(deadQueue: Queue, death: Death): Promise<void> {
  const { facts, now } = death;
  const id = letterIdOf(death.id);
  const source = id === death.id ? {} : { pieceOf: death.id };
  await deadQueue.add(facts.reason, deadLetterOf({ ...death, ...source }), { jobId: id, timestamp: now });
  if (facts.reason !== 'uncertain') return;
  const redis = await deadQueue.getBackend().client;
  await redis.hset(uncertainKey(deadQueue.qualifiedName), { [id]: now });
}

/**
 * Where the open uncertain dead letters of a dead-letter queue are noted, so that they can be counted without
 * reading the letters: a hash of ids. Written after its letter and wiped after it: a worker that is killed in
 * between repeats the first, and `queue-snapshot.ts` catches up with the second.
 * @param deadQueue prefix and name of the dead-letter queue, as in `{jetsms}:jetsms-default-dead`
 */
export const uncertainKey = (deadQueue: string): string => `${deadQueue}:uncertain`;

/** Takes a dead letter away, because its message turned out to be accepted. */
export async function withdrawDeadLetter(deadQueue: Queue, jobId: string): Promise<void> {
  const id = letterIdOf(jobId);
  await deadQueue.remove(id);
  const redis = await deadQueue.getBackend().client;
  await redis.hdel(uncertainKey(deadQueue.qualifiedName), id);
}

/** When a job was enqueued, as far as its data or BullMQ can tell; now, where neither can. */
export function enqueuedAtOf({ data, timestamp }: Pick<Job, 'data' | 'timestamp'>, now: number): number {
  const parsed = parseSendJob(data);
  if (parsed.ok) return parsed.job.enqueuedAt;
  return isTime(timestamp) ? timestamp : now;
}
