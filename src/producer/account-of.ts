import { type MediaRules, mediaRules } from '../message/media.ts';
import type { AccountRules } from '../message/message.ts';
import type { MmsRules } from '../message/mms.ts';
import { ProducerError } from './errors.ts';
import type { ProducerAccount, ResolvedOptions } from './options.ts';

/**
 * The account that a message names, or the first, and its rules completed.
 * @throws ProducerError `ACCOUNT_UNKNOWN`
 */
export function accountOf(
  named: unknown,
  { accounts, defaultAccount }: Pick<ResolvedOptions, 'accounts' | 'defaultAccount'>,
): { readonly account: string; readonly rules: AccountRules & MediaRules & Pick<MmsRules, 'surface'> } {
  const account = named === undefined ? defaultAccount : named;
  const own = typeof account === 'string' && Object.hasOwn(accounts, account) ? accounts[account] : undefined;
  if (own && typeof account === 'string') return { account, rules: rulesOf(own) };
  throw new ProducerError('ACCOUNT_UNKNOWN', {
    detail: `Known accounts: ${Object.keys(accounts).join(', ')}.`,
  });
}

function rulesOf(own: ProducerAccount) {
  const { mmsContentTypes = mediaRules.contentTypes, mmsMaxBytes = mediaRules.maxBytes } = own;
  const { charset = 'utf-8', maxTextLength = 160, surface = 'xml' } = own;
  return {
    ...own,
    charset,
    maxTextLength,
    surface,
    contentTypes: mmsContentTypes.map((type) => type.toLowerCase()),
    maxBytes: mmsMaxBytes,
  } as const;
}
