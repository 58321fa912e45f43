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
