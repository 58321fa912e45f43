import type { RefusedByHttp, Uncertain, UncertainCause, Unsent, UnsentCause } from './outcome.ts';
import { causeOfProxyErrorCode } from './proxy-causes.ts';
import { parseRetryAfter } from './retry-after.ts';

/** Reply headers, names in lower case. */
export type HttpHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

interface StatusRow {
  readonly from: number;
  readonly to: number;
  /** What the status says by itself; `body` where only the reply's body tells. */
  readonly says: 'body' | 'refused' | UnsentCause | UncertainCause;
}

/**
 * What each HTTP status comes to; the first row that fits counts. JetSMS is only known to answer 200; the other
 * rows follow the meaning of the status in HTTP. Our choice, unknown of JetSMS: 2xx other than 200 is read like 200;
 * 300, 309–399 and 430–499 refuse like the statuses beside them; a number that is no HTTP status is not a reply.
 */
const statusRows: readonly StatusRow[] = [
  { from: 200, to: 299, says: 'body' },
  { from: 300, to: 399, says: 'refused' },
  { from: 408, to: 408, says: 'http-408' },
  { from: 429, to: 429, says: 'http-429' },
  { from: 400, to: 499, says: 'refused' },
  { from: 503, to: 503, says: 'http-503' },
  { from: 500, to: 599, says: 'http-5xx' },
  { from: 0, to: 999, says: 'malformed-reply' },
];

/** What an HTTP status came to by itself; `undefined` where the body decides (2xx). `nowMs` dates Retry-After. */
export function outcomeOfStatus(
  status: number,
  headers: HttpHeaders,
  nowMs: number,
): RefusedByHttp | Unsent | Uncertain | undefined {
  const says = statusRows.find((row) => status >= row.from && status <= row.to)?.says ?? 'malformed-reply';
  switch (says) {
    case 'body':
      return undefined;
    case 'refused':
      return { kind: 'refused', by: 'http', status };
    case 'http-408':
    case 'http-429':
    case 'http-503':
      return unsentUntil(says, parseRetryAfter(firstOf(headers['retry-after']), nowMs));
    default:
      return { kind: 'uncertain', cause: says as UncertainCause, status };
  }
}

function unsentUntil(cause: UnsentCause, retryAfterMs: number | undefined): Unsent {
  return { kind: 'unsent', cause, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

function firstOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'object' ? header[0] : header;
}

/** How far a request got before it failed. */
export interface RequestProgress {
  /** Its first byte may have left. */
  readonly requestStarted: boolean;
  /** The reply's first byte has come. */
  readonly replyStarted: boolean;
}

/** Error codes of requests that we ended ourselves. */
export const requestTimeoutCode = 'JETSMS_REQUEST_TIMEOUT';
export const replyTooLargeCode = 'JETSMS_REPLY_TOO_LARGE';
export const abortedCode = 'JETSMS_ABORTED';

/** What an error means before the request began to be written. Anything else: `connection-failed`. */
const unsentByCode: ReadonlyMap<string, UnsentCause> = new Map(
  Object.entries({
    ENOTFOUND: 'dns',
    EAI_AGAIN: 'dns',
    EAI_FAIL: 'dns',
    EAI_NODATA: 'dns',
    EAI_NONAME: 'dns',
    ENODATA: 'dns',
    ESERVFAIL: 'dns',
    ECONNREFUSED: 'connection-refused',
    UND_ERR_CONNECT_TIMEOUT: 'connect-timeout',
    ETIMEDOUT: 'connect-timeout',
    // The time of the whole request went by while it waited for a free connection.
    [requestTimeoutCode]: 'connect-timeout',
    EHOSTUNREACH: 'connection-failed',
    ENETUNREACH: 'connection-failed',
    EADDRNOTAVAIL: 'connection-failed',
    EMFILE: 'connection-failed',
    EPROTO: 'tls',
    ECONNRESET: 'reset-before-write',
    ECONNABORTED: 'reset-before-write',
    EPIPE: 'reset-before-write',
    UND_ERR_SOCKET: 'reset-before-write',
    [abortedCode]: 'aborted',
    UND_ERR_ABORTED: 'aborted',
    UND_ERR_CLOSED: 'aborted',
    UND_ERR_DESTROYED: 'aborted',
  }),
);

/** Node's TLS errors and OpenSSL's reasons for not trusting a certificate, which are too many to list. */
const tlsCode =
  /^(?:ERR_SSL_|ERR_TLS_|UNABLE_TO_|CRL_)|CERT|^(?:INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH)$/;

/** What an error means once the request began to be written. Anything else: by whether a reply had begun. */
const uncertainByCode: ReadonlyMap<string, UncertainCause> = new Map(
  Object.entries({
    UND_ERR_HEADERS_TIMEOUT: 'reply-timeout',
    UND_ERR_BODY_TIMEOUT: 'body-timeout',
    [requestTimeoutCode]: 'request-timeout',
    [replyTooLargeCode]: 'reply-too-large',
    UND_ERR_HEADERS_OVERFLOW: 'reply-too-large',
    UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'cut-reply',
    HPE_INVALID_EOF_STATE: 'cut-reply',
    [abortedCode]: 'aborted',
    UND_ERR_ABORTED: 'aborted',
    UND_ERR_CLOSED: 'aborted',
    UND_ERR_DESTROYED: 'aborted',
  }),
);

/**
 * What a failed request came to: `unsent` only where nothing can have left, else `uncertain`. Told by the
 * error's code, since an error class can be loaded twice.
 */
export function outcomeOfError(error: unknown, progress: RequestProgress): Unsent | Uncertain {
  const code = codeOf(error);
  if (!progress.requestStarted) return { kind: 'unsent', cause: unsentCauseOf(code) };
  return { kind: 'uncertain', cause: uncertainCauseOf(code, progress.replyStarted) };
}

function unsentCauseOf(code: string): UnsentCause {
  return (
    unsentByCode.get(code) ??
    causeOfProxyErrorCode.get(code) ??
    (tlsCode.test(code) ? 'tls' : 'connection-failed')
  );
}

function uncertainCauseOf(code: string, replyStarted: boolean): UncertainCause {
  const known = uncertainByCode.get(code);
  if (known !== undefined) return known;
  if (code.startsWith('HPE_')) return 'malformed-reply';
  return replyStarted ? 'cut-reply' : 'reset-after-write';
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error && error.name === 'HTTPParserError' ? parserCodeOf(error) : '';
}

/** undici 8.12 means to give a parser error llhttp's code, but leaves it undefined; only the reason is there. */
function parserCodeOf({ message }: Error): string {
  return message.includes('Invalid EOF state') ? 'HPE_INVALID_EOF_STATE' : 'HPE_UNKNOWN';
}
