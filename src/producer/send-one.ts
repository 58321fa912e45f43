import type { Lane } from '../message/lane.ts';
import { type CheckedMessage, checkMessage, type NewMessage } from '../message/message.ts';
import type { Claimed } from '../queue/claims.ts';
import { deadlineAtOf, messageIdAt } from '../queue/send-job.ts';
import { accountOf } from './account-of.ts';
import type { Batches, SentAt } from './batches.ts';
import { contentHash, keyedName } from './names-of-claims.ts';
import type { ResolvedOptions } from './options.ts';
import { wishOf } from './repeat.ts';
import { type CallClaim, checkRepeat, findClaim, type JobStore } from './store-jobs.ts';
import { orStoredBefore } from './stored-before.ts';

/**
 * The answer of `send()`: Redis has stored the message. Of a duplicate it says what is stored, and not what this call
 * asked for.
 */
export interface SendReceipt {
  /** The message's id: in logs, in dead letters, in `jetsms dead show`. */
  readonly id: string;
  /** The account that it goes through. */
  readonly account: string;
  /** The lane that it waits in. */
  readonly lane: Lane;
  /** SMS parts that the text takes by the account's `partsModel`: an assumption about what is charged. */
  readonly parts: number;
  /** When the message may leave, in epoch milliseconds: `sendAt`, or when it was stored. */
  readonly sendAt: number;
  /** After this time (epoch milliseconds) the message is never sent. */
  readonly deadlineAt: number;
  /** The same message was stored before, under the same idempotency key; nothing was added. */
  readonly duplicate: boolean;
}

/** What sending needs. */
export interface SendStore extends JobStore {
  readonly batches: Batches;
}

/**
 * Checks a message and stores it, together with those of other calls that come at the same moment.
 * @throws MessageError; ProducerError ACCOUNT_UNKNOWN, REDIS_UNAVAILABLE, IDEMPOTENCY_CONFLICT
 */
export async function sendOne(
  message: NewMessage,
  options: ResolvedOptions,
  store: SendStore,
): Promise<SendReceipt> {
  const { account, rules } = accountOf(message?.account, options);
  const { idempotencyWindowMs: windowMs } = options;
  const now = await store.redisTime((systemMs) => void checkMessage(message, { ...rules, nowMs: systemMs }));
  const check = (input: NewMessage): CheckedMessage => checkMessage(input, { ...rules, nowMs: now });
  const claimOf = (checked: CheckedMessage): Promise<CallClaim | undefined> =>
    claimOfMessage({ account, checked, wish: wishOf(message, now), askedAt: now, windowMs }, store);
  return orStoredBefore(message, {
    async store() {
      const checked = check(message);
      const claim = await claimOf(checked);
      const sent = await store.batches.send({ account, message: checked, claim, now });
      return receiptOf(sent, checked, claim);
    },
    async find(timeless) {
      const checked = check(timeless);
      const claim = await claimOf(checked);
      const earlier = claim && (await findClaim(account, claim.name, store));
      return claim && earlier && receiptOfEarlier(account, earlier, checked, claim);
    },
  });
}

interface KeyedCall extends Pick<CallClaim, 'wish' | 'askedAt' | 'windowMs'> {
  readonly account: string;
  readonly checked: CheckedMessage;
}

async function claimOfMessage(
  { account, checked, wish, askedAt, windowMs }: KeyedCall,
  { secret: readSecret }: SendStore,
): Promise<CallClaim | undefined> {
  const { idempotencyKey, to, title, text } = checked;
  if (idempotencyKey === undefined) return undefined;
  const secret = await readSecret();
  const name = keyedName(account, idempotencyKey, secret);
  return { name, content: contentHash([to, title, text], secret), wish, askedAt, windowMs };
}

function receiptOf(
  { job, index, stored }: SentAt,
  checked: CheckedMessage,
  claim: CallClaim | undefined,
): SendReceipt {
  const { account, lane, enqueuedAt, sendAt = enqueuedAt } = job;
  const earlier = claim && stored.earlier[index];
  if (claim && earlier) return receiptOfEarlier(account, earlier, checked, claim);
  const id = messageIdAt(stored.id, job, index);
  const deadlineAt = deadlineAtOf(job, index);
  return { id, account, lane, parts: checked.parts, sendAt, deadlineAt, duplicate: false };
}

/** The receipt of a call whose key was used before: for the same, or it is refused. */
function receiptOfEarlier(
  account: string,
  earlier: Claimed | 'unknown',
  { parts }: CheckedMessage,
  claim: CallClaim,
): SendReceipt {
  const { id, lane, sendAt, deadlineAt } = checkRepeat(earlier, claim, 'IDEMPOTENCY_CONFLICT');
  return { id, account, lane, parts, sendAt, deadlineAt, duplicate: true };
}
