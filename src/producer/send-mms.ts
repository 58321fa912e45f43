import type { Redis } from 'ioredis';
import type { CheckedMms } from '../message/mms.ts';
import { partsOfMms } from '../message/mms.ts';
import { mediaHash, type StoredMedia, storeMedia } from '../queue/media.ts';
import { type SendJob, sendJobVersion } from '../queue/send-job.ts';
import { redisUnavailable } from './errors.ts';
import { identify, type JobStore, type SendReceipt, storeJob } from './store-job.ts';

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
}

/** Stores the medium, then the job: a job whose medium is missing could never be sent. */
export async function sendMms(
  checked: CheckedMms,
  { account, nowMs }: { readonly account: string; readonly nowMs: number },
  store: MmsStore,
): Promise<MmsReceipt> {
  const { contentType, data } = checked.media;
  const hash = mediaHash(data, await store.secret());
  const media = { hash, contentType, subject: checked.subject, bytes: data.length };
  const { idempotencyKey } = checked;
  const identity = await identify({ account, idempotencyKey, content: contentOfMms(checked, media) }, store);
  const job = jobOf(checked, media, { account, nowMs });
  try {
    await store.queueOf(account);
    const keepMs = job.deadlineAt - nowMs + store.mediaMemoryMs;
    await storeMedia(store.redis, { prefix: store.prefix, account }, { hash: media.hash, data, keepMs });
  } catch (error) {
    throw redisUnavailable(identity.id, error);
  }
  const receipt = await storeJob({ ...identity, job, sendAtMs: checked.sendAtMs }, store);
  return { ...receipt, messages: job.to.length, repeated: checked.repeated };
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
  const { lane, title, to, text, whenUncertain, deadlineAtMs } = checked;
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
    deadlineAt: deadlineAtMs,
    media,
  };
}
