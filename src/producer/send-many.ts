import { randomBytes } from 'node:crypto';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { MessageError } from '../message/errors.ts';
import { countCampaignJob } from '../queue/campaign.ts';
import { sendJobOptions } from '../queue/job-options.ts';
import type { SendJob } from '../queue/send-job.ts';
import { campaignJobId } from './campaign-job-id.ts';
import { chunksOf, type Recipients } from './chunks.ts';
import { ProducerError, redisUnavailable } from './errors.ts';
import {
  type CampaignRules,
  jobOf,
  keptProblems,
  type ManyOptions,
  type ManyProblem,
  type ManyReceipt,
  type Watch,
} from './many.ts';
import { createNumberSet } from './number-set.ts';

/** Where a campaign's jobs are stored. */
export interface ManyStore {
  readonly redis: Redis;
  readonly prefix: string;
  readonly queue: () => Promise<Queue>;
  /** The installation's secret. Throws ProducerError REDIS_UNAVAILABLE. */
  readonly secret: () => Promise<string>;
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
  const total = { messages: 0, parts: 0, jobs: 0, duplicates: 0, refused: 0, repeated: 0 };
  const problems: ManyProblem[] = [];
  const seen = options.allowRepeats === true ? undefined : createNumberSet();
  const watch: Watch = {
    onProblem(problem) {
      total.refused += 1;
      if (problems.length < keptProblems) problems.push(problem);
      options.onProblem?.(problem);
    },
    isRepeat(number) {
      if (seen === undefined || seen.add(number)) return false;
      total.repeated += 1;
      return true;
    },
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
    const { messages, refused, repeated } = total;
    options.onProgress?.({ messages, refused, repeated });
  };
  for await (const chunk of chunksOf(recipients, store.requestSize)) {
    const job = jobOf(chunk, campaign, watch);
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
  { redis, prefix, queue, secret, campaignWindowMs }: ManyStore,
): Promise<boolean> {
  const { idPrefix, deduplicationId } = campaignJobId(job, position, await secret());
  const id = idPrefix + randomBytes(6).toString('hex');
  const delayMs = (sending.sendAtMs ?? nowMs) - nowMs;
  const options = sendJobOptions({
    id,
    lane: job.lane,
    delayMs,
    // The window begins when the message may leave: one that is scheduled for later must not be forgotten before.
    deduplication: { id: deduplicationId, ttlMs: delayMs + campaignWindowMs },
  });
  let storedId: string | undefined;
  try {
    const open = await queue();
    await countCampaignJob(
      redis,
      { prefix, account, campaign },
      { position, messages: job.to.length, deadlineAt: job.deadlineAt, now: nowMs },
    );
    storedId = (await open.add(job.lane, job, options)).id;
  } catch (error) {
    throw redisUnavailable(id, error);
  }
  if (storedId === id) return true;
  if (storedId?.startsWith(idPrefix)) return false;
  throw new ProducerError('CAMPAIGN_CONFLICT', storedId === undefined ? {} : { messageId: storedId });
}
