import { CodedError, type ErrorRow } from '../errors/coded-error.ts';

export type FakeErrorCode = 'FAKE_MESSAGE_UNKNOWN' | 'FAKE_END_IMPOSSIBLE' | 'FAKE_FAILURE_UNKNOWN';

/** What a test asks of the fake producer that cannot be: code → what it means, what to do. */
export const fakeErrors: Readonly<Record<FakeErrorCode, ErrorRow>> = {
  FAKE_MESSAGE_UNKNOWN: {
    meaning: 'The fake producer has no message of this id.',
    whatToDo: 'Pass the `id` of a receipt, or of one of `sent()`. After `clear()` nothing is known any more.',
  },
  FAKE_FAILURE_UNKNOWN: {
    meaning: 'Redis knows no such trouble.',
    whatToDo:
      "Pass 'unreachable', 'answer-lost', 'request-lost', 'unconfirmed', or a refusal of docs/errors.md, such as 'OOM'.",
  },
  FAKE_END_IMPOSSIBLE: {
    meaning: 'The message cannot come to this: it has ended, or JetSMS would have to have it first.',
    whatToDo:
      'A message ends once. Only an accepted one can still be reported, and only one given up as uncertain can still be accepted.',
  },
};

/** A mistake in a test: the app's own code never meets it. `code` is stable. */
export class FakeError extends CodedError<FakeErrorCode> {
  override readonly name = 'FakeError';

  constructor(code: FakeErrorCode, detail: string) {
    super(code, fakeErrors[code], { detail });
  }
}
