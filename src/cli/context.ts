import type { Command } from 'commander';
import type { ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** What a process gives its commands. Tests give something smaller. */
export interface Surroundings {
  readonly terminal: Terminal;
  readonly stdin: StandardInput;
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Aborts when the process is asked to end (SIGINT, SIGTERM). Only from the first call on are they caught. The
   * process then ends within a few seconds, whatever is still open.
   */
  stopSignal(): AbortSignal;
  /**
   * As `stopSignal()`, for a command that runs until then: the process ends within `limitMs` of the signal, and
   * soon after the command in any case. It lives on where nobody reads its output any more.
   */
  serviceSignal(limitMs: number): AbortSignal;
  /** Ends the process, whatever is still open; what was written is handed over before, where somebody reads it. */
  exit(code: ExitCode): Promise<never>;
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
