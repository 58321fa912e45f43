import { MessageError } from '../message/errors.ts';
import { checkIdempotencyKey } from '../message/message.ts';
import { resolveTimes, type SendAt } from '../message/times.ts';
import type { SendJob } from '../queue/send-job.ts';
import { type CancelResult, cancelMessage } from '../status/cancel.ts';
import type { MessageStatus } from '../status/message-status.ts';
import { type RescheduleResult, rescheduleMessage } from '../status/reschedule.ts';
import { statusOf } from '../status/status-of.ts';
import { accountOf } from './account-of.ts';
import { checkId, checkOptions, checkTargets } from './arguments.ts';
import { ProducerError } from './errors.ts';
import { keyedName } from './names-of-claims.ts';
import { type ResolvedOptions, shownOf } from './options.ts';
import { findClaim, type JobStore } from './store-jobs.ts';
import type { StoredMessages } from './stored-data.ts';
import type { UnderWay } from './under-way.ts';

/** A message by its id, or by the idempotency key that it was sent with, in an account or the default one. */
export type MessageTarget = string | { readonly idempotencyKey: string; readonly account?: string };

/** Where a message, or a campaign, is looked for. */
export interface MessageOptions {
  /**
   * The account to look in.
   * @default of a message all accounts of the producer, of a campaign or an idempotency key the first
   */
  readonly account?: string;
}

/** What an app can ask and do about a message that is stored. */
export interface MessageCalls {
  /**
   * What became of a message: of one that was sent, of one of a campaign, of one that was replayed (then of the newest replay). Never
   * its text; its number masked. Under an idempotency key, as long as that is remembered. [All states](status.md#states).
   *
   * @param target the id that `send()` gave, or an idempotency key
   * @param options the account to look in
   * @returns its state; `unknown` for one that was never stored, or is forgotten
   * @throws MessageError `IDEMPOTENCY_KEY_INVALID`, `ARGUMENT_INVALID`
   * @throws ProducerError `ACCOUNT_UNKNOWN`, `SECRET_INVALID`, `PRODUCER_CLOSED`, `REDIS_UNAVAILABLE`, `REDIS_REFUSED`
   * @example
   * const review = { to: '0532 123 45 67', text: 'Memnun kaldınız mı?', idempotencyKey: 'order-1842-review' };
   * const { id } = await producer.send({ ...review, sendAt: { in: '2h' } });
   * const status = await producer.status(id);
   * console.log(status.state, status.to); // → scheduled +90*****67
   * console.log((await producer.status({ idempotencyKey: 'order-1842-review' })).id === id); // → true
   */
  status(target: MessageTarget, options?: MessageOptions): Promise<MessageStatus>;
  /**
   * The same of many.
   *
   * @param targets ids and idempotency keys
   * @param options the account to look in
   * @returns their states, in the order of the targets
   * @throws MessageError `IDEMPOTENCY_KEY_INVALID`, `ARGUMENT_INVALID`
   * @throws ProducerError `ACCOUNT_UNKNOWN`, `SECRET_INVALID`, `PRODUCER_CLOSED`, `REDIS_UNAVAILABLE`, `REDIS_REFUSED`
   * @example
   * const { id } = await producer.send({ to: '0532 123 45 67', text: 'Merhaba', sendAt: { in: '90m' } });
   * const states = await producer.statuses([id, 'never-sent']);
   * console.log(states.map(({ state }) => state).join(' ')); // → scheduled unknown
   */
  statuses(targets: readonly MessageTarget[], options?: MessageOptions): Promise<readonly MessageStatus[]>;
  /**
   * Calls a message off. The answer is sure, and asking again gives the same, with one exception: what was
   * too late because a request was under way can be called off later where JetSMS has refused it and it waits for its next attempt.
   * Its idempotency key stays used.
   *
   * @param id the id that `send()` gave
   * @param options the account to look in
   * @returns `cancelled` means that JetSMS never gets it; `too-late` that it has ended, that a request for it is under way, or that
   *   an earlier one may have been taken; `unknown` that no such message is stored
   * @throws MessageError `ARGUMENT_INVALID`
   * @throws ProducerError `ACCOUNT_UNKNOWN`, `PRODUCER_CLOSED`, `REDIS_REFUSED`: nothing was changed; `REDIS_UNAVAILABLE`: where
   *   `mayBeStored`, it may be cancelled or not, so call again
   * @example
   * const { id } = await producer.send({ to: '0532 123 45 67', text: 'Merhaba', sendAt: { in: '1h' } });
   * console.log(await producer.cancel(id)); // → cancelled
   */
  cancel(id: string, options?: MessageOptions): Promise<CancelResult>;
  /**
   * Moves a scheduled message to another time, also to now; its deadline moves by as much.
   *
   * @param id the id that `send()` gave
   * @param sendAt a time, or so long from now
   * @param options the account to look in
   * @returns `too-late` also of one that was not scheduled
   * @throws MessageError `TIME_INVALID`, `DURATION_INVALID`, `SCHEDULE_PAST`, `SCHEDULE_TOO_FAR`, `ARGUMENT_INVALID`
   * @throws ProducerError `SCHEDULE_SHARED`, `ACCOUNT_UNKNOWN`, `SECRET_INVALID`, `PRODUCER_CLOSED`, `REDIS_REFUSED`: nothing was
   *   changed; `REDIS_UNAVAILABLE`: where `mayBeStored`, it may be moved or not, so call again
   * @example
   * const { id } = await producer.send({ to: '0532 123 45 67', text: 'Merhaba', sendAt: { in: '1h' } });
   * console.log(await producer.reschedule(id, { in: '1d' })); // → rescheduled
   */
  reschedule(id: string, sendAt: SendAt, options?: MessageOptions): Promise<RescheduleResult>;
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
        const all = checkTargets(targets);
        const found: MessageStatus[] = [];
        for (let at = 0; at < all.length; at += atATime) {
          const some = all.slice(at, at + atATime);
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
function accountsOf(named: MessageOptions | undefined, { options }: CallContext): readonly string[] {
  const { account } = checkOptions(named);
  return account === undefined ? Object.keys(options.accounts) : [accountOf(account, options).account];
}

async function statusOfTarget(
  target: MessageTarget,
  named: MessageOptions | undefined,
  context: CallContext,
): Promise<MessageStatus> {
  const { account } = checkOptions(named);
  if (typeof target !== 'object' || target === null)
    return statusById(checkId(target), accountsOf(named, context), context);
  return statusByKey(target.idempotencyKey, target.account ?? account, context);
}

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
  // One that is left out is none.
  checkIdempotencyKey(key ?? null);
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

async function cancel(
  id: string,
  named: MessageOptions | undefined,
  context: CallContext,
): Promise<CancelResult> {
  checkId(id);
  const shownInEvents = shownOf(context.options.eventsShow);
  const work = (messages: StoredMessages) => cancelMessage(id, messages.cancelling(shownInEvents));
  return change({ id, named, work }, context);
}

async function reschedule(
  id: string,
  sendAt: SendAt,
  named: MessageOptions | undefined,
  context: CallContext,
): Promise<RescheduleResult> {
  const { store } = context;
  checkId(id);
  // As a time of sending it would mean at once: a value that is missing by mistake must not send the message.
  if (sendAt === undefined) throw new MessageError('TIME_INVALID', 'sendAt');
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
