import { type Command, Option } from 'commander';
import { type Lane, lanes } from '../../message/lane.ts';
import { type DeadReason, deadReasons } from '../../queue/journal.ts';
import { durationOption, wholeNumber } from '../duration.ts';

export interface AccountOption {
  readonly account?: string;
}

export interface FilterOptions extends AccountOption {
  readonly code?: string;
  readonly reason?: DeadReason;
  readonly title?: string;
  readonly lane?: Lane;
  /** Milliseconds, like `newerThan`. */
  readonly olderThan?: number;
  readonly newerThan?: number;
  readonly limit?: number;
}

export const addAccountOption = (command: Command): Command =>
  command.option('--account <name>', 'account to look at; the first of the settings without it');

/** The options that choose dead letters. */
export function addFilterOptions(command: Command, limit: string): Command {
  return addAccountOption(command)
    .option('--code <code>', 'died of this code or cause: 12, http-401, reply-timeout')
    .addOption(new Option('--reason <reason>', 'died for this reason').choices(deadReasons))
    .option('--title <title>', 'sent under this sender title')
    .addOption(new Option('--lane <lane>', 'of this lane').choices(lanes))
    .option('--older-than <time>', 'died at least so long ago: 90s, 30m, 2h, 7d', durationOption)
    .option('--newer-than <time>', 'died at most so long ago', durationOption)
    .option('--limit <count>', limit, wholeNumber);
}
