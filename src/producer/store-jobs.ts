import { randomBytes } from 'node:crypto';
import { jobIdBytes, newJobId } from '../message/id.ts';
import { uncertainWish } from '../message/uncertain.ts';
import type { ClaimAnswers } from '../queue/add-jobs.ts';
import { type Claimed, claimText, parseClaim } from '../queue/claims.ts';
import { deadlineAtOf, messageIdAt, type SendJob } from '../queue/send-job.ts';
import { ProducerError } from './errors.ts';
import type { RedisCalls } from './redis-calls.ts';
import { differences, type Repeat } from './repeat.ts';
import type { StoredData } from './stored-data.ts';

/** Where jobs are stored. */
export interface JobStore {
  readonly data: StoredData;
  readonly calls: RedisCalls;
  /**
   * Redis' time. Only the first calls wait for it; where they wait in vain, what is wrong with the message itself is told
   * all the same.
   * @param check checks the message as of the system's time
   * @throws ProducerError REDIS_REFUSED, REDIS_UNAVAILABLE
   */
  readonly redisTime: (check: (systemMs: number) => void) => number | Promise<number>;
  /** The time of this machine, epoch milliseconds: what is enough for a dry run. */
  readonly localTime: () => number;
  /** The installation's secret. Throws ProducerError REDIS_REFUSED, REDIS_UNAVAILABLE. */
  readonly secret: () => string | Promise<string>;
}

/** Where a producer stores its jobs, for itself. */
export interface ClosableStore extends JobStore {
  /** Lets go of it; nothing may be under way any more. */
  close(): Promise<void>;
}

/** A name that a call claims, for one of the job's messages or for all of it, and what the call asked for. */
export interface CallClaim extends Repeat {
  readonly name: string;
  /** How long the name is taken once the message may leave. */
  readonly windowMs: number;
  readonly index?: number;
}

/** A job to be stored. */
export interface NewCall {
  readonly job: SendJob;
  readonly claims: readonly CallClaim[];
}

/** What storing a job came to: for each claim what an earlier call has stored; undefined where it was won. */
export interface StoredCall {
  readonly id: string;
  readonly earlier: readonly (Claimed | 'unknown' | undefined)[];
}

/**
 * Adds a job together with its claims. It may be repeated while Redis is silent where each of its messages has a claim:
 * without one, a message that was delivered and forgotten meanwhile would be stored a second time.
 * @throws ProducerError REDIS_REFUSED, REDIS_UNAVAILABLE
 */
export async function storeJob({ job, claims }: NewCall, store: JobStore): Promise<StoredCall> {
  const { calls, data } = store;
  const id = newJobId(randomBytes(jobIdBytes));
  const delayMs = (job.sendAt ?? job.enqueuedAt) - job.enqueuedAt;
  const newJob = {
    id,
    job,
    now: job.enqueuedAt,
    delayMs,
    claims: claims.map((claim) => ({
      name: claim.name,
      value: claimText(claimedBy(id, job, claim)),
      // The window begins when the message may leave: one that is scheduled for later must not be forgotten before.
      ttlMs: delayMs + claim.windowMs,
      ...(claim.index === undefined ? {} : { index: claim.index }),
    })),
  };
  const isWholly = claims.some(({ index }) => index === undefined);
  const answers = await calls.run({
    work: () => data.addJob(newJob),
    isRepeatable: isWholly || claims.length === job.to.length,
    stores: true,
    messageId: id,
  });
  return { id, earlier: earlierOf(answers, newJob.claims) };
}

function claimedBy(id: string, job: SendJob, { content, index }: CallClaim): Claimed {
  const { lane, enqueuedAt, sendAt = enqueuedAt } = job;
  const own =
    index === undefined
      ? { id, deadlineAt: job.deadlineAt }
      : { id: messageIdAt(id, job, index), deadlineAt: deadlineAtOf(job, index) };
  return { ...own, content, lane, ...uncertainWish(job), enqueuedAt, sendAt };
}

/** A claim that this very call has won before it was repeated is no earlier one. */
const earlierOf = (
  answers: ClaimAnswers,
  claims: readonly { readonly value: string }[],
): StoredCall['earlier'] =>
  answers.map((held, index) =>
    held === undefined || held === claims[index]?.value ? undefined : (parseClaim(held) ?? 'unknown'),
  );

/**
 * What an earlier call has stored under a name, adding nothing; undefined where there is none.
 * @throws ProducerError REDIS_REFUSED, REDIS_UNAVAILABLE
 */
export async function findClaim(
  account: string,
  name: string,
  { data, calls }: Pick<JobStore, 'data' | 'calls'>,
): Promise<Claimed | 'unknown' | undefined> {
  const work = (): Promise<string | null> => data.claimOf(account, name);
  const held = await calls.run({ work, isRepeatable: true, stores: false });
  return held === null ? undefined : (parseClaim(held) ?? 'unknown');
}

/**
 * Sees that a call repeats what an earlier one has stored.
 * @throws ProducerError of the given code where it asks for something else
 */
export function checkRepeat(
  earlier: Claimed | 'unknown',
  call: Repeat,
  code: 'IDEMPOTENCY_CONFLICT' | 'CAMPAIGN_CONFLICT',
): Claimed {
  if (earlier === 'unknown') throw new ProducerError(code);
  const fields = differences(call, earlier);
  if (fields.length === 0) return earlier;
  throw new ProducerError(code, { messageId: earlier.id, fields });
}
