import { randomBytes } from 'node:crypto';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { MessageError } from '../message/errors.ts';
import { countCampaignJob } from '../queue/campaign.ts';
import { sendJobOptions } from '../queue/job-options.ts';
import type { SendJob } from '../queue/send-job.ts';
import { ProducerError } from './errors.ts';
import {
  type CampaignRules,
  campaignJobId,
  chunksOf,
  jobOf,
  keptProblems,
  type ManyOptions,
  type ManyProblem,
  type ManyReceipt,
  type Recipients,
} from './many.ts';
import type { RedisCalls } from './redis-calls.ts';

/** Where a campaign's jobs are stored. */
export interface ManyStore {
  readonly redis: Redis;
  readonly prefix: string;
  readonly calls: RedisCalls;
  /** Only within a call. */
  readonly queue: () => Queue;
  readonly requestSize: number;
  readonly campaignWindowMs: number;
}

/**
 * Jobs on their way to Redis at a time; bounds the memory of a list of any length. One by one at first, as long
 * as they were stored before: a campaign that turns out to be another must not have sent half of itself.
 */
const storing = 8;

/** Enqueues a campaign whose common fields are checked. */
export async function sendMany(
  recipients: Recipients,
  options: ManyOptions,
  campaign: CampaignRules,
  store: ManyStore,
): Promise<ManyReceipt> {
  const total = { messages: 0, parts: 0, jobs: 0, duplicates: 0, refused: 0 };
  const problems: ManyProblem[] = [];
  const onProblem = (problem: ManyProblem): void => {
    total.refused += 1;
    if (problems.length < keptProblems) problems.push(problem);
    options.onProblem?.(problem);
  };
  const underWay = new Set<Promise<void>>();
  let atATime = 1;
  const enqueue = async (job: SendJob, position: number): Promise<void> => {
    const isNew = options.dryRun ? true : await storeJob(job, position, campaign, store);
    if (isNew) atATime = storing;
    total.jobs += 1;
    total.messages += job.to.length;
    total.parts += job.parts;
    if (!isNew) total.duplicates += job.to.length;
    options.onProgress?.({ messages: total.messages, refused: total.refused });
  };
  for await (const chunk of chunksOf(recipients, store.requestSize)) {
    const job = jobOf(chunk, campaign, onProblem);
    if (!job) continue;
    const task = enqueue(job, chunk.position).then(() => void underWay.delete(task));
    underWay.add(task);
    // A task that fails stays among those under way: it may fail while nobody awaits it.
    task.catch(() => {}); // not lost: the race below, or the end, rejects with it
    if (underWay.size >= atATime) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  if (total.messages + total.refused === 0) throw new MessageError('RECIPIENTS_MISSING', 'to');
  const { account, sending } = campaign;
  return {
    campaign: campaign.campaign,
    account,
    lane: sending.lane,
    ...total,
    problems,
    deadlineAt: sending.deadlineAtMs,
  };
}

/** Stores a job unless it was stored before; tells whether it is new. */
async function storeJob(
  job: SendJob,
  position: number,
  { campaign, account, sending, nowMs }: CampaignRules,
  { redis, prefix, calls, queue, campaignWindowMs }: ManyStore,
): Promise<boolean> {
  const { idPrefix, deduplicationId } = campaignJobId(job, position);
  const id = idPrefix + randomBytes(6).toString('hex');
  const delayMs = (sending.sendAtMs ?? nowMs) - nowMs;
  const options = sendJobOptions({
    id,
    lane: job.lane,
    delayMs,
    // The window begins when the message may leave: one that is scheduled for later must not be forgotten before.
    deduplication: { id: deduplicationId, ttlMs: delayMs + campaignWindowMs },
  });
  const place = { prefix, account, campaign };
  const counted = { position, messages: job.to.length, deadlineAt: job.deadlineAt, now: nowMs };
  const step = { isRepeatable: true, messageId: id };
  await calls.run({ ...step, work: () => countCampaignJob(redis, place, counted), stores: false });
  const { id: storedId } = await calls.run({
    ...step,
    work: () => queue().add(job.lane, job, options),
    stores: true,
  });
  if (storedId === id) return true;
  if (storedId?.startsWith(idPrefix)) return false;
  throw new ProducerError('CAMPAIGN_CONFLICT', storedId === undefined ? {} : { messageId: storedId });
}
