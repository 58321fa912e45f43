import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { MessageError } from '../message/errors.ts';
import { countCampaignJob } from '../queue/campaign.ts';
import { sendJobOptions } from '../queue/job-options.ts';
import type { SendJob } from '../queue/send-job.ts';
import { campaignJobId } from './campaign-job-id.ts';
import { chunksOf, type Recipients } from './chunks.ts';
import { ProducerError } from './errors.ts';
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
import type { RedisCalls } from './redis-calls.ts';
import { differences } from './repeat.ts';
import { readStored } from './store-job.ts';

/** Where a campaign's jobs are stored. */
export interface ManyStore {
  readonly redis: Redis;
  readonly prefix: string;
  readonly calls: RedisCalls;
  /** Only within a call. */
  readonly queue: () => Queue;
  /** The installation's secret. Throws ProducerError REDIS_REFUSED, REDIS_UNAVAILABLE. */
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
  const tally = createTally(options);
  const earlier = createEarlier(campaign, store);
  const underWay = new Set<Promise<void>>();
  let atATime = 1;
  const enqueue = async (job: SendJob, position: number): Promise<void> => {
    const storedId = options.dryRun ? undefined : await storeJob(job, position, campaign, store);
    if (storedId === undefined) atATime = storing;
    else await earlier.compare(storedId, job);
    tally.add(job, storedId === undefined);
  };
  for await (const chunk of chunksOf(recipients, store.requestSize)) {
    // A dry run, or a list of numbers that are no good, waits for nothing else: the process has other work, too.
    await nextTurn();
    const job = jobOf(chunk, campaign, tally);
    if (!job) continue;
    const task = enqueue(job, chunk.position).then(() => void underWay.delete(task));
    underWay.add(task);
    // A task that fails stays among those under way: it may fail while nobody awaits it.
    task.catch(() => {}); // not lost: the race below, or the end, rejects with it
    if (underWay.size >= atATime) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  const counts = tally.counts();
  if (counts.messages + counts.refused === 0) throw new MessageError('RECIPIENTS_MISSING', 'to');
  const { account, sending } = campaign;
  const isAllOld = counts.messages > 0 && counts.messages === counts.duplicates;
  return {
    campaign: campaign.campaign,
    account,
    lane: sending.lane,
    ...counts,
    deadlineAt: latest([isAllOld ? undefined : sending.deadlineAtMs, earlier.deadlineAt()]),
  };
}

const latest = (times: readonly (number | undefined)[]): number | undefined =>
  times.reduce((last, time) => (last === undefined || (time ?? 0) > last ? time : last), undefined);

type Counts = Omit<ManyReceipt, 'campaign' | 'account' | 'lane' | 'deadlineAt'>;

interface Tally extends Watch {
  /** Counts a job that is stored now. */
  add(job: SendJob, isNew: boolean): void;
  counts(): Counts;
}

/** Counts what becomes of the recipients, and tells the caller. */
function createTally({ allowRepeats, onProblem, onProgress }: ManyOptions): Tally {
  const total = { messages: 0, parts: 0, jobs: 0, duplicates: 0, refused: 0, repeated: 0 };
  const problems: ManyProblem[] = [];
  const seen = allowRepeats === true ? undefined : createNumberSet();
  return {
    onProblem(problem) {
      total.refused += 1;
      if (problems.length < keptProblems) problems.push(problem);
      onProblem?.(problem);
    },
    isRepeat(number) {
      if (seen === undefined || seen.add(number)) return false;
      total.repeated += 1;
      return true;
    },
    add({ to, parts }, isNew) {
      total.jobs += 1;
      total.messages += to.length;
      total.parts += parts;
      if (!isNew) total.duplicates += to.length;
      const { messages, refused, repeated } = total;
      onProgress?.({ messages, refused, repeated });
    },
    counts: () => ({ ...total, problems }),
  };
}

/** What an earlier call has stored of the same campaign. */
interface Earlier {
  /**
   * Compares time and lane with those of the first job that Redis still has; all of them have the same.
   * @throws ProducerError CAMPAIGN_CONFLICT, REDIS_UNAVAILABLE
   */
  compare(storedId: string, job: SendJob): Promise<void>;
  /** Epoch milliseconds; undefined as long as nothing was compared, or where Redis no longer knows. */
  deadlineAt(): number | undefined;
}

function createEarlier({ wish }: CampaignRules, store: ManyStore): Earlier {
  let first: SendJob | undefined;
  return {
    async compare(storedId, job) {
      if (first) return;
      first = await readEarlier(storedId, store);
      const fields = first === undefined ? [] : differences({ job, wish }, first);
      if (fields.length > 0) throw new ProducerError('CAMPAIGN_CONFLICT', { messageId: storedId, fields });
    },
    deadlineAt: () => first?.deadlineAt,
  };
}

const readEarlier = (id: string, { calls, queue }: ManyStore): Promise<SendJob | undefined> =>
  calls.run({ work: () => readStored(queue(), id), isRepeatable: true, stores: false, messageId: id });

/** Stores a job unless it was stored before: then the id of that one comes back. */
async function storeJob(
  job: SendJob,
  position: number,
  { campaign, account, sending, wish, nowMs }: CampaignRules,
  store: ManyStore,
): Promise<string | undefined> {
  const { redis, prefix, calls, queue, secret, campaignWindowMs } = store;
  const { idPrefix, deduplicationId } = campaignJobId(job, position, await secret());
  const id = idPrefix + randomBytes(6).toString('hex');
  const delayMs = (sending.sendAtMs ?? nowMs) - nowMs;
  const options = sendJobOptions({
    id,
    lane: job.lane,
    now: nowMs,
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
  if (storedId === id) return undefined;
  if (storedId?.startsWith(idPrefix)) return storedId;
  const stored = storedId === undefined ? undefined : await readEarlier(storedId, store);
  const fields = stored === undefined ? [] : differences({ job, wish }, stored);
  throw new ProducerError('CAMPAIGN_CONFLICT', { messageId: storedId, fields });
}
