import type { AccountAnswer, AccountQueries } from '../../jetsms/account-queries.ts';
import { isProxyRefusal } from '../../jetsms/proxy-causes.ts';
import type { ProbeAnswer } from './hold-probes.ts';
import type { Hold } from './hold-record.ts';

type Told = Omit<ProbeAnswer, 'hasWaiting'>;

/**
 * What JetSMS's answer to the question for the credit says of a hold. The question logs in and sends nothing.
 *
 * - It tells the credit: the login is right and the endpoint answers. Of a hold for want of credit it says yes only
 *   where there is more than when the hold began; some, but no more, was too little for a message, so a canary tells.
 * - It is refused for the account's sake: no, but for an account that could not be reached, since that answers. A bare
 *   number can be a credit or such a code: nobody knows.
 * - The proxy lets nobody through: no.
 * - Nothing answers: no for an account that cannot be reached; else nobody knows.
 * - Any other answer, as from an account that may not ask: nobody knows, but somebody does answer.
 */
export function readProbe(hold: Pick<Hold, 'reason' | 'credit'>, answer: AccountAnswer<number>): Told {
  if (answer.kind === 'answer') return ofCredit(hold, answer.value);
  const { why } = answer;
  if (hold.reason === 'unreachable')
    return { says: why.kind === 'refused' || isAnswer(why.cause) ? 'yes' : 'no' };
  const isShut = why.kind === 'unsent' && isProxyRefusal(why.cause);
  return { says: isShut || isOfAccount(why) ? 'no' : 'cannot-tell' };
}

type NoAnswer = Extract<AccountAnswer<number>, { readonly kind: 'no-answer' }>['why'];

const isOfAccount = (why: NoAnswer): boolean =>
  why.kind === 'refused' && why.by === 'code' && why.row?.scope === 'account' && why.text !== '';

function ofCredit({ reason, credit: before }: Pick<Hold, 'reason' | 'credit'>, credit: number): Told {
  if (reason !== 'no-credit') return { says: 'yes' };
  // What was told first stays: a top-up shows against it.
  if (credit <= 0) return { says: 'no', credit: 0 };
  if (before === undefined) return { says: 'cannot-tell', credit };
  return { says: credit > before ? 'yes' : 'cannot-tell' };
}

/** Causes in which something answered, though not in JetSMS's words. */
const answers: ReadonlySet<string> = new Set([
  'html-reply',
  'malformed-reply',
  'empty-reply',
  'server-fault',
]);
const isAnswer = (cause: string): boolean => answers.has(cause);

/** Asks where the account may be asked; without a question only a canary can tell. */
export const askAccount =
  (queries: Pick<AccountQueries, 'credit'> | undefined) =>
  async (hold: Hold): Promise<Told> =>
    queries ? readProbe(hold, await queries.credit()) : { says: 'cannot-tell' };
