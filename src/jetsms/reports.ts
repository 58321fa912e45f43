import type { AccountSettings } from '../settings/account.ts';
import { createHttpClient, type HttpClient } from './http.ts';
import type { HttpResult } from './http-exchange.ts';
import { type NoAnswer, readQuery } from './query.ts';
import type { FoundRow, ReportRow } from './report-row.ts';
import type { MessageSearch, ReportQuery } from './surface.ts';
import { surfaces } from './surfaces.ts';

export { reportCodeInWords } from './report-codes.ts';
export type { FoundRow, ReportRow, ReportState } from './report-row.ts';
export type { MessageSearch } from './surface.ts';

/**
 * The rows of a whole answer, which may be none; or why there is no answer (refused, unsent, uncertain, unreadable). That
 * a message has no row proves nothing: how soon JetSMS knows one is not public.
 */
export type ReportAnswer = { readonly kind: 'rows'; readonly rows: readonly ReportRow[] } | NoAnswer;

/** What a search found, likewise. */
export type SearchAnswer = { readonly kind: 'rows'; readonly rows: readonly FoundRow[] } | NoAnswer;

export interface QueryOptions {
  readonly signal?: AbortSignal;
}

/**
 * Asks JetSMS what became of messages. A question sends nothing, so it may be repeated. Nothing here throws for what the
 * network or the provider does. Rows hold phone numbers and texts: never log them.
 */
export interface ReportClient {
  /** All messages of a request, by JetSMS's id of it. */
  byGroup(groupId: string, options?: QueryOptions): Promise<ReportAnswer>;
  /** By our own ids; undefined where the account cannot be asked by them. */
  readonly byIds:
    | ((messageIds: readonly string[], options?: QueryOptions) => Promise<ReportAnswer>)
    | undefined;
  /** What was sent to a number under a title between two times; undefined where the account cannot be asked. */
  readonly search: ((search: MessageSearch, options?: QueryOptions) => Promise<SearchAnswer>) | undefined;
  /** Lets the questions in flight end, takes no new ones. */
  close(): Promise<void>;
}

/**
 * Whether JetSMS has our own ids of an account's messages: only the V2 operations of the web service carry them.
 * SendSMSAdvanced, which messageType and messageHeader call for, does not, and neither does SendMMS.
 */
export function canAskByIds({
  surface,
  webServiceOperations,
  messageType,
  messageHeader,
}: Pick<AccountSettings, 'surface' | 'webServiceOperations' | 'messageType' | 'messageHeader'>): boolean {
  return (
    surface === 'web-service' && webServiceOperations === 'v2' && messageType === '' && messageHeader === ''
  );
}

/** The most ids of one question. Our choice: how many JetSMS takes is not public. */
export const mostIds = 100;

/** Our choice: questions in flight at a time, so that they leave JetSMS to the messages. */
const connections = 4;

/**
 * Reports over the account's surface; an XML account with a `webServiceUrl` searches there.
 * @param onReply sees each reply as it came, before it is read
 */
export function createReportClient(
  account: AccountSettings,
  now: () => number = Date.now,
  onReply?: (reply: HttpResult) => void,
): ReportClient {
  const { reports } = surfaces[account.surface];
  const own = createHttpClient({ ...account, url: reports.address(account), connections });
  const secondWay = reports.search === undefined ? secondWayOf(account) : undefined;
  const ask =
    <Question, Row>(query: ReportQuery<Question, Row>, http: HttpClient) =>
    async (question: Question, { signal }: QueryOptions = {}): Promise<Rows<Row> | NoAnswer> => {
      const result = await query.ask(question, { http, account, signal });
      onReply?.(result);
      const said = readQuery(result, (reply) => query.read(reply, question, account), now());
      return said.kind === 'items' ? { kind: 'rows', rows: said.items } : said;
    };
  const search = reports.search ?? surfaces['web-service'].reports.search;
  const searchedAt = reports.search === undefined ? secondWay : own;
  return {
    byGroup: ask(reports.byGroup, own),
    byIds: reports.byIds && canAskByIds(account) ? ask(reports.byIds, own) : undefined,
    search: search && searchedAt ? ask(search, searchedAt) : undefined,
    async close() {
      await Promise.all([own.close(), secondWay?.close()]);
    },
  };
}

interface Rows<Row> {
  readonly kind: 'rows';
  readonly rows: readonly Row[];
}

/** The web service of an account that speaks another surface, where the settings name one. */
function secondWayOf(account: AccountSettings): HttpClient | undefined {
  if (account.webServiceUrl === '') return undefined;
  return createHttpClient({ ...account, url: account.webServiceUrl, connections });
}
