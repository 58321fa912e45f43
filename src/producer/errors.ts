import { CodedError, type ErrorFacts, isErrorOf } from '../errors/coded-error.ts';
import { describeRefusal, type RefusalReason } from '../queue/redis-refusals.ts';
import type { RedisTrouble } from '../queue/redis-trouble.ts';

/** Every error of the producer that is not about the message itself: code → what it means, what to do. */
export const producerErrors = {
  ACCOUNT_UNKNOWN: {
    meaning: 'The account is not one that this producer was given.',
    whatToDo: 'Add the account to `accounts` of createProducer(), or correct the name.',
  },
  PRODUCER_OPTIONS_INVALID: {
    meaning: 'The options of createProducer() are not usable; the message names each of them.',
    whatToDo: 'Correct the named options.',
  },
  IDEMPOTENCY_CONFLICT: {
    meaning:
      'The idempotency key was used before, within its window, for another message, or for the same one at another time or in another lane.',
    whatToDo: 'Use one key for one message. Nothing was enqueued; the first message is not changed.',
  },
  CAMPAIGN_CONFLICT: {
    meaning:
      'The campaign was enqueued before with other recipients, another order, title or text, or for another time or lane.',
    whatToDo:
      'Pass the same recipients in the same order, and the same options, to complete it, or use another name for another campaign. What is stored already stays.',
  },
  REDIS_UNAVAILABLE: {
    meaning: 'Redis did not confirm it in time.',
    whatToDo:
      'Where `mayBeStored` is true, send it again with the same idempotency key; without a key, a second send can text twice. Where it is false, nothing was stored: send it again.',
  },
  REDIS_REFUSED: {
    meaning: 'Redis has refused it, and nothing was stored.',
    whatToDo: 'Mend what the `reason` says, then send it again.',
  },
  REDIS_UNCONFIRMED: {
    meaning:
      'Redis has stored it, but fewer replicas than `replicasToConfirm` have said in time that they have it too: a failover may lose it.',
    whatToDo:
      'Send it again with the same idempotency key, which stores nothing twice and asks the replicas again; without a key, a second send can text twice. If it stays, bring the replicas back, or lower `replicasToConfirm`.',
  },
  SCHEDULE_SHARED: {
    meaning:
      'The message is one of a campaign, and travels in one request with others: it cannot be moved to another time alone.',
    whatToDo: 'Cancel it and send it anew, with `sendAt`. Nothing was changed.',
  },
  SECRET_INVALID: {
    meaning: "What lies in Redis in the place of the installation's secret is no secret.",
    whatToDo:
      'Nothing was enqueued. Restore it from a backup, so that idempotency keys and campaigns are recognised; or delete it, and a new one is made.',
  },
  PRODUCER_CLOSED: {
    meaning: 'The producer was used after close().',
    whatToDo: 'Create a producer per process and close it once, at the end.',
  },
} as const;

/** Why a call of a producer failed, apart from the message itself. */
export type ProducerErrorCode = keyof typeof producerErrors;

export interface ProducerErrorOptions extends ErrorFacts {
  readonly messageId?: string | undefined;
  readonly fields?: readonly string[];
  readonly reason?: RefusalReason;
  readonly mayBeStored?: boolean;
}

/** An error of the producer; `code` is stable, the message never holds a number or a text. */
export class ProducerError extends CodedError<ProducerErrorCode> {
  override readonly name = 'ProducerError';
  /** The id of the message, where it may be stored. */
  readonly messageId: string | undefined;
  /** Of a conflict: the fields in which the call differs from what is stored, as far as that is still known. */
  readonly fields: readonly string[];
  /** Of `REDIS_REFUSED`: why, in one of the words of [errors.md](errors.md#refusals-of-redis). */
  readonly reason: RefusalReason | undefined;
  /** False: it is certain that this call has stored, or changed, nothing. */
  readonly mayBeStored: boolean;
  /** What the message says beyond what the code means. */
  readonly detail: string;

  constructor(code: ProducerErrorCode, options: ProducerErrorOptions = {}) {
    const { fields = [], detail = fields.length === 0 ? '' : `It differs in: ${fields.join(', ')}.` } =
      options;
    super(code, producerErrors[code], { detail, cause: options.cause });
    this.detail = detail;
    this.messageId = options.messageId;
    this.fields = fields;
    this.reason = options.reason;
    this.mayBeStored = options.mayBeStored ?? false;
  }
}

/**
 * Whether something thrown is a `ProducerError`, of this copy of the package or of another: told by name and code, since
 * `instanceof` fails where two copies are loaded. Total.
 *
 * @param error whatever was thrown
 * @returns true for a `ProducerError`, whose fields can then be read
 * @example
 * import { isProducerError } from 'jetsms-delivery';
 *
 * const first = { to: '0532 123 45 67', text: 'Merhaba', idempotencyKey: 'welcome-17' };
 * await producer.send(first);
 * await producer.send({ ...first, text: 'Hoş geldiniz' }).catch((error) => {
 *   if (!isProducerError(error)) throw error;
 *   console.log(error.code, error.fields, error.mayBeStored); // → IDEMPOTENCY_CONFLICT [ 'text' ] false
 * });
 */
export function isProducerError(error: unknown): error is ProducerError {
  return isErrorOf(error, 'ProducerError', producerErrors);
}

export interface TroubleFacts {
  readonly mayBeStored: boolean;
  readonly messageId: string | undefined;
  /** The call was to change what is stored. */
  readonly isChange?: boolean | undefined;
  /** What was thrown. */
  readonly error: unknown;
}

/** A trouble with Redis as the caller is told of it. */
export function redisTrouble(
  trouble: RedisTrouble,
  { error, isChange = false, ...facts }: TroubleFacts,
): ProducerError {
  const cause = causeOf(error);
  if (trouble.kind === 'refused' && !facts.mayBeStored) {
    const { reason } = trouble;
    return new ProducerError('REDIS_REFUSED', {
      ...facts,
      reason,
      cause,
      detail: describeRefusal(reason),
    });
  }
  if (trouble.kind === 'unconfirmed')
    return new ProducerError('REDIS_UNCONFIRMED', {
      ...facts,
      cause,
      detail: `Confirmed: ${trouble.cause}.`,
    });
  const why = trouble.kind === 'refused' ? trouble.reason : trouble.cause;
  const stored = facts.mayBeStored ? doubts[`${isChange}`] : certainties[`${isChange}`];
  return new ProducerError('REDIS_UNAVAILABLE', { ...facts, cause, detail: `${stored} (${why}).` });
}

const doubts = {
  false: 'It may or may not be stored',
  true: 'It may or may not be done: call again, which is safe',
} as const;
const certainties = { false: 'Nothing was stored', true: 'Nothing was changed' } as const;

/** Name and code alone: ioredis keeps the command with the error, and Redis quotes it in its words. */
function causeOf(error: unknown): Error {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const cause = new Error(message.replace(/,? ?with args beginning with:.*$/s, ''));
  cause.name = name;
  return cause;
}
