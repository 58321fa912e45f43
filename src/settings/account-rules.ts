import type { AccountRules } from '../message/message.ts';
import type { AccountSettings } from './account.ts';

/** The rules that the settings of an account make for its messages. */
export function rulesOf({ title, charset, maxTextLength, partsModel }: AccountSettings): AccountRules {
  return { ...(title === '' ? {} : { title }), charset, maxTextLength, partsModel };
}

/** An account as a producer wants to know it. */
export function producerAccount(
  account: AccountSettings,
): AccountRules & Pick<AccountSettings, 'surface' | 'mmsContentTypes' | 'mmsMaxBytes'> {
  const { surface, mmsContentTypes, mmsMaxBytes } = account;
  return { ...rulesOf(account), surface, mmsContentTypes, mmsMaxBytes };
}
