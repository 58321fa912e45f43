import type { Command } from 'commander';
import { accountOf } from '../account.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { printJson } from '../terminal.ts';

/** `jetsms account`: what JetSMS and Redis say of an account. */
export function registerAccount(program: Command, context: CliContext): void {
  program
    .command('account')
    .description('show credit and when it ends, titles, holds, rates and what waits; sends nothing')
    .argument('[name]', 'account of the settings; the first of them without it')
    .option('--json', 'print one JSON object')
    .action((name: string | undefined, options: { readonly json?: true }) =>
      showAccount(name, options, context),
    );
}

async function showAccount(
  name: string | undefined,
  { json }: { readonly json?: true },
  { env, terminal, setExitCode }: CliContext,
): Promise<void> {
  const { readSettings } = await import('../../settings/read.ts');
  const { withRedis } = await import('../operator-redis.ts');
  const { readAccountState } = await import('../account-state.ts');
  const { accountView, renderAccount } = await import('../render/account.ts');
  const settings = readSettings({ env }, { needs: ['redis', 'credentials'] });
  const account = accountOf(settings, name);
  const { prefix } = settings;
  const state = await withRedis(settings, (redis) => readAccountState(redis, { account, prefix }));
  const view = accountView(state);
  if (json) printJson(terminal, view);
  else for (const line of renderAccount(view, terminal.columns)) terminal.out(line);
  if (view.credit.left === null && view.titles === null) setExitCode(exitCodes.failed);
}
