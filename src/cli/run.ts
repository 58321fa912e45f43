import { type Command, CommanderError } from 'commander';
import type { CliContext, Surroundings } from './context.ts';
import { CliError, reportOf } from './errors.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { buildProgram } from './program.ts';

/**
 * Runs one command line and answers with its exit code. Never throws and never ends the process: whatever goes
 * wrong becomes one line on standard error, a JSON object with --json, with the stack only if JETSMS_DEBUG is set.
 *
 * @param args the arguments behind `jetsms`
 */
export async function runCli(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.ok;
  const context: CliContext = {
    ...surroundings,
    setExitCode(code) {
      exitCode = code;
    },
  };
  try {
    const program = buildProgram(context);
    if (args.length === 0) return showHelp(program, context);
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return isAnswered(error) ? exitCodes.ok : printError(usageError(error), args, context);
  }
}

function showHelp(program: Command, { terminal }: CliContext): ExitCode {
  printLines(program.helpInformation().trimEnd(), terminal);
  return exitCodes.usage;
}

/** Help and version are thrown by commander after they were printed. */
function isAnswered(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === 0;
}

function usageError(error: unknown): unknown {
  if (!(error instanceof CommanderError)) return error;
  return new CliError('USAGE', { detail: withoutValues(error.message), cause: error });
}

/** Commander's words as one sentence, without the arguments it quotes: one may be a number or a password. */
function withoutValues(message: string): string {
  const sentence = message
    .replace(/^error: /, '')
    // A group of commands was named without one of them.
    .replace(/^\(outputHelp\)$/, 'behind it, the name of what to do is missing')
    .replaceAll('\n', ' ')
    .replace(/( but got \d+): .*$/s, '$1')
    .replace(/ argument '.*' is invalid\./s, ' has a value that cannot be used.')
    .replace(/value '.*' is invalid/s, 'value is invalid')
    .replace(/[0-9]{5,}/g, '…');
  return /[.?)]$/.test(sentence) ? sentence : `${sentence}.`;
}

function printError(error: unknown, args: readonly string[], { terminal, env }: CliContext): ExitCode {
  const { exitCode, ...report } = reportOf(error);
  const words = `error ${report.code}: ${report.message}`;
  if (isJsonAsked(args)) terminal.err(JSON.stringify({ error: report }));
  // Only an error of several problems has several lines.
  else if (report.problems) printLines(words, terminal);
  else terminal.err(words);
  if (env['JETSMS_DEBUG'] && error instanceof Error) printLines(error.stack ?? '', terminal);
  return exitCode;
}

function printLines(text: string, terminal: CliContext['terminal']): void {
  for (const line of text.split('\n')) terminal.err(line);
}

/** Asked of the raw arguments, since the error may be about the arguments themselves. */
function isJsonAsked(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).includes('--json');
}
