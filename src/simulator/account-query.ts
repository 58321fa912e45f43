import { isLogin, type SimulatorAccount } from './account.ts';
import type { Provider } from './provider.ts';
import { refusal } from './replies.ts';
import type { ProviderRefusal } from './submission.ts';

/** The login that an account query carries. */
export interface QueryLogin {
  readonly username: string;
  readonly password: string;
}

/** What an account query finds: the account, or why it is refused. */
export type QueryAnswer =
  | { readonly kind: 'account'; readonly account: SimulatorAccount }
  | { readonly kind: 'refused'; readonly refusal: ProviderRefusal };

/**
 * Answers an account query.
 * Our choice: query-login. Only the login is checked: an account that may not send may still ask.
 */
export function queryAccount(provider: Provider, { username, password }: QueryLogin): QueryAnswer {
  const account = provider.accounts.find(username);
  if (account !== undefined && isLogin(account, password)) return { kind: 'account', account };
  provider.tally.refused('10');
  return { kind: 'refused', refusal: refusal('10') };
}

/** Our choice: unlimited-credit. A number that never shrinks: an answer can only be a number. */
export function writeCredit({ credit }: SimulatorAccount): string {
  return String(Number.isFinite(credit) ? Math.floor(credit) : 999_999_999);
}
