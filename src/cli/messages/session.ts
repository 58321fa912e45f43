import type { Messages } from '../../operator/messages.ts';
import { accountOf } from '../account.ts';
import type { CliContext } from '../context.ts';

/** Opens the messages of one account, or of all that the settings name, and closes them behind the command. */
export async function withMessages<T>(
  named: string | undefined,
  { env }: CliContext,
  use: (messages: Messages) => Promise<T>,
): Promise<T> {
  const { readSettings } = await import('../../settings/read.ts');
  const { redisOptionsOf } = await import('../../settings/redis-target.ts');
  const { openMessages } = await import('../../operator/messages.ts');
  const { endRulesOf } = await import('../../worker/end-rules.ts');
  const settings = readSettings({ env }, { needs: ['redis'] });
  const accounts = named === undefined ? [...settings.accounts.values()] : [accountOf(settings, named)];
  await using messages = openMessages({
    ...redisOptionsOf(settings),
    prefix: settings.prefix,
    accounts: accounts.map((account) => ({ account: account.name, ...endRulesOf(settings, account) })),
  });
  return await use(messages);
}
