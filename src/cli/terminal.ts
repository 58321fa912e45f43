import type { Writable } from 'node:stream';
import { printable } from '../log/printable.ts';

/**
 * Where a command writes. Lines only, and every line is cleaned here of what a terminal would obey (`printable`):
 * names, files and dead letters hold anybody's words. Nothing else in the command line touches a stream, but a
 * progress bar.
 */
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
    out: (line) => void stdout.write(`${printable(line)}\n`),
    err: (line) => void stderr.write(`${printable(line)}\n`),
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

/** A result as JSON over several lines. Within a value a line break is escaped, so none of its lines is forged. */
export function printJson({ out }: Pick<Terminal, 'out'>, value: unknown): void {
  for (const line of JSON.stringify(value, null, 2).split('\n')) out(line);
}
