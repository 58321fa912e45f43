import type { Command } from 'commander';
import { codeTable, unofficialCodes, unofficialRows } from '../../codes/index.ts';
import type { CliContext } from '../context.ts';
import { renderCodeTable, type UnlistedCode } from '../render/code-table.ts';
import { printJson } from '../terminal.ts';

/** `jetsms codes`: the table of reply codes. */
export function registerCodes(program: Command, { terminal }: CliContext): void {
  program
    .command('codes')
    .description('print every reply code of JetSMS, what it means, and what is done about it')
    .option('--json', 'print one JSON array of rows, with everything that is known')
    .action((options: { readonly json?: true }) => {
      if (options.json) printJson(terminal, [...codeTable, ...unlisted()]);
      else for (const line of renderCodeTable(codeTable, unlisted(), terminal.columns)) terminal.out(line);
    });
}

/** What public clients have seen; as a whole row where something is done about it in particular. */
const unlisted = (): readonly UnlistedCode[] =>
  unofficialCodes.map((seen) => unofficialRows.find(({ code }) => code === seen.code) ?? seen);
