import { Command } from 'commander';
import { packageVersion } from '../settings/package-files.ts';
import { commands } from './commands/all.ts';
import type { CliContext } from './context.ts';

/** The whole command line, ready to parse. It never ends the process: commander's errors are thrown. */
export function buildProgram(context: CliContext): Command {
  const { terminal } = context;
  const program = new Command('jetsms')
    .description('Delivers SMS and MMS over JetSMS from a queue in Redis, and says what happened.')
    .version(packageVersion())
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => {
        for (const line of text.replace(/\n$/, '').split('\n')) terminal.out(line);
      },
      // Errors are printed once, by runCli.
      writeErr: () => {},
      getOutHelpWidth: () => (Number.isFinite(terminal.columns) ? terminal.columns : 80),
    })
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 something failed, 2 wrong input, 3 something needed is away. More: docs/cli.md',
    );
  for (const register of commands) register(program, context);
  return program;
}
