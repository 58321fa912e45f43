import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { durationOption } from '../duration.ts';

/** `jetsms probe`: one SMS to a number of one's own, and what JetSMS says of it. */
export function registerProbe(program: Command, context: CliContext): void {
  program
    .command('probe')
    .description('send one SMS to your own number, and print what JetSMS really does, masked; needs no Redis')
    .requiredOption('--to <number>', 'a number of your own')
    .option('--account <name>', 'account to send through; the first of the settings without it')
    .option('--title <title>', "sender name; the account's own without it")
    .option('--repeat', 'send the message again under the same id: a second SMS')
    .option('--for <time>', 'ask for reports at most so long: 90s, 10m, 1h', durationOption, 120_000)
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'print one JSON object at the end')
    .action(async (options) => (await import('../probe/run-probe.ts')).runProbe(options, context));
}
