import { randomBytes } from 'node:crypto';
import type { Queue } from 'bullmq';
import { deduplicationIdOf, keyedMessageId, messageIdBytes, newMessageId } from '../message/id.ts';
import type { Lane } from '../message/lane.ts';
import { sendJobOptions } from '../queue/job-options.ts';
import { readJson } from '../queue/json.ts';
import { parseSendJob, type SendJob } from '../queue/send-job.ts';
import { ProducerError } from './errors.ts';
import type { RedisCalls } from './redis-calls.ts';
import { differences, type Repeat } from './repeat.ts';

/**
 * The answer of `send()`: Redis has stored the message. Of a duplicate it says what is stored, and not what this call
 * asked for; what Redis no longer knows, since the message ended long ago, is undefined.
 */
export interface SendReceipt {
  /** The message's id: in logs, in dead letters, in `jetsms dead show`. */
  readonly id: string;
  readonly account: string;
  readonly lane: Lane | undefined;
  /** SMS parts that the text takes by the account's `partsModel`: an assumption about what is charged. */
  readonly parts: number;
  /** When the message may leave, in epoch milliseconds: `sendAt`, or when it was stored. */
  readonly sendAt: number | undefined;
  /** After this time (epoch milliseconds) the message is never sent. */
  readonly deadlineAt: number | undefined;
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
export interface NewJob extends JobIdentity, Repeat {}

/** Where jobs are stored. */
export interface JobStore {
  readonly calls: RedisCalls;
  /**
   * Redis' time. Only the first calls wait for it; where they wait in vain, what is wrong with the message itself is told
   * all the same.
   * @param check checks the message as of the system's time
   * @throws ProducerError REDIS_REFUSED, REDIS_UNAVAILABLE
   */
  readonly redisTime: (check: (systemMs: number) => void) => Promise<number>;
  /** The account's queue; only within a call. */
  readonly queueOf: (account: string) => Queue;
  /** The installation's secret. Throws ProducerError REDIS_REFUSED, REDIS_UNAVAILABLE. */
  readonly secret: () => Promise<string>;
  readonly idempotencyWindowMs: number;
}

/** What the id of a job is made of. */
export interface Identifiable {
  readonly account: string;
  readonly idempotencyKey: string | undefined;
  readonly content: readonly unknown[];
}

/**
 * Makes the id of a job. Key and content are hashed into it, so that the id which Redis answers with says
 * whether the key was used before, and whether for the same content: no second round trip, and nothing to
 * clean up.
 * @throws ProducerError REDIS_UNAVAILABLE: nothing was stored
 */
export async function identify(
  { account, idempotencyKey, content }: Identifiable,
  { secret: readSecret }: Pick<JobStore, 'secret'>,
): Promise<JobIdentity> {
  if (idempotencyKey === undefined) {
    return { id: newMessageId(randomBytes(messageIdBytes)), keyed: undefined };
  }
  const secret = await readSecret();
  const idPrefix = `${keyedMessageId({ account, idempotencyKey, content }, secret)}-`;
  const deduplicationId = deduplicationIdOf(account, idempotencyKey, secret);
  return { id: idPrefix + randomBytes(6).toString('hex'), keyed: { idPrefix, deduplicationId } };
}

/**
 * Adds a job, or finds the one that its idempotency key has added before.
 * @throws ProducerError REDIS_REFUSED, REDIS_UNAVAILABLE, IDEMPOTENCY_CONFLICT
 */
export async function storeJob(newJob: NewJob, store: JobStore): Promise<SendReceipt> {
  const storedId = await add(newJob, store);
  return storedId === newJob.id
    ? receiptOf(storedId, newJob.job, newJob.job)
    : receiptOfDuplicate(storedId, newJob, store);
}

/**
 * Finds the job that an idempotency key has added before, and adds nothing; undefined where there is none.
 * @throws ProducerError REDIS_REFUSED, REDIS_UNAVAILABLE, IDEMPOTENCY_CONFLICT
 */
export async function findJob(newJob: NewJob, store: JobStore): Promise<SendReceipt | undefined> {
  const { job, keyed } = newJob;
  if (!keyed) return undefined;
  const storedId = await store.calls.run({
    work: () => store.queueOf(job.account).getDeduplicationJobId(keyed.deduplicationId),
    isRepeatable: true,
    stores: false,
  });
  return storedId === null ? undefined : receiptOfDuplicate(storedId, newJob, store);
}

/** The id that comes back is another's where the idempotency key was used before. */
async function add(
  { id, keyed, job }: NewJob,
  { calls, queueOf, idempotencyWindowMs }: JobStore,
): Promise<string> {
  const delayMs = (job.sendAt ?? job.enqueuedAt) - job.enqueuedAt;
  // The window begins when the message may leave: one that is scheduled for later must not be forgotten before.
  const ttlMs = delayMs + idempotencyWindowMs;
  const options = sendJobOptions({
    id,
    lane: job.lane,
    now: job.enqueuedAt,
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

/** The receipt of a call whose key was used before: for the same, or it is refused. */
async function receiptOfDuplicate(
  storedId: string,
  newJob: NewJob,
  { calls, queueOf }: JobStore,
): Promise<SendReceipt> {
  const { job, keyed } = newJob;
  const stored = await calls.run({
    work: () => readStored(queueOf(job.account), storedId),
    isRepeatable: true,
    stores: false,
    messageId: storedId,
  });
  const fields = stored === undefined ? [] : differences(newJob, stored);
  const hasSameContent = keyed !== undefined && storedId.startsWith(keyed.idPrefix);
  if (hasSameContent && fields.length === 0) return receiptOf(storedId, job, stored, true);
  throw new ProducerError('IDEMPOTENCY_CONFLICT', { messageId: storedId, fields });
}

function receiptOf(
  id: string,
  { account, parts }: SendJob,
  stored: SendJob | undefined,
  duplicate = false,
): SendReceipt {
  const sendAt = stored?.sendAt ?? stored?.enqueuedAt;
  return { id, account, lane: stored?.lane, parts, sendAt, deadlineAt: stored?.deadlineAt, duplicate };
}

/** A stored job; undefined where it is gone, or cannot be read. Its data alone: the rest is no business of ours. */
export async function readStored(queue: Queue, id: string): Promise<SendJob | undefined> {
  const redis = await queue.getBackend().client;
  const parsed = parseSendJob(readJson(await redis.hget(queue.toKey(id), 'data')));
  return parsed.ok ? parsed.job : undefined;
}
