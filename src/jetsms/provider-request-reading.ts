import { CodedError } from '../errors/coded-error.ts';
import { toIstanbul } from '../message/istanbul-time.ts';
import type { ProviderRequest } from './provider-request.ts';

/** Why a request cannot be written: code → what it means, what to do. The codes are stable. */
export const providerRequestErrors = {
  MMS_NEEDS_WEB_SERVICE: {
    meaning: 'An MMS can only go through the web service: the XML form of an MMS is not public.',
    whatToDo: 'Set the account\'s surface to "web-service".',
  },
  MMS_TEXTS_DIFFER: {
    meaning: 'The messages of one MMS have different texts.',
    whatToDo: 'Put each text into a request of its own.',
  },
} as const;

export type ProviderRequestErrorCode = keyof typeof providerRequestErrors;

/** A request that cannot be written in the form of its surface. */
export class ProviderRequestError extends CodedError<ProviderRequestErrorCode> {
  override readonly name = 'ProviderRequestError';

  constructor(code: ProviderRequestErrorCode) {
    super(code, providerRequestErrors[code]);
  }
}

/** The text that all messages of a request share; `undefined` where they differ or where there is none. */
export function commonText({ messages }: ProviderRequest): string | undefined {
  const text = messages[0]?.text;
  return messages.every((message) => message.text === text) ? text : undefined;
}

/** The first time that no longer fits the four digits of a JetSMS year. */
const year10000 = Date.UTC(10_000, 0, 1) - 24 * 3_600_000;

/**
 * The expire date of a request as JetSMS writes it, rounded up to a whole second: rounded down, it could lie in the past
 * when it arrives. '' where there is none, or none that can be written.
 */
export function expireDateOf({ expireAt = Number.NaN }: ProviderRequest): string {
  return expireAt > 0 && expireAt < year10000 ? toIstanbul(Math.ceil(expireAt / 1_000) * 1_000) : '';
}
