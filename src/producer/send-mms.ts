import type { Redis } from 'ioredis';
import type { CheckedMms } from '../message/mms.ts';
import { partsOfMms } from '../message/mms.ts';
import { mediaHash, type StoredMedia, storeMedia } from '../queue/media.ts';
import { type SendJob, sendJobVersion } from '../queue/send-job.ts';
import { identify, type JobStore, type SendReceipt, storeJob } from './store-job.ts';

/** The answer of `sendMms()`: Redis has stored the medium and the job. */
export interface MmsReceipt extends SendReceipt {
  /** One for each recipient. */
  readonly messages: number;
}

/** Where an MMS is stored. */
export interface MmsStore extends JobStore {
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
  const media = { hash: mediaHash(data), contentType, subject: checked.subject, bytes: data.length };
  const identity = identify(account, checked.idempotencyKey, () => contentOfMms(checked, media));
  const job = jobOf(checked, media, { account, nowMs });
  const keepMs = job.deadlineAt - nowMs + store.mediaMemoryMs;
  const place = { prefix: store.prefix, account };
  await store.calls.run({
    work: () => storeMedia(store.redis, place, { hash: media.hash, data, keepMs }),
    isRepeatable: true,
    stores: false,
    messageId: identity.id,
  });
  const receipt = await storeJob({ ...identity, job, sendAtMs: checked.sendAtMs }, store);
  return { ...receipt, messages: job.to.length };
}

/** What the recipients get, in one form. */
const contentOfMms = ({ to, title, text }: CheckedMms, { hash, contentType, subject }: StoredMedia): string =>
  JSON.stringify(['mms', to, title, text, subject, contentType, hash]);

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
