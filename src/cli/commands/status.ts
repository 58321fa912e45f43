import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { wholeNumber } from '../duration.ts';

const account = [
  '--account <name>',
  'look in this account of the settings alone; in all without it',
] as const;
const json = ['--json', 'print one JSON object a line'] as const;

/** `jetsms status`, `jetsms cancel`, `jetsms scheduled`: messages by their ids. */
export function registerStatus(program: Command, context: CliContext): void {
  program
    .command('status')
    .description('show what became of messages')
    .argument('<id...>', 'ids of messages, as send() and logs tell them')
    .option(...account)
    .option(...json)
    .action(async (ids, options) => (await import('../messages/run.ts')).showStatus(ids, options, context));
  program
    .command('cancel')
    .description('call messages off that have not been sent')
    .argument('<id...>', 'ids of messages')
    .option(...account)
    .option(...json)
    .action(async (ids, options) =>
      (await import('../messages/run.ts')).cancelMessages(ids, options, context),
    );
  program
    .command('scheduled')
    .description('list what waits for its time, the next to leave first')
    .option(...account)
    .option('--limit <jobs>', 'at most so many', wholeNumber, 50)
    .option(...json)
    .action(async (options) => (await import('../messages/run.ts')).showScheduled(options, context));
}
