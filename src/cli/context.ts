import type { Command } from 'commander';
import type { ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** What a process gives its commands. Tests give something smaller. */
export interface Surroundings {
  readonly terminal: Terminal;
  readonly stdin: StandardInput;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts when the process is asked to end (SIGINT, SIGTERM). Only from the first call on are they caught. */
  stopSignal(): AbortSignal;
  /** Ends the process at once, whatever is still open. */
  exit(code: ExitCode): never;
}

/** Bytes that come in, and whether a person types them. */
export type StandardInput = AsyncIterable<Uint8Array> & { readonly isTTY?: boolean };

/** What a command works with. */
export interface CliContext extends Surroundings {
  /** Says how the command ended; `ok` where it says nothing. */
  setExitCode(code: ExitCode): void;
}

/** Adds one command to the program. Heavy modules are imported when the command runs, not here. */
export type RegisterCommand = (program: Command, context: CliContext) => void;
