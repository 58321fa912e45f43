import { contentOf } from '../message/id.ts';
import { type CheckedMessage, checkMessage, type NewMessage, partsModelField } from '../message/message.ts';
import { type SendJob, sendJobVersion } from '../queue/send-job.ts';
import { accountOf } from './account-of.ts';
import type { ResolvedOptions } from './options.ts';
import { type Wish, wishOf } from './repeat.ts';
import { findJob, identify, type JobStore, type NewJob, type SendReceipt, storeJob } from './store-job.ts';
import { orStoredBefore } from './stored-before.ts';

/**
 * Checks a message and stores it.
 * @throws MessageError; ProducerError UNKNOWN_ACCOUNT, REDIS_UNAVAILABLE, IDEMPOTENCY_CONFLICT
 */
export async function sendOne(
  message: NewMessage,
  options: ResolvedOptions,
  store: JobStore,
): Promise<SendReceipt> {
  const { account, rules } = accountOf(message?.account, options);
  const nowMs = await store.redisTime(
    (systemMs) => void checkMessage(message, { ...rules, nowMs: systemMs }),
  );
  const newJob = async (checked: CheckedMessage, wish: Wish): Promise<NewJob> => {
    const { idempotencyKey } = checked;
    const identity = await identify({ account, idempotencyKey, content: contentOf(checked) }, store);
    return { ...identity, job: sendJobOf(account, checked, nowMs), wish };
  };
  const check = (input: NewMessage): CheckedMessage => checkMessage(input, { ...rules, nowMs });
  return orStoredBefore(message, {
    store: async () => storeJob(await newJob(check(message), wishOf(message)), store),
    find: async (timeless) => findJob(await newJob(check(timeless), wishOf(message)), store),
  });
}

function sendJobOf(account: string, checked: CheckedMessage, nowMs: number): SendJob {
  return {
    v: sendJobVersion,
    account,
    lane: checked.lane,
    title: checked.title,
    to: [checked.to],
    text: checked.text,
    whenUncertain: checked.whenUncertain,
    parts: checked.parts,
    ...partsModelField(checked.partsModel),
    enqueuedAt: nowMs,
    ...(checked.sendAtMs === undefined ? {} : { sendAt: checked.sendAtMs }),
    deadlineAt: checked.deadlineAtMs,
  };
}
