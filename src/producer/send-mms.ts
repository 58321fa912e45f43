import type { Redis } from 'ioredis';
import { MessageError } from '../message/errors.ts';
import { type CheckedMms, checkMms, type MmsRules, type NewMms, partsOfMms } from '../message/mms.ts';
import { mediaHash, type StoredMedia, storeMedia } from '../queue/media.ts';
import { type SendJob, sendJobVersion } from '../queue/send-job.ts';
import { wishOf } from './repeat.ts';
import { findJob, identify, type JobStore, type NewJob, type SendReceipt, storeJob } from './store-job.ts';
import { orStoredBefore } from './stored-before.ts';

/** The answer of `sendMms()`: Redis has stored the medium and the job. */
export interface MmsReceipt extends SendReceipt {
  /** One for each recipient. */
  readonly messages: number;
  /** Numbers that were there more than once, in whatever spelling, and got one MMS all the same. */
  readonly repeated: number;
}

/** Where an MMS is stored. */
export interface MmsStore extends JobStore {
  /** Ready to take commands once `queueOf` has resolved. */
  readonly redis: Redis;
  readonly prefix: string;
  readonly mediaMemoryMs: number;
  readonly maxJobBytes: number;
}

/** A call of `sendMms()`, and how it is checked. */
export interface MmsCall {
  readonly mms: NewMms;
  readonly account: string;
  readonly rules: MmsRules;
}

/**
 * Checks an MMS and stores its medium, then the job: a job whose medium is missing could never be sent.
 * @throws MessageError; ProducerError REDIS_UNAVAILABLE, IDEMPOTENCY_CONFLICT
 */
export async function sendMms({ mms, account, rules }: MmsCall, store: MmsStore): Promise<MmsReceipt> {
  const newJob = async (checked: CheckedMms): Promise<NewJob> => {
    const media = await mediaOf(checked, store);
    const { idempotencyKey } = checked;
    const content = contentOfMms(checked, media);
    const identity = await identify({ account, idempotencyKey, content }, store);
    return { ...identity, job: jobOf(checked, media, { account, nowMs: rules.nowMs }), wish: wishOf(mms) };
  };
  const receiptOf = (receipt: SendReceipt, { to, repeated }: CheckedMms): MmsReceipt => ({
    ...receipt,
    messages: to.length,
    repeated,
  });
  return orStoredBefore(mms, {
    async store() {
      const checked = checkMms(mms, rules);
      const stored = await newJob(checked);
      checkSize(stored.job, store.maxJobBytes);
      await storeMediaOf(stored, checked, store);
      return receiptOf(await storeJob(stored, store), checked);
    },
    async find(timeless) {
      const checked = checkMms(timeless, rules);
      const receipt = await findJob(await newJob(checked), store);
      return receipt && receiptOf(receipt, checked);
    },
  });
}

/** @throws MessageError JOB_TOO_LARGE */
function checkSize(job: SendJob, maximum: number): void {
  const bytes = Buffer.byteLength(JSON.stringify(job));
  if (bytes > maximum) throw new MessageError('JOB_TOO_LARGE', 'to', { bytes, maximum });
}

async function mediaOf({ media, subject }: CheckedMms, { secret }: JobStore): Promise<StoredMedia> {
  const { contentType, data } = media;
  return { hash: mediaHash(data, await secret()), contentType, subject, bytes: data.length };
}

async function storeMediaOf(
  { id, job }: NewJob,
  { media: { data } }: CheckedMms,
  store: MmsStore,
): Promise<void> {
  const { redis, prefix, calls, mediaMemoryMs } = store;
  const { account, media, enqueuedAt, deadlineAt } = job;
  if (!media) return;
  const keepMs = deadlineAt - enqueuedAt + mediaMemoryMs;
  await calls.run({
    work: () => storeMedia(redis, { prefix, account }, { hash: media.hash, data, keepMs }),
    isRepeatable: true,
    stores: false,
    messageId: id,
  });
}

/** What the recipients get. */
const contentOfMms = (
  { to, title, text }: CheckedMms,
  { hash, contentType, subject }: StoredMedia,
): readonly unknown[] => ['mms', to, title, text, subject, contentType, hash];

function jobOf(
  checked: CheckedMms,
  media: StoredMedia,
  { account, nowMs }: { readonly account: string; readonly nowMs: number },
): SendJob {
  const { lane, title, to, text, whenUncertain, sendAtMs, deadlineAtMs } = checked;
  return {
    v: sendJobVersion,
    account,
    lane,
    title,
    to,
    text,
    whenUncertain,
    parts: partsOfMms * to.length,
    enqueuedAt: nowMs,
    ...(sendAtMs === undefined ? {} : { sendAt: sendAtMs }),
    deadlineAt: deadlineAtMs,
    media,
  };
}
