import { type Command, Option } from 'commander';
import { lanes } from '../../message/lane.ts';
import type { CliContext } from '../context.ts';
import { addAccountOption, addFilterOptions } from '../dead/options.ts';
import { durationOption, wholeNumber } from '../duration.ts';

const reveal = [
  '--reveal',
  'show numbers and texts in full; they are masked and left out without it',
] as const;
const json = ['--json', 'print one JSON object'] as const;
const all = ['--all', 'every dead letter of the account'] as const;
const dryRun = ['--dry-run', 'say what would be done, and do nothing'] as const;
const yes = ['--yes', 'do not ask'] as const;

/** `jetsms dead …`: what was given up, and what to do about it. */
export function registerDead(program: Command, context: CliContext): void {
  const dead = program
    .command('dead')
    .description('look at messages that were given up; send them again, or throw them away');
  registerLooking(dead, context);
  registerReplay(dead, context);
  registerDiscard(dead, context);
}

function registerLooking(dead: Command, context: CliContext): void {
  addFilterOptions(
    dead.command('list').description('list dead letters, the newest first'),
    'letters on the page (50)',
  )
    .option('--cursor <cursor>', 'go on behind the page that gave it')
    .option(...reveal)
    .option(...json)
    .action(async (options) => (await import('../dead/look.ts')).listDead(options, context));
  addFilterOptions(
    dead.command('summary').description('count dead letters by reason and code'),
    'at most so many',
  )
    .option(...json)
    .action(async (options) => (await import('../dead/look.ts')).summarizeDead(options, context));
  addAccountOption(dead.command('show').description('show all that is known of a message, dead or not'))
    .argument('<id>', 'id of the message, as in logs and lists')
    .option(...reveal)
    .option(...json)
    .action(async (id, options) => (await import('../dead/look.ts')).showDead(id, options, context));
  addFilterOptions(
    dead.command('export').description('print dead letters as JSON, one a line, the oldest first'),
    'at most so many',
  )
    .option(...reveal)
    .action(async (options) => (await import('../dead/look.ts')).exportDead(options, context));
}

function registerReplay(dead: Command, context: CliContext): void {
  addFilterOptions(
    dead
      .command('replay')
      .description('enqueue dead letters anew, the oldest first')
      .argument('[id...]', 'these only'),
    'replay at most so many',
  )
    .option(...all)
    .option(...dryRun)
    .option(...yes)
    .option('--include-expired', 'those whose deadline passed, too')
    .option('--include-uncertain', 'those that may have arrived, too: people can get a text twice')
    .option('--include-cancelled', 'those that were called off, too')
    .addOption(
      new Option('--into <lane>', 'lane to send them in; own keeps what each had')
        .choices([...lanes, 'own'])
        .default('bulk'),
    )
    .option('--rate <messages>', 'messages a second; 0 is as fast as Redis takes them', wholeNumber, 50)
    .option(
      '--deadline <time>',
      'send them within 30m, 24h, 3d; without it, as long as each had at first',
      durationOption,
    )
    .option(...json)
    .action(async (ids, options) => (await import('../dead/replay.ts')).replayDead(ids, options, context));
}

function registerDiscard(dead: Command, context: CliContext): void {
  addFilterOptions(
    dead.command('discard').description('throw dead letters away for good').argument('[id...]', 'these only'),
    'discard at most so many',
  )
    .option(...all)
    .option(...dryRun)
    .option(...yes)
    .option(...json)
    .action(async (ids, options) => (await import('../dead/discard.ts')).discardDead(ids, options, context));
}
