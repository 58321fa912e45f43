import { buildConnector, Pool } from 'undici';
import { packageVersion } from '../settings/package-files.ts';
import { exchangeOn, type HttpResult } from './http-exchange.ts';
import { withoutInterimReplies } from './interim-replies.ts';

export interface HttpClientOptions {
  readonly url: string;
  /** Requests in flight; further ones wait for a free connection. */
  readonly connections: number;
  /** Name lookup, TCP and TLS together. undici keeps this and the next two to about half a second. */
  readonly connectTimeoutMs: number;
  /** From the request written to the end of the reply's headers. */
  readonly headersTimeoutMs: number;
  /** Between two pieces of the reply's body. */
  readonly bodyTimeoutMs: number;
  /** The whole request, the wait for a free connection included. */
  readonly requestTimeoutMs: number;
  readonly maxReplyBytes: number;
}

export interface HttpRequest {
  /** Path and query; without it those of the client's URL. */
  readonly path?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** One endpoint's connections. Nothing here throws for what the network does: that is a result. */
export interface HttpClient {
  post(request: HttpRequest & { readonly body: Buffer }): Promise<HttpResult>;
  get(request: HttpRequest): Promise<HttpResult>;
  /** Lets the requests in flight end, takes no new ones. */
  close(): Promise<void>;
  /** Ends the requests in flight too; they come out as `aborted`. */
  destroy(): Promise<void>;
}

/**
 * A pool of kept-alive HTTP/1.1 connections to one endpoint. Redirects are not followed.
 *
 * A POST is sent once: undici repeats a request only if it is idempotent and stood behind another one on
 * the same connection, and here neither happens (pipelining is 1, HTTP/2 is off).
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const url = new URL(options.url);
  const ownPath = url.pathname + url.search;
  const ownHeaders = { 'accept-encoding': 'identity', 'user-agent': `jetsms-delivery/${packageVersion()}` };
  const pool = new Pool(url.origin, {
    connections: options.connections,
    pipelining: 1,
    allowH2: false,
    connect: connector(options.connectTimeoutMs),
    headersTimeout: options.headersTimeoutMs,
    bodyTimeout: options.bodyTimeoutMs,
  });
  const { requestTimeoutMs: timeoutMs, maxReplyBytes } = options;
  const exchange = (method: 'POST' | 'GET', request: HttpRequest, body: Buffer | null): Promise<HttpResult> =>
    exchangeOn(
      pool,
      { method, path: request.path ?? ownPath, headers: { ...ownHeaders, ...request.headers }, body },
      { signal: request.signal, timeoutMs, maxReplyBytes },
    );
  return {
    post: (request) => exchange('POST', request, request.body),
    get: (request) => exchange('GET', request, null),
    close: () => pool.close(),
    destroy: () => pool.destroy(),
  };
}

/** undici's own connections, but without interim replies. */
function connector(timeoutMs: number): buildConnector.connector {
  const connect = buildConnector({ timeout: timeoutMs, allowH2: false });
  return (options, callback) =>
    connect(options, (...[error, socket]) =>
      error ? callback(error, null) : callback(null, withoutInterimReplies(socket)),
    );
}
