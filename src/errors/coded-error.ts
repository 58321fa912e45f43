import { types } from 'node:util';

/** What stands behind an error code; docs/errors.md is made from such rows. */
export interface ErrorRow {
  readonly meaning: string;
  readonly whatToDo: string;
}

/** What is known of the case. */
export interface ErrorFacts {
  /** Whole sentences, between what it means and what to do. */
  readonly detail?: string;
  readonly cause?: unknown;
}

/** An error with a row in a table: its message says what it means, what is known of the case, and what to do. */
export abstract class CodedError<Code extends string> extends Error {
  readonly code: Code;

  constructor(code: Code, { meaning, whatToDo }: ErrorRow, { detail, ...options }: ErrorFacts = {}) {
    super([meaning, detail, whatToDo].filter(Boolean).join(' '), options);
    this.code = code;
  }
}

/**
 * Whether something thrown is an error of a class, by its name and by a code of the class's table: `instanceof` fails where another
 * copy of the package, or another realm such as Jest's, has made it. Total.
 */
export function isErrorOf(error: unknown, name: string, table: Readonly<Record<string, ErrorRow>>): boolean {
  if (!types.isNativeError(error) || error.name !== name || !('code' in error)) return false;
  return typeof error.code === 'string' && Object.hasOwn(table, error.code);
}
