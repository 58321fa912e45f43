import {
  createProducer,
  isMessageError,
  isProducerError,
  type Producer,
  type ProducerErrorCode,
} from 'jetsms-delivery';

/** One for the process: it keeps one connection to Redis and joins what is sent at the same moment. */
export const openProducer = (): Producer =>
  createProducer({
    redis: process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379',
    accounts: { default: { title: 'FIRMA' } },
  });

/** An error of ours as an HTTP answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly code: string; readonly message: string; readonly field?: string };
}

/** 5xx: nothing that the caller could change. A new code has no status until it is written here: the compiler asks. */
const statusOf: Readonly<Record<ProducerErrorCode, number>> = {
  IDEMPOTENCY_CONFLICT: 422,
  CAMPAIGN_CONFLICT: 409,
  SCHEDULE_SHARED: 409,
  REDIS_UNAVAILABLE: 503,
  REDIS_REFUSED: 503,
  REDIS_UNCONFIRMED: 503,
  PRODUCER_CLOSED: 503,
  SECRET_INVALID: 500,
  ACCOUNT_UNKNOWN: 500,
  PRODUCER_OPTIONS_INVALID: 500,
};

/**
 * What a caller is told of an error of ours; undefined for any other, which is the framework's business. The sentences
 * hold no number and no text, so they may be shown and logged.
 */
export function answerOf(error: unknown): Answer | undefined {
  if (isMessageError(error)) {
    const { code, message, field } = error;
    return { status: 422, headers: {}, body: { code, message, field } };
  }
  if (!isProducerError(error)) return undefined;
  const { code, message } = error;
  const status = statusOf[code];
  // `mayBeStored` or not: as the message has a key of its own, the caller may simply call again.
  const headers = status === 503 ? { 'retry-after': '2' } : {};
  return { status, headers, body: { code, message } };
}
