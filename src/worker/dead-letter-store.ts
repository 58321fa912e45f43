import type { Job, Queue } from 'bullmq';
import type { DeadLetter } from '../queue/dead-letter.ts';
import type { DeathFacts, Journal } from '../queue/journal.ts';
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

/** The dead letter of a death. */
export function deadLetterOf({ data, facts, journal, enqueuedAt, now, pieceOf }: Death): DeadLetter {
  const origin = pieceOf === undefined ? {} : { pieceOf };
  return { v: 1, job: data, ...facts, history: journal.history, ...origin, enqueuedAt, diedAt: now };
}

/**
 * Puts a dead letter into the account's dead-letter queue, under the id of its send job: doing it again after
 * a crash changes nothing.
 */
export async function putDeadLetter(deadQueue: Queue, death: Death): Promise<void> {
  const { id, facts, now } = death;
  await deadQueue.add(facts.reason, deadLetterOf(death), { jobId: id, timestamp: now });
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

/** Takes a dead letter away, because its message turned out to be accepted. False where there is none. */
export async function withdrawDeadLetter(deadQueue: Queue, id: string): Promise<boolean> {
  const letter = (await deadQueue.getJob(id)) as Job<DeadLetter> | undefined;
  await letter?.remove();
  const redis = await deadQueue.getBackend().client;
  await redis.hdel(uncertainKey(deadQueue.qualifiedName), id);
  return letter !== undefined;
}

/** When a job was enqueued, as far as its data or BullMQ can tell. */
export function enqueuedAtOf(job: Pick<Job, 'data' | 'timestamp'>): number {
  const parsed = parseSendJob(job.data);
  return parsed.ok ? parsed.job.enqueuedAt : job.timestamp;
}
