import type { AccountSettings } from '../settings/account.ts';
import type { Settings } from '../settings/settings.ts';
import { CliError } from './errors.ts';

/**
 * The account that a command speaks of: the named one, else the first of the settings.
 *
 * @throws CliError ACCOUNT_UNKNOWN, naming those that there are
 */
export function accountOf({ accounts }: Pick<Settings, 'accounts'>, name?: string): AccountSettings {
  const [first] = accounts.values();
  const account = name === undefined ? first : accounts.get(name);
  if (account) return account;
  throw new CliError('ACCOUNT_UNKNOWN', { detail: `Known: ${[...accounts.keys()].join(', ')}.` });
}
