import { checkIdempotencyKey } from '../message/message.ts';
import { resolveTimes, type Time } from '../message/times.ts';
import type { SendJob } from '../queue/send-job.ts';
import { type CancelResult, cancelMessage } from '../status/cancel.ts';
import type { MessageStatus } from '../status/message-status.ts';
import { type RescheduleResult, rescheduleMessage } from '../status/reschedule.ts';
import { statusOf } from '../status/status-of.ts';
import { accountOf } from './account-of.ts';
import { ProducerError } from './errors.ts';
import { keyedName } from './names-of-claims.ts';
import { type ResolvedOptions, shownOf } from './options.ts';
import { findClaim, type JobStore } from './store-jobs.ts';
import type { StoredMessages } from './stored-data.ts';
import type { UnderWay } from './under-way.ts';

/** A message by its id, or by the idempotency key that it was sent with. */
export type MessageTarget = string | { readonly idempotencyKey: string; readonly account?: string };

export interface MessageOptions {
  /** Looks in this account alone; in all that the producer was given where left out. */
  readonly account?: string;
}

/** What an app can ask and do about a message that is stored. */
export interface MessageCalls {
  /**
   * What became of a message: of one that was sent, of one of a campaign, of one that was replayed (then of the newest replay). Never
   * its text; its number masked. Under an idempotency key, as long as that is remembered.
   *
   * @throws MessageError `IDEMPOTENCY_KEY_INVALID`; ProducerError `UNKNOWN_ACCOUNT`, `SECRET_INVALID`, `PRODUCER_CLOSED`,
   *   `REDIS_UNAVAILABLE`, `REDIS_REFUSED`
   */
  status(target: MessageTarget, options?: MessageOptions): Promise<MessageStatus>;
  /** The same of many, in their order. */
  statuses(targets: readonly MessageTarget[], options?: MessageOptions): Promise<readonly MessageStatus[]>;
  /**
   * Calls a message off: `cancelled` means that JetSMS never gets it, `too-late` that it has ended, that a request for it is under way,
   * or that an earlier one may have been taken. The answer is sure, and asking again gives the same, with one exception: what was
   * too late because a request was under way can be called off later where JetSMS has refused it and it waits for its next attempt.
   * Its idempotency key stays used.
   *
   * @throws ProducerError `UNKNOWN_ACCOUNT`, `PRODUCER_CLOSED`, `REDIS_REFUSED`: nothing was changed; `REDIS_UNAVAILABLE`: where
   *   `mayBeStored`, it may be cancelled or not, so call again
   */
  cancel(id: string, options?: MessageOptions): Promise<CancelResult>;
  /**
   * Moves a scheduled message to another time, also to now; its deadline moves by as much. `too-late` also of one that was not
   * scheduled.
   *
   * @throws MessageError `TIME_INVALID`, `SCHEDULE_PAST`, `SCHEDULE_TOO_FAR`; ProducerError `SCHEDULE_SHARED` for a message of a
   *   campaign, and as `cancel()`
   */
  reschedule(id: string, sendAt: Time, options?: MessageOptions): Promise<RescheduleResult>;
}

/** What asking and changing needs of the producer. */
interface CallContext {
  readonly options: ResolvedOptions;
  readonly store: JobStore;
  /** Jobs that have been read, for a call that asks about many messages. */
  readonly read?: Map<string, SendJob>;
}

/** Looked for at a time: enough to keep Redis busy. */
const atATime = 50;

export function createMessageCalls(
  options: ResolvedOptions,
  store: JobStore,
  underWay: UnderWay,
): MessageCalls {
  const context = { options, store };
  return {
    status: (target, named) => underWay.run(() => statusOfTarget(target, named, context)),
    statuses: (targets, named) =>
      underWay.run(async () => {
        const found: MessageStatus[] = [];
        for (let at = 0; at < targets.length; at += atATime) {
          const some = targets.slice(at, at + atATime);
          const ofBatch = { ...context, read: new Map() };
          found.push(...(await Promise.all(some.map((target) => statusOfTarget(target, named, ofBatch)))));
        }
        return found;
      }),
    cancel: (id, named) => underWay.run(() => cancel(id, named, context)),
    reschedule: (id, sendAt, named) => underWay.run(() => reschedule(id, sendAt, named, context)),
  };
}

