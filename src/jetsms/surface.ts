import type { AccountSettings } from '../settings/account.ts';
import type { HttpClient } from './http.ts';
import type { HttpResponse, HttpResult } from './http-exchange.ts';
import type { Outcome, RefusedByCode, RefusedByHttp, Uncertain, UncertainCause, Unsent } from './outcome.ts';
import type { ProviderRequest } from './provider-request.ts';
import type { Redactions } from './reply-outcome.ts';
import type { FoundRow, ReportRow } from './report-row.ts';

/** The login that a request carries, and the character set in which it is written. */
export type RequestLogin = Pick<AccountSettings, 'username' | 'password' | 'charset'>;

/** The account that a call is made for, and the HTTP client that it goes through. */
export interface SurfaceCall {
  readonly http: HttpClient;
  readonly account: AccountSettings;
  readonly signal: AbortSignal | undefined;
}

/** An HTTP response, its body as far as it came. */
export type SurfaceReply = Pick<HttpResponse, 'status' | 'headers' | 'body'>;

/** What a reading may need to know of the request. */
export interface ReplyContext {
  readonly request: ProviderRequest;
  readonly redactions: Redactions;
  /** Epoch milliseconds, to date Retry-After. */
  readonly nowMs: number;
  /** Why the reply is not whole; missing where it is. */
  readonly cut?: UncertainCause | undefined;
}

/** What a reply came to. */
export interface ReplyReading {
  readonly outcome: Outcome;
  /** Only where the surface answers per recipient: one outcome a message, in the order of the request. */
  readonly perMessage?: readonly Outcome[];
}

/** One way to speak JetSMS. The list of all is `surfaces`. */
export interface Surface {
  /** Whether it can send a request that has media. */
  readonly carriesMms: boolean;
  /**
   * Sends one request. What the network does is a result.
   * @throws ProviderRequestError where the surface cannot write the request
   */
  send(request: ProviderRequest, call: SurfaceCall): Promise<HttpResult>;
  /** What a reply to `send` came to. Pure. */
  readReply(reply: SurfaceReply, context: ReplyContext): ReplyReading;
  readonly queries: SurfaceQueries;
  readonly reports: SurfaceReports;
}

/** What an account can be asked: the credit left, or its approved titles. */
export type AccountQuestion = 'credit' | 'titles';

/** Why a query has no answer. */
export type QueryFailure = RefusedByCode | RefusedByHttp | Unsent | Uncertain;

/** How a surface asks for what JetSMS knows of an account. */
export interface SurfaceQueries {
  ask(question: AccountQuestion, call: SurfaceCall): Promise<HttpResult>;
  /** The texts that the reply holds, or why it holds none. Pure. */
  read(reply: SurfaceReply, question: AccountQuestion): QueryBody<string>;
}

/** What a surface reads from the body of a query's answer; `undefined` where only the HTTP status tells. */
export type QueryBody<Item> = readonly Item[] | QueryFailure | undefined;

/** How a surface asks what became of messages. */
export interface SurfaceReports {
  /** Where it asks. */
  address(account: AccountSettings): string;
  /** By JetSMS's id of a request: all messages of it. */
  readonly byGroup: ReportQuery<string, ReportRow>;
  /** By our own ids; undefined where the surface carries none. */
  readonly byIds: ReportQuery<readonly string[], ReportRow> | undefined;
  /** By day, number and title; undefined where the surface cannot. */
  readonly search: ReportQuery<MessageSearch, FoundRow> | undefined;
}

/** One way to ask for reports. */
export interface ReportQuery<Question, Row> {
  ask(question: Question, call: SurfaceCall): Promise<HttpResult>;
  /** The rows that the reply holds, or why it holds none. Pure. */
  read(reply: SurfaceReply, question: Question, account: AccountSettings): QueryBody<Row>;
}

/** What a message that is looked for was sent to, under which title, and between what times (epoch milliseconds). */
export interface MessageSearch {
  readonly number: string;
  readonly title: string;
  readonly fromMs: number;
  readonly toMs: number;
}
