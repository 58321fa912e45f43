import type { Writable } from 'node:stream';

/** Where a command writes. Lines only; nothing else in the command line touches a stream. */
export interface Terminal {
  /** A line of the result, to standard output. */
  out(line: string): void;
  /** A line for the person at the keyboard, to standard error. */
  err(line: string): void;
  /** Whether standard output is a terminal. */
  readonly isTty: boolean;
  /** Width to lay out for; Infinity where nobody looks. */
  readonly columns: number;
  /** Where a progress bar may be drawn: standard error, where it is a terminal. */
  readonly bar?: Writable;
}

/** A stream that may be a terminal, as `process.stdout` is. */
export type TerminalStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** A terminal on two streams. */
export function createTerminal(stdout: TerminalStream, stderr: TerminalStream): Terminal {
  return {
    out: (line) => void stdout.write(`${line}\n`),
    err: (line) => void stderr.write(`${line}\n`),
    ...(stderr.isTTY === true ? { bar: stderr } : {}),
    get isTty() {
      return stdout.isTTY === true;
    },
    get columns() {
      return stdout.isTTY === true && stdout.columns !== undefined
        ? stdout.columns
        : Number.POSITIVE_INFINITY;
    },
  };
}