interface AtNow {
  /** Redis' time, epoch milliseconds. */
  readonly now: number;
  readonly messages: StoredMessages;
}

async function messagesNow(account: string, { store, read }: CallContext): Promise<AtNow> {
  const now = await store.redisTime(() => {});
  return { now, messages: store.data.messagesOf(account, { now, ...(read ? { read } : {}) }) };
}

/** The account that is named, or all. */
const accountsOf = (named: MessageOptions | undefined, { options }: CallContext): readonly string[] =>
  named?.account === undefined ? Object.keys(options.accounts) : [accountOf(named.account, options).account];

const statusOfTarget = (
  target: MessageTarget,
  named: MessageOptions | undefined,
  context: CallContext,
): Promise<MessageStatus> =>
  typeof target === 'object'
    ? statusByKey(target.idempotencyKey, target.account ?? named?.account, context)
    : statusById(target, accountsOf(named, context), context);

async function statusById(
  id: string,
  accounts: readonly string[],
  context: CallContext,
): Promise<MessageStatus> {
  const found = await Promise.all(accounts.map((account) => statusIn(id, account, context)));
  return found.find(({ state }) => state !== 'unknown') ?? { id, state: 'unknown' };
}

async function statusByKey(
  key: string,
  named: string | undefined,
  context: CallContext,
): Promise<MessageStatus> {
  const { options, store } = context;
  const { account } = accountOf(named, options);
  checkIdempotencyKey(key);
  const claim = await findClaim(account, keyedName(account, key, await store.secret()), store);
  if (claim === undefined || claim === 'unknown') return { id: '', state: 'unknown', account, key };
  return statusIn(claim.id, account, context);
}

async function statusIn(id: string, account: string, context: CallContext): Promise<MessageStatus> {
  const { messages, now } = await messagesNow(account, context);
  const work = () => messages.locate(id);
  const place = await context.store.calls.run({ work, isRepeatable: true, stores: false });
  return statusOf(id, place, account, now);
}

function cancel(id: string, named: MessageOptions | undefined, context: CallContext): Promise<CancelResult> {
  const shownInEvents = shownOf(context.options.eventsShow);
  const work = (messages: StoredMessages) => cancelMessage(id, messages.cancelling(shownInEvents));
  return change({ id, named, work }, context);
}

async function reschedule(
  id: string,
  sendAt: Time,
  named: MessageOptions | undefined,
  context: CallContext,
): Promise<RescheduleResult> {
  const { store } = context;
  const check = (nowMs: number): number => resolveTimes({ sendAt, lane: 'bulk', nowMs }).sendAtMs ?? nowMs;
  const leavesAt = check(await store.redisTime((systemMs) => void check(systemMs)));
  const secret = await store.secret();
  const work = (messages: StoredMessages, account: string) =>
    rescheduleMessage(
      id,
      leavesAt,
      messages.rescheduling((key) => keyedName(account, key, secret)),
    );
  const result = await change({ id, named, work }, context);
  if (result === 'shared') throw new ProducerError('SCHEDULE_SHARED');
  return result;
}

interface Change<R> {
  readonly id: string;
  readonly named: MessageOptions | undefined;
  readonly work: (messages: StoredMessages, account: string) => Promise<R>;
}

/** Changes the message in the first account that knows it. */
async function change<R extends string>(
  { id, named, work }: Change<R>,
  context: CallContext,
): Promise<R | 'unknown'> {
  for (const account of accountsOf(named, context)) {
    const { messages } = await messagesNow(account, context);
    const call = { isRepeatable: true, stores: true, isChange: true, messageId: id };
    const result = await context.store.calls.run({ ...call, work: () => work(messages, account) });
    if (result !== 'unknown') return result;
  }
  return 'unknown';
}
