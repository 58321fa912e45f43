import { contentOf } from '../message/id.ts';
import { type CheckedMessage, checkMessage, type NewMessage } from '../message/message.ts';
import { type SendJob, sendJobVersion } from '../queue/send-job.ts';
import { accountOf } from './account-of.ts';
import type { ResolvedOptions } from './options.ts';
import { identify, type JobStore, type SendReceipt, storeJob } from './store-job.ts';

/**
 * Checks a message and stores it.
 * @throws MessageError; ProducerError UNKNOWN_ACCOUNT, REDIS_UNAVAILABLE, IDEMPOTENCY_CONFLICT
 */
export async function sendOne(
  message: NewMessage,
  options: ResolvedOptions,
  store: JobStore,
): Promise<SendReceipt> {
  const nowMs = Date.now();
  const { account, rules } = accountOf(message?.account, options);
  const checked = checkMessage(message, { ...rules, nowMs });
  const { idempotencyKey } = checked;
  const identity = await identify({ account, idempotencyKey, content: contentOf(checked) }, store);
  return storeJob(
    { ...identity, job: sendJobOf(account, checked, nowMs), sendAtMs: checked.sendAtMs },
    store,
  );
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
    enqueuedAt: nowMs,
    deadlineAt: checked.deadlineAtMs,
  };
}
