import { type MediaRules, mediaRules } from '../message/media.ts';
import type { AccountRules } from '../message/message.ts';
import type { MmsRules } from '../message/mms.ts';
import { ProducerError } from './errors.ts';
import type { ProducerAccount, ResolvedOptions } from './options.ts';

/** The account that a message names, or the first, and its rules completed. */
export function accountOf(
  named: string | undefined,
  { accounts, defaultAccount }: Pick<ResolvedOptions, 'accounts' | 'defaultAccount'>,
): { readonly account: string; readonly rules: AccountRules & MediaRules & Pick<MmsRules, 'surface'> } {
  const account = named ?? defaultAccount;
  const own = Object.hasOwn(accounts, account) ? accounts[account] : undefined;
  if (own) return { account, rules: rulesOf(own) };
  throw new ProducerError('UNKNOWN_ACCOUNT', {
    detail: `Known accounts: ${Object.keys(accounts).join(', ')}.`,
  });
}

function rulesOf(own: ProducerAccount) {
  const { mmsContentTypes = mediaRules.contentTypes, mmsMaxBytes = mediaRules.maxBytes } = own;
  return {
    charset: 'utf-8',
    maxTextLength: 160,
    surface: 'xml',
    ...own,
    contentTypes: mmsContentTypes.map((type) => type.toLowerCase()),
    maxBytes: mmsMaxBytes,
  } as const;
}
