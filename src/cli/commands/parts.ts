import { type Command, Option } from 'commander';
import { nationalTables } from '../../message/gsm-alphabet.ts';
import { countParts, type PartOptions } from '../../message/parts.ts';
import { partsModelNames, partsModels } from '../../message/parts-models.ts';
import { readSettings } from '../../settings/read.ts';
import { accountOf } from '../account.ts';
import type { CliContext } from '../context.ts';
import { renderParts } from '../render/parts.ts';
import { printJson } from '../terminal.ts';

interface PartsChoices {
  readonly model?: NonNullable<PartOptions['model']>;
  readonly account?: string;
  readonly tables: NonNullable<PartOptions['nationalTables']>;
  readonly json?: true;
}

/** `jetsms parts`: how many SMS a text takes, and which characters make it dearer. */
export function registerParts(program: Command, context: CliContext): void {
  program
    .command('parts')
    .description('count the SMS parts of a text, and name the characters that cost more; sends nothing')
    .argument('<text>', 'the text, in quotes')
    .addOption(
      new Option(
        '--model <model>',
        "how to count: an assumption about what JetSMS charges, or 3gpp, what goes over the air; the account's partsModel without it",
      ).choices([...partsModelNames, '3gpp']),
    )
    .option('--account <name>', 'whose partsModel to count by; the first account of the settings without it')
    .addOption(
      new Option('--tables <tables>', 'of 3gpp: which tables for Turkish the network allows')
        .choices(nationalTables)
        .default('none'),
    )
    .option('--json', 'print one JSON object')
    .action((text: string, choices: PartsChoices) => printParts(text, choices, context));
}

function printParts(
  text: string,
  { account, tables, json, ...given }: PartsChoices,
  context: CliContext,
): void {
  const { terminal } = context;
  const model = given.model ?? partsModelOf(account, context);
  const count = countParts(text, { model, nationalTables: tables });
  if (!json) {
    for (const line of renderParts(count, terminal.columns)) terminal.out(line);
    return;
  }
  const assumption = model === '3gpp' ? undefined : partsModels[model];
  printJson(terminal, { ...count, source: assumption?.source, certainty: assumption?.certainty });
}

function partsModelOf(account: string | undefined, { env }: CliContext) {
  return accountOf(readSettings({ env }, { needs: [] }), account).partsModel;
}
