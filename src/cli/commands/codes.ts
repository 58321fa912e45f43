import type { Command } from 'commander';
import { codeTable } from '../../codes/index.ts';
import type { CliContext } from '../context.ts';
import { renderCodeTable } from '../render/code-table.ts';
import { printJson } from '../terminal.ts';

/** `jetsms codes`: the table of reply codes. */
export function registerCodes(program: Command, { terminal }: CliContext): void {
  program
    .command('codes')
    .description('print every reply code of JetSMS, what it means, and what is done about it')
    .option('--json', 'print one JSON array of rows, with everything that is known')
    .action((options: { readonly json?: true }) => {
      if (options.json) printJson(terminal, codeTable);
      else for (const line of renderCodeTable(codeTable, terminal.columns)) terminal.out(line);
    });
}
