import { putDeadLetter } from '../bullmq/put-dead-letter.ts';
import type { NewJob } from '../queue/add-jobs.ts';
import { type JobResult, type Journal, type Piece, usedOf } from '../queue/journal.ts';
import { pieceId, subJob } from '../queue/pieces.ts';
import { isSoonOver } from '../queue/redis-trouble.ts';
import { type KnownJob, reportEnd, type SettleContext } from './known-job.ts';
import { persist } from './persist.ts';

/** How long a piece's id stays known, so that a repeated step adds no second one. */
const pieceMemoryMs = 7 * 24 * 60 * 60 * 1_000;

/** A division, and what carrying it out needs of the world. */
export interface Divided extends Pick<SettleContext, 'queues' | 'addJobs' | 'telemetry' | 'now'> {
  readonly pieces: readonly Piece[];
  readonly journal: Journal;
}

/**
 * Makes each piece of a job go its own way: to JetSMS again as a job of its own, or to the dead letters. The
 * journal says already how the job is divided, and every step can be repeated: a claim on its id keeps a
 * piece from being added twice, even when it has been sent and forgotten meanwhile.
 */
export async function divide({ id, sendJob }: KnownJob, context: Divided): Promise<JobResult> {
  const { pieces, journal, queues, addJobs, telemetry, now } = context;
  const again: NewJob[] = [];
  for (const [index, piece] of pieces.entries()) {
    const newId = pieceId(id, index, sendJob);
    if (piece.fate === 'again') {
      const job = subJob(id, sendJob, piece.ranges, usedOf(piece));
      const claims = [{ name: newId, value: newId, ttlMs: pieceMemoryMs }];
      again.push({ id: newId, job, now: now(), delayMs: piece.delayMs, claims });
      continue;
    }
    if (piece.fate !== 'dead') continue;
    const data = subJob(id, sendJob, piece.ranges);
    const { enqueuedAt } = data;
    const death = { id: newId, data, facts: piece.facts, journal, pieceOf: id, enqueuedAt, now: now() };
    await putDeadLetter(queues.dead, death);
  }
  if (again.length > 0) await persist(() => addJobs(queues.of(sendJob.lane), again), telemetry, isSoonOver);
  return { end: 'split' };
}

/** Tells of those pieces that have ended. */
export function reportPieces(
  { id, sendJob }: KnownJob,
  pieces: readonly Piece[],
  context: Pick<SettleContext, 'telemetry' | 'now'>,
): void {
  for (const [index, piece] of pieces.entries()) {
    if (piece.fate === 'again') continue;
    const facts = piece.fate === 'dead' ? piece.facts : undefined;
    reportEnd(pieceId(id, index, sendJob), subJob(id, sendJob, piece.ranges), facts, context);
  }
}
