import { CodedError, type ErrorFacts } from '../../errors/coded-error.ts';

/** What is wrong with an order about API keys: code → what it means, what to do. The codes are stable. */
export const apiKeyErrors = {
  API_KEY_NAME_INVALID: {
    meaning: 'This cannot be the name of an API key.',
    whatToDo:
      'Begin with a lower-case letter; then lower-case letters, digits, dots, hyphens and underscores, at most 40 characters, with at most 6 digits in all: a name stands in logs, and must not hold a phone number.',
  },
  API_KEY_NAME_TAKEN: {
    meaning: 'There is an API key of this name, in force or over.',
    whatToDo: 'Choose another name, or revoke that key first (`jetsms keys list`, `jetsms keys revoke`).',
  },
  API_KEY_INVALID: {
    meaning: 'There can be no such API key.',
    whatToDo: 'Correct that; what is left out allows everything.',
  },
  API_KEY_UNKNOWN: {
    meaning: 'There is no API key of this id or name; perhaps it was revoked before.',
    whatToDo: 'See `jetsms keys list`.',
  },
} as const;

export type ApiKeyErrorCode = keyof typeof apiKeyErrors;

/** An order about API keys that cannot be carried out. `code` is stable; the message never holds a key, or what was given. */
export class ApiKeyError extends CodedError<ApiKeyErrorCode> {
  override readonly name = 'ApiKeyError';

  constructor(code: ApiKeyErrorCode, facts?: ErrorFacts) {
    super(code, apiKeyErrors[code], facts);
  }
}
