import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import type { DemoOptions } from '../demo/report.ts';

/** What `jetsms demo` can be told. */
/** `jetsms demo`: the whole way of a message, with a simulator as JetSMS and a Redis of its own. */
export function registerDemo(program: Command, context: CliContext): void {
  program
    .command('demo')
    .description('send a few hundred invented messages to a simulator, and show what becomes of each')
    .option('--once', 'end when every message has ended, on a terminal too')
    .option('--json', 'print one JSON object with the counts at the end; implies --once')
    .action(async (options: DemoOptions) => {
      const { runDemo } = await import('../demo/run-demo.ts');
      await runDemo(options, context);
    });
}
