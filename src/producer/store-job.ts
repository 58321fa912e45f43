import { randomBytes } from 'node:crypto';
import type { Queue } from 'bullmq';
import { deduplicationIdOf, keyedMessageId, messageIdBytes, newMessageId } from '../message/id.ts';
import type { Lane } from '../message/lane.ts';
import { sendJobOptions } from '../queue/job-options.ts';
import type { SendJob } from '../queue/send-job.ts';
import { ProducerError } from './errors.ts';
import type { RedisCalls } from './redis-calls.ts';

/** The answer of `send()`: Redis has stored the message. */
export interface SendReceipt {
  /** The message's id: in logs, in dead letters, in `jetsms dead show`. */
  readonly id: string;
  readonly account: string;
  readonly lane: Lane;
  /** SMS parts that the text needs, by the provider's arithmetic. */
  readonly parts: number;
  /** After this time (epoch milliseconds) the message is never sent. */
  readonly deadlineAt: number;
  /** The same message was stored before, under the same idempotency key; nothing was added. */
  readonly duplicate: boolean;
}

/** How a job will be known. */
export interface JobIdentity {
  readonly id: string;
  /** Set where the message has an idempotency key. */
  readonly keyed: { readonly idPrefix: string; readonly deduplicationId: string } | undefined;
}

/** A job to be stored. */
export interface NewJob extends JobIdentity {
  readonly job: SendJob;
  /** Epoch milliseconds; now without it. */
  readonly sendAtMs: number | undefined;
}

/** Where jobs are stored. */
export interface JobStore {
  readonly calls: RedisCalls;
  /** The account's queue; only within a call. */
  readonly queueOf: (account: string) => Queue;
  readonly idempotencyWindowMs: number;
}

/**
 * Makes the id of a job. Key and content are hashed into it, so that the id which Redis answers with says
 * whether the key was used before, and whether for the same content: no second round trip, and nothing to
 * clean up.
 */
export function identify(
  account: string,
  idempotencyKey: string | undefined,
  content: () => string,
): JobIdentity {
  if (idempotencyKey === undefined) {
    return { id: newMessageId(randomBytes(messageIdBytes)), keyed: undefined };
  }
  const idPrefix = `${keyedMessageId({ account, idempotencyKey, content: content() })}-`;
  const deduplicationId = deduplicationIdOf(account, idempotencyKey);
  return { id: idPrefix + randomBytes(6).toString('hex'), keyed: { idPrefix, deduplicationId } };
}

/**
 * Adds a job, or finds the one that its idempotency key has added before.
 * @throws ProducerError REDIS_REFUSED, REDIS_UNAVAILABLE, IDEMPOTENCY_CONFLICT
 */
export async function storeJob(newJob: NewJob, store: JobStore): Promise<SendReceipt> {
  const { job } = newJob;
  const storedId = await add(newJob, store);
  const duplicate = storedId !== newJob.id;
  if (duplicate && !(newJob.keyed && storedId.startsWith(newJob.keyed.idPrefix))) {
    throw new ProducerError('IDEMPOTENCY_CONFLICT', { messageId: storedId });
  }
  const { account, lane, parts, deadlineAt } = job;
  return { id: storedId, account, lane, parts, deadlineAt, duplicate };
}

/** The id that comes back is another's where the idempotency key was used before. */
async function add(
  { id, keyed, job, sendAtMs }: NewJob,
  { calls, queueOf, idempotencyWindowMs }: JobStore,
): Promise<string> {
  const delayMs = (sendAtMs ?? job.enqueuedAt) - job.enqueuedAt;
  // The window begins when the message may leave: one that is scheduled for later must not be forgotten before.
  const ttlMs = delayMs + idempotencyWindowMs;
  const options = sendJobOptions({
    id,
    lane: job.lane,
    delayMs,
    ...(keyed ? { deduplication: { id: keyed.deduplicationId, ttlMs } } : {}),
  });
  const stored = await calls.run({
    work: () => queueOf(job.account).add(job.lane, job, options),
    // Without a key, a message that was delivered and forgotten meanwhile would be stored a second time.
    isRepeatable: keyed !== undefined,
    stores: true,
    messageId: id,
  });
  return stored.id ?? id;
}
