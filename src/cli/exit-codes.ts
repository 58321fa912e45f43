/** What the exit code tells a script; the same for every command (docs/cli.md). */
export const exitCodes = {
  /** Done. */
  ok: 0,
  /** The command ran to its end, but something in it failed: a dead letter, a check that is red. */
  failed: 1,
  /** The command was given something that it cannot use: an option, a file, a setting. Nothing was done. */
  usage: 2,
  /** Something that the command needs is away: Redis, a free port. Try again later. */
  unavailable: 3,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
