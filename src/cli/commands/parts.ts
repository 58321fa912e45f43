import { type Command, Option } from 'commander';
import { nationalTables } from '../../message/gsm-alphabet.ts';
import { countParts, type PartOptions } from '../../message/parts.ts';
import type { CliContext } from '../context.ts';
import { renderParts } from '../render/parts.ts';
import { printJson } from '../terminal.ts';

interface PartsChoices {
  readonly model: NonNullable<PartOptions['model']>;
  readonly tables: NonNullable<PartOptions['nationalTables']>;
  readonly json?: true;
}

/** `jetsms parts`: how many SMS a text takes, and which characters make it dearer. */
export function registerParts(program: Command, { terminal }: CliContext): void {
  program
    .command('parts')
    .description('count the SMS parts of a text, and name the characters that cost more; sends nothing')
    .argument('<text>', 'the text, in quotes')
    .addOption(
      new Option('--model <model>', "whose arithmetic: JetSMS's, by which it charges, or the network's")
        .choices(['provider', '3gpp'])
        .default('provider'),
    )
    .addOption(
      new Option('--tables <tables>', 'of 3gpp: which tables for Turkish the network allows')
        .choices(nationalTables)
        .default('none'),
    )
    .option('--json', 'print one JSON object')
    .action((text: string, { model, tables, json }: PartsChoices) => {
      const count = countParts(text, { model, nationalTables: tables });
      if (json) printJson(terminal, count);
      else for (const line of renderParts(count, terminal.columns)) terminal.out(line);
    });
}
