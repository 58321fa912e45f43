import { meaningInWords } from '../../codes/index.ts';
import { type AccountAnswer, createAccountQueries } from '../../jetsms/account-queries.ts';
import type { AccountSettings } from '../../settings/account.ts';
import type { Finding } from './finding.ts';

/**
 * Whether JetSMS knows the account, and its title. It asks for credit and titles, which sends nothing to anybody.
 */
export async function checkAccount(account: AccountSettings): Promise<readonly Finding[]> {
  const queries = createAccountQueries(account);
  try {
    const [credit, titles] = await Promise.all([queries.credit(), queries.titles()]);
    return [judgeLogin(account, credit), ...judgeTitle(account, titles)];
  } finally {
    await queries.close();
  }
}

function judgeLogin({ name }: AccountSettings, answer: AccountAnswer<number>): Finding {
  const about = { check: 'login', account: name } as const;
  if (answer.kind === 'answer') {
    const says = `JetSMS takes the login; ${answer.value} credit left`;
    if (answer.value > 0) return { ...about, level: 'ok', says };
    return { ...about, level: 'warning', says, whatToDo: 'Buy credit, or the account will be held.' };
  }
  const { why } = answer;
  if (why.kind === 'refused' && why.by === 'code' && why.row?.scope === 'account') {
    const { hint } = why.row;
    const says = `JetSMS refuses the account with code ${why.code}: ${meaningInWords(why.code, why.row)}`;
    return { ...about, level: 'error', says, whatToDo: hint };
  }
  return {
    ...about,
    level: 'warning',
    says: `JetSMS does not say whether the login is right (${whyInWords(answer)})`,
    whatToDo: 'Perhaps the account may not ask for its credit: send one message to see.',
  };
}

function judgeTitle(
  { name, title }: AccountSettings,
  answer: AccountAnswer<readonly string[]>,
): readonly Finding[] {
  if (title === '') return [];
  const about = { check: 'title', account: name } as const;
  if (answer.kind === 'no-answer') {
    return [
      {
        ...about,
        level: 'warning',
        says: `JetSMS does not tell the account's titles (${whyInWords(answer)})`,
        whatToDo: `See in the JetSMS panel that ${title} is approved.`,
      },
    ];
  }
  if (answer.value.includes(title))
    return [{ ...about, level: 'ok', says: `the title ${title} is approved` }];
  return [
    {
      ...about,
      level: 'error',
      says: `the account has no title ${title}: messages will get code 12`,
      whatToDo: `Set JETSMS_TITLE to one that it has: ${answer.value.join(', ') || 'there is none yet'}.`,
    },
  ];
}

function whyInWords({ why }: Extract<AccountAnswer<unknown>, { readonly kind: 'no-answer' }>): string {
  if (why.kind !== 'refused') return why.cause;
  return why.by === 'code' ? `code ${why.code}` : `http-${why.status}`;
}
