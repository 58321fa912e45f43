import { MessageError } from '../message/errors.ts';
import { type CheckedMms, checkMms, type MmsRules, type NewMms, partsOfMms } from '../message/mms.ts';
import { uncertainWish } from '../message/uncertain.ts';
import type { Claimed } from '../queue/claims.ts';
import { mediaHash, type StoredMedia } from '../queue/media.ts';
import { type SendJob, sendJobVersion } from '../queue/send-job.ts';
import { accountOf } from './account-of.ts';
import { contentHash, keyedName } from './names-of-claims.ts';
import type { ResolvedOptions } from './options.ts';
import { wishOf } from './repeat.ts';
import type { SendReceipt } from './send-one.ts';
import { type CallClaim, checkRepeat, findClaim, type JobStore, storeJob } from './store-jobs.ts';
import { orStoredBefore } from './stored-before.ts';

/** The answer of `sendMms()`: Redis has stored the medium and the job. */
export interface MmsReceipt extends SendReceipt {
  /** One for each recipient. */
  readonly messages: number;
  /** Numbers that were there more than once, in whatever spelling, and got one MMS all the same. */
  readonly repeated: number;
}

/**
 * Checks an MMS and stores its medium, then the job: a job whose medium is missing could never be sent.
 * @throws MessageError; ProducerError ACCOUNT_UNKNOWN, REDIS_UNAVAILABLE, IDEMPOTENCY_CONFLICT
 */
export async function sendMms(mms: NewMms, options: ResolvedOptions, store: JobStore): Promise<MmsReceipt> {
  const { account, rules: ofAccount } = accountOf(mms?.account, options);
  const { requestSize: maxRecipients, idempotencyWindowMs: windowMs } = options;
  const rulesAt = (nowMs: number): MmsRules => ({ ...ofAccount, maxRecipients, nowMs });
  const nowMs = await store.redisTime((systemMs) => void checkMms(mms, rulesAt(systemMs)));
  const rules = rulesAt(nowMs);
  const claimOf = (checked: CheckedMms, media: StoredMedia): Promise<CallClaim | undefined> =>
    claimOfMms({ account, checked, media, wish: wishOf(mms, nowMs), askedAt: nowMs, windowMs }, store);
  const receiptOf = (
    { to, repeated }: CheckedMms,
    facts: Omit<SendReceipt, 'account' | 'parts'>,
  ): MmsReceipt => ({
    ...facts,
    account,
    parts: partsOfMms * to.length,
    messages: to.length,
    repeated,
  });
  const ofEarlier = (checked: CheckedMms, earlier: Claimed | 'unknown', claim: CallClaim): MmsReceipt => {
    const { id, lane, sendAt, deadlineAt } = checkRepeat(earlier, claim, 'IDEMPOTENCY_CONFLICT');
    return receiptOf(checked, { id, lane, sendAt, deadlineAt, duplicate: true });
  };
  return orStoredBefore(mms, {
    async store() {
      const checked = checkMms(mms, rules);
      const media = await mediaOf(checked, store);
      const claim = await claimOf(checked, media);
      const job = jobOf(checked, media, { account, nowMs });
      checkSize(job, options.maxJobBytes);
      await storeMediaOf(job, checked, options.mediaMemoryMs, store);
      const { id, earlier } = await storeJob({ job, claims: claim ? [claim] : [] }, store);
      if (claim && earlier[0]) return ofEarlier(checked, earlier[0], claim);
      const { lane, enqueuedAt, sendAt = enqueuedAt, deadlineAt } = job;
      return receiptOf(checked, { id, lane, sendAt, deadlineAt, duplicate: false });
    },
    async find(timeless) {
      const checked = checkMms(timeless, rules);
      const claim = await claimOf(checked, await mediaOf(checked, store));
      const earlier = claim && (await findClaim(account, claim.name, store));
      return claim && earlier && ofEarlier(checked, earlier, claim);
    },
  });
}

interface KeyedMms extends Pick<CallClaim, 'wish' | 'askedAt' | 'windowMs'> {
  readonly account: string;
  readonly checked: CheckedMms;
  readonly media: StoredMedia;
}

async function claimOfMms(
  { account, checked, media, wish, askedAt, windowMs }: KeyedMms,
  { secret: readSecret }: JobStore,
): Promise<CallClaim | undefined> {
  const { idempotencyKey, to, title, text } = checked;
  if (idempotencyKey === undefined) return undefined;
  const secret = await readSecret();
  const { hash, subject, contentType } = media;
  const content = contentHash([to, title, text, [subject, contentType, hash]], secret);
  return { name: keyedName(account, idempotencyKey, secret), content, wish, askedAt, windowMs };
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
  job: SendJob,
  { media: { data } }: CheckedMms,
  memoryMs: number,
  store: JobStore,
): Promise<void> {
  const { account, media, enqueuedAt, deadlineAt } = job;
  if (!media) return;
  const keepMs = deadlineAt - enqueuedAt + memoryMs;
  await store.calls.run({
    work: () => store.data.keepMedium(account, { hash: media.hash, data, keepMs }),
    isRepeatable: true,
    stores: false,
  });
}

function jobOf(
  checked: CheckedMms,
  media: StoredMedia,
  { account, nowMs }: { readonly account: string; readonly nowMs: number },
): SendJob {
  const { lane, title, to, text, sendAtMs, deadlineAtMs } = checked;
  const { idempotencyKey: key, meta, reference } = checked;
  return {
    v: sendJobVersion,
    account,
    lane,
    title,
    to,
    text,
    ...uncertainWish(checked),
    parts: partsOfMms * to.length,
    enqueuedAt: nowMs,
    ...(sendAtMs === undefined ? {} : { sendAt: sendAtMs }),
    deadlineAt: deadlineAtMs,
    ...(reference === undefined ? {} : { reference }),
    ...(key === undefined ? {} : { keys: to.map(() => key) }),
    ...(meta === undefined ? {} : { meta }),
    media,
  };
}
