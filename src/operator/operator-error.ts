import { CodedError, type ErrorFacts } from '../errors/coded-error.ts';
import { safeMessage } from '../log/safe-error.ts';
import { describeRefusal } from '../queue/redis-refusals.ts';
import { readTrouble } from '../queue/redis-trouble.ts';

/** Every error of the operators' functions: code → what it means, what to do. The codes are stable. */
export const operatorErrors = {
  REDIS_UNAVAILABLE: {
    meaning: 'Redis does not answer as it should.',
    whatToDo: 'Do it again once Redis is back; what was done already is not done twice.',
  },
  REDIS_REFUSED: {
    meaning: 'Redis has refused it.',
    whatToDo: 'Mend that, then do it again; what was done already is not done twice.',
  },
  CURSOR_INVALID: {
    meaning: 'The cursor is not one that a list of dead letters gave.',
    whatToDo: 'Pass `next` of the page before, unchanged, or none for the first page.',
  },
  ARGUMENT_INVALID: {
    meaning: 'What the function was given is not usable.',
    whatToDo: 'Correct what is named.',
  },
  FILTER_INVALID: {
    meaning: 'The filter of dead letters cannot be used.',
    whatToDo: 'Correct the named field.',
  },
} as const;

export type OperatorErrorCode = keyof typeof operatorErrors;

/** An error of the operators' functions; `code` is stable, the message never holds a number or a text. */
export class OperatorError extends CodedError<OperatorErrorCode> {
  override readonly name = 'OperatorError';

  constructor(code: OperatorErrorCode, facts?: ErrorFacts) {
    super(code, operatorErrors[code], facts);
  }
}

/**
 * Runs something against Redis. An ioredis error carries the command it failed on, and with it numbers and
 * texts: only its words are kept.
 * @throws OperatorError REDIS_REFUSED, REDIS_UNAVAILABLE
 */
export async function callRedis<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (isOurs(error)) throw error;
    const trouble = readTrouble(error);
    if (trouble.kind === 'refused') {
      // biome-ignore lint/style/useErrorCause: the cause holds the command's arguments
      throw new OperatorError('REDIS_REFUSED', { detail: describeRefusal(trouble.reason) });
    }
    const words = error instanceof Error ? safeMessage(error) : 'something that is no error was thrown';
    // biome-ignore lint/style/useErrorCause: the cause holds the command's arguments
    throw new OperatorError('REDIS_UNAVAILABLE', { detail: `It said: ${words.replace(/\.?$/, '.')}` });
  }
}

/** Errors that the language throws are bugs, not Redis. */
const isOurs = (error: unknown): boolean =>
  error instanceof OperatorError ||
  error instanceof TypeError ||
  error instanceof RangeError ||
  error instanceof ReferenceError;
