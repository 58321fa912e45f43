import { setImmediate as nextTurn } from 'node:timers/promises';
import { MessageError } from '../message/errors.ts';
import type { Claimed } from '../queue/claims.ts';
import { messageIdAt, type SendJob } from '../queue/send-job.ts';
import { chunksOf, type Recipients } from './chunks.ts';
import { storedInPart } from './errors.ts';
import { type CampaignRules, jobOf, keptProblems, type ManyReceipt, type Watch } from './many.ts';
import type { ManyOptions, ManyProblem } from './many-options.ts';
import { campaignJobName } from './names-of-claims.ts';
import { createNumberSet } from './number-set.ts';
import { checkRepeat, findClaim, type JobStore, storeJob } from './store-jobs.ts';

/** Where a campaign's jobs are stored. */
export interface ManyStore extends JobStore {
  readonly requestSize: number;
  readonly campaignWindowMs: number;
  /** Rejects when the producer is closed: then nothing more is taken from the list. */
  readonly closed: Promise<never>;
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
  let earlierDeadlineAt: number | undefined;
  const underWay = new Set<Promise<void>>();
  let atATime = 1;
  const enqueue = async (job: SendJob, position: number, indices: readonly number[]): Promise<void> => {
    const { id, earlier } = options.dryRun
      ? { id: '' }
      : await storeChunk(job, { position, looksFirst: atATime === 1 }, campaign, store);
    if (earlier === undefined) atATime = storing;
    else earlierDeadlineAt ??= earlier.deadlineAt;
    tally.add(job, earlier === undefined);
    if (id !== '')
      options.onStored?.({ indices, ids: job.to.map((_, index) => messageIdAt(id, job, index)) });
  };
  const enqueueAll = async (): Promise<void> => {
    for await (const chunk of until(store.closed, chunksOf(recipients, store.requestSize))) {
      // A dry run, or a list of numbers that are no good, waits for nothing else: the process has other work, too.
      await nextTurn();
      const indices: number[] = [];
      const job = jobOf(chunk, campaign, { ...tally, onTaken: (index) => void indices.push(index) });
      if (!job) continue;
      const task = enqueue(job, chunk.position, indices).then(() => void underWay.delete(task));
      underWay.add(task);
      // A task that fails stays among those under way: it may fail while nobody awaits it.
      task.catch(() => {}); // not lost: the race below, or the end, rejects with it
      if (underWay.size >= atATime) await Promise.race(underWay);
    }
    await Promise.all(underWay);
  };
  const storeAll = async (): Promise<void> => {
    await enqueueAll();
    if (!options.dryRun && tally.counts().messages > 0) await close(campaign, store);
  };
  try {
    await storeAll();
  } catch (error) {
    await Promise.allSettled(underWay); // nothing goes on behind the error
    const { messages, duplicates } = tally.counts();
    throw options.dryRun || messages === duplicates ? error : storedInPart(error);
  }
  const counts = tally.counts();
  if (counts.messages + counts.refused === 0) throw new MessageError('RECIPIENTS_MISSING', 'to');
  const { account, sending } = campaign;
  const isAllOld = counts.messages > 0 && counts.messages === counts.duplicates;
  return {
    campaign: campaign.campaign,
    account,
    lane: sending.lane,
    ...counts,
    deadlineAt: latest([isAllOld ? undefined : sending.deadlineAtMs, earlierDeadlineAt]),
  };
}

/**
 * Hands on what comes, for as long as nothing is closed: a list that is slow to come, or never ends, must not keep it open.
 * @throws what `closed` rejects with
 */
async function* until<T>(closed: Promise<never>, items: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = await Promise.race([items.next(), closed]);
  try {
    for (; !next.done; next = await Promise.race([items.next(), closed])) yield next.value;
  } finally {
    // Not awaited: where the list itself is being waited for, so is its end.
    void items.return(undefined).catch(() => {}); // nobody takes anything from it any more
  }
}

/** From now on the end of its last message is the end of the campaign. */
function close({ account, campaign }: CampaignRules, { data, calls }: ManyStore): Promise<void> {
  const work = (): Promise<void> => data.closeCampaign({ account, campaign });
  return calls.run({ work, isRepeatable: true, stores: false });
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

interface Place {
  readonly position: number;
  /** It may well be stored already: looking costs less than adding it in vain. */
  readonly looksFirst: boolean;
}

interface StoredChunk {
  readonly id: string;
  readonly earlier?: Claimed;
}

/**
 * Stores a job unless an earlier call has: then comes back what that one has stored, too.
 * @throws ProducerError CAMPAIGN_CONFLICT, REDIS_REFUSED, REDIS_UNAVAILABLE
 */
async function storeChunk(
  job: SendJob,
  { position, looksFirst }: Place,
  { campaign, account, wish, nowMs }: CampaignRules,
  store: ManyStore,
): Promise<StoredChunk> {
  const { data, calls, secret, campaignWindowMs: windowMs } = store;
  const { name, content } = campaignJobName(job, position, await secret());
  const claim = { name, content, wish, askedAt: nowMs, windowMs };
  const counted = { position, messages: job.to.length, deadlineAt: job.deadlineAt, now: nowMs };
  const work = (): Promise<void> => data.countCampaignJob({ account, campaign }, counted);
  const known = looksFirst ? await findClaim(account, name, store) : undefined;
  const ofEarlier = (found: Claimed | 'unknown'): StoredChunk => {
    const earlier = checkRepeat(found, claim, 'CAMPAIGN_CONFLICT');
    return { id: earlier.id, earlier };
  };
  if (known) return ofEarlier(known);
  await calls.run({ work, isRepeatable: true, stores: false });
  const { id, earlier: met } = await storeJob({ job, claims: [claim] }, store);
  return met[0] ? ofEarlier(met[0]) : { id };
}
