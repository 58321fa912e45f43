import { parseReply } from '../codes/index.ts';
import type { AccountSettings } from '../settings/account.ts';
import { createHttpClient } from './http.ts';
import { malformed, type NoAnswer, noAnswer, readQuery, refusalOf } from './query.ts';
import type { AccountQuestion } from './surface.ts';
import { surfaces } from './surfaces.ts';

/** What the account was asked: its value, or why there is none. A query sends nothing, so it may be repeated. */
export type AccountAnswer<Value> = { readonly kind: 'answer'; readonly value: Value } | NoAnswer;

/** What JetSMS tells of an account. Nothing here throws for what the network or the provider does. */
export interface AccountQueries {
  /** The credit left, in the provider's unit. */
  credit(options?: { readonly signal?: AbortSignal }): Promise<AccountAnswer<number>>;
  /** The account's approved titles, as they were spelled. */
  titles(options?: { readonly signal?: AbortSignal }): Promise<AccountAnswer<readonly string[]>>;
  close(): Promise<void>;
}

/** Queries over the account's surface. */
export function createAccountQueries(account: AccountSettings, now: () => number = Date.now): AccountQueries {
  const http = createHttpClient({ ...account, connections: 1 });
  const { queries } = surfaces[account.surface];
  async function ask<Value>(
    question: AccountQuestion,
    read: (texts: readonly string[]) => AccountAnswer<Value>,
    signal: AbortSignal | undefined,
  ): Promise<AccountAnswer<Value>> {
    const result = await queries.ask(question, { http, account, signal });
    const said = readQuery(result, (reply) => queries.read(reply, question), now());
    return said.kind === 'items' ? readUnlessRefused(said.items, read, account) : said;
  }
  return {
    credit: ({ signal } = {}) => ask('credit', readCredit, signal),
    titles: ({ signal } = {}) => ask('titles', readTitles, signal),
    close: () => http.close(),
  };
}

/**
 * Codes with which the account's queries refuse: those seen in public clients, and those of the code list
 * which speak of an account. Others are no refusal here, since a title may begin with two digits.
 */
const refusalCodes: ReadonlySet<string> = new Set(['03', '10', '13', '20', '28', '76', '77', '90', '99']);

/**
 * Our choice, since JetSMS gives code and credit in the same form: a text that is one of these codes alone is a
 * refusal, not a credit of that number, so that a wrong login never reads as credit.
 */
function readUnlessRefused<Value>(
  texts: readonly string[],
  read: (texts: readonly string[]) => AccountAnswer<Value>,
  { password }: AccountSettings,
): AccountAnswer<Value> {
  const reply = texts.length === 1 ? parseReply(texts[0] ?? '') : undefined;
  if (reply?.kind !== 'reply' || !refusalCodes.has(reply.code)) return read(texts);
  return noAnswer(refusalOf(reply, password));
}

/** A number alone, with a comma or a point before its decimals. */
const amount = /^\d+(?:[.,]\d{1,4})?$/;

function readCredit([text = '']: readonly string[]): AccountAnswer<number> {
  if (text === '') return noAnswer({ kind: 'uncertain', cause: 'empty-reply' });
  return amount.test(text) ? { kind: 'answer', value: Number(text.replace(',', '.')) } : noAnswer(malformed);
}

/** An empty reply means that there are none. */
function readTitles(texts: readonly string[]): AccountAnswer<readonly string[]> {
  return { kind: 'answer', value: texts.map((text) => text.trim()).filter(Boolean) };
}
