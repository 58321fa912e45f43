import { findRow, parseReply } from '../codes/index.ts';
import { decodeReply } from '../codes/parse-reply.ts';
import type { AccountSettings } from '../settings/account.ts';
import { createHttpClient, type HttpClient } from './http.ts';
import type { HttpResponse, HttpResult } from './http-exchange.ts';
import { outcomeOfStatus } from './http-outcome.ts';
import type { RefusedByCode, RefusedByHttp, Uncertain, Unsent } from './outcome.ts';
import { scrubProviderText } from './scrub.ts';
import { outcomeOfFault } from './web-service/reply.ts';
import { child, parameter, readSoap, soapRequest, textOf } from './web-service/soap.ts';

/** What the account was asked: its value, or why there is none. A query sends nothing, so it may be repeated. */
export type AccountAnswer<Value> =
  | { readonly kind: 'answer'; readonly value: Value }
  | { readonly kind: 'no-answer'; readonly why: QueryFailure };

/** What JetSMS tells of an account. Nothing here throws for what the network or the provider does. */
export interface AccountQueries {
  /** The credit left, in the provider's unit. */
  credit(options?: { readonly signal?: AbortSignal }): Promise<AccountAnswer<number>>;
  /** The account's approved titles, as they were spelled. */
  titles(options?: { readonly signal?: AbortSignal }): Promise<AccountAnswer<readonly string[]>>;
  close(): Promise<void>;
}

/**
 * Queries over the account's surface: `examine` of the XML family, or ReportQuota and ReportOriginator of
 * the web service.
 */
export function createAccountQueries(account: AccountSettings, now: () => number = Date.now): AccountQueries {
  const http = createHttpClient({ ...account, connections: 1 });
  const queries = account.surface === 'xml' ? examineQueries : webServiceQueries;
  async function ask<Value>(
    question: Question,
    read: (texts: readonly string[]) => AccountAnswer<Value>,
    signal: AbortSignal | undefined,
  ): Promise<AccountAnswer<Value>> {
    const result = await queries.ask(http, account, question, signal);
    if (result.kind === 'failed') return noAnswer(result.outcome);
    // Half a number is another number.
    if (result.cut !== undefined) return noAnswer({ kind: 'uncertain', cause: result.cut });
    const said = queries.read(result, question) ?? outcomeOfStatus(result.status, result.headers, now());
    if (said === undefined) return noAnswer(malformed);
    return 'kind' in said ? noAnswer(said) : readUnlessRefused(said, read, account);
  }
  return {
    credit: ({ signal } = {}) => ask('credit', readCredit, signal),
    titles: ({ signal } = {}) => ask('titles', readTitles, signal),
    close: () => http.close(),
  };
}

type Question = 'credit' | 'titles';
type QueryFailure = RefusedByCode | RefusedByHttp | Unsent | Uncertain;

/** How one surface asks, and the texts that its reply holds; `undefined` where only the status speaks. */
interface Queries {
  ask(
    http: HttpClient,
    account: AccountSettings,
    question: Question,
    signal: AbortSignal | undefined,
  ): Promise<HttpResult>;
  read(response: HttpResponse, question: Question): readonly string[] | QueryFailure | undefined;
}

const malformed: Uncertain = { kind: 'uncertain', cause: 'malformed-reply' };

/** Source: two independent clients of the XML family. */
const examineQueries: Queries = {
  ask: (http, account, question, signal) => http.get({ path: examinePath(account, question), signal }),
  read({ status, body }, question) {
    if (status !== 200) return undefined;
    const text = decodeReply(body).trim();
    if (text.startsWith('<')) return { kind: 'uncertain', cause: 'html-reply' };
    return question === 'titles' ? text.split(titleSeparator) : [text];
  },
};

/** Our choice, unknown on the wire: titles stand on lines, or between these marks. */
const titleSeparator = /[\r\n\t,;|]+/;

/** `examine` lies beside `xmlsms`. */
function examinePath({ url, username, password }: AccountSettings, question: Question): string {
  const examine = new URL('examine', url.replace(/\/+$/, ''));
  const type = question === 'credit' ? 'charge' : 'titles';
  return `${examine.pathname}?${new URLSearchParams({ username, password, type })}`;
}

/** Source: the provider's WSDL and its manual of the web service. */
const webServiceQueries: Queries = {
  ask(http, { username, password }, question, signal) {
    const operation = question === 'credit' ? 'ReportQuota' : 'ReportOriginator';
    const parameters = parameter('user', username) + parameter('password', password);
    return http.post({ ...soapRequest(operation, parameters), signal });
  },
  read({ status, body }) {
    if (status !== 200 && status !== 500) return undefined;
    const reading = readSoap(body);
    switch (reading.kind) {
      case 'fault':
        return outcomeOfFault(reading, () => []);
      case 'result':
        return textsOf(reading.value);
      case 'other':
        return undefined;
    }
  },
};

/** One string, or an array of strings; an array without any is empty. */
function textsOf(result: unknown): readonly string[] {
  const strings = child(result, 'string');
  return Array.isArray(strings) ? strings.map(textOf) : [textOf(result)];
}

/**
 * Codes with which the account's queries refuse: those seen in public clients, and those of the code list
 * which speak of an account. Others are no refusal here, since a title may begin with two digits.
 */
const refusalCodes: ReadonlySet<string> = new Set(['03', '10', '13', '20', '28', '76', '77', '90', '99']);

/**
 * Our choice where the wire is ambiguous: a text that is such a code alone is a refusal, not a credit of
 * that number, so that a wrong login never reads as credit.
 */
function readUnlessRefused<Value>(
  texts: readonly string[],
  read: (texts: readonly string[]) => AccountAnswer<Value>,
  { password }: AccountSettings,
): AccountAnswer<Value> {
  const reply = texts.length === 1 ? parseReply(texts[0] ?? '') : undefined;
  if (reply?.kind !== 'reply' || !refusalCodes.has(reply.code)) return read(texts);
  const text = scrubProviderText(reply.text, [password]);
  return noAnswer({
    kind: 'refused',
    by: 'code',
    code: reply.code,
    row: findRow(reply.code, reply.text),
    text,
  });
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

function noAnswer(why: QueryFailure): { readonly kind: 'no-answer'; readonly why: QueryFailure } {
  return { kind: 'no-answer', why };
}
