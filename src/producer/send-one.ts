import { contentOf } from '../message/id.ts';
import { type CheckedMessage, checkMessage, type NewMessage } from '../message/message.ts';
import { type SendJob, sendJobVersion } from '../queue/send-job.ts';
import { accountOf } from './account-of.ts';
import type { ResolvedOptions } from './options.ts';
import { identify, type NewJob } from './store-job.ts';

/** The job of a message that is fit to be sent. */
export function newJobOf(message: NewMessage, options: ResolvedOptions): NewJob {
  const nowMs = Date.now();
  const { account, rules } = accountOf(message?.account, options);
  const checked = checkMessage(message, { ...rules, nowMs });
  const identity = identify(account, checked.idempotencyKey, () => contentOf(checked));
  return { ...identity, job: sendJobOf(account, checked, nowMs), sendAtMs: checked.sendAtMs };
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
