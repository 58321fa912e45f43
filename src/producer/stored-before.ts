import { isMessageError, type MessageErrorCode } from '../message/errors.ts';
import type { Deadline, SendAt } from '../message/times.ts';

/** A call whose times can have passed when it is repeated. */
interface TimedCall {
  readonly sendAt?: SendAt;
  readonly deadline?: Deadline;
  readonly idempotencyKey?: string;
}

/** Two ways to answer a call. */
interface Answers<Call, Receipt> {
  /** Checks and stores. */
  readonly store: () => Promise<Receipt>;
  /** Looks whether the key has stored it before; given the call without its times. */
  readonly find: (timeless: Call) => Promise<Receipt | undefined>;
}

const passed: ReadonlySet<MessageErrorCode> = new Set([
  'SCHEDULE_PAST',
  'DEADLINE_PAST',
  'SCHEDULE_AFTER_DEADLINE',
]);

/**
 * Stores, unless its times have passed: a call under an idempotency key may be repeated days later, and what an
 * earlier call has stored is its answer then, too.
 */
export async function orStoredBefore<Call extends TimedCall, Receipt>(
  call: Call,
  { store, find }: Answers<Call, Receipt>,
): Promise<Receipt> {
  try {
    return await store();
  } catch (error) {
    if (!isMessageError(error) || !passed.has(error.code) || call.idempotencyKey === undefined) throw error;
    const { sendAt: _sendAt, deadline: _deadline, ...timeless } = call;
    const receipt = await find(timeless as Call);
    if (receipt === undefined) throw error;
    return receipt;
  }
}
