import { type buildConnector, Pool } from 'undici';
import { packageVersion } from '../settings/package-files.ts';
import { createConnector, type WayOptions } from './connector.ts';
import { exchangeOn, type HttpResult } from './http-exchange.ts';
import { withoutInterimReplies } from './interim-replies.ts';

export interface HttpClientOptions extends WayOptions {
  readonly url: string;
  /** Requests in flight; further ones wait for a free connection. */
  readonly connections: number;
  /** From the request written to the end of the reply's headers. undici keeps this and the next to about half a second. */
  readonly headersTimeoutMs: number;
  /** Between two pieces of the reply's body. */
  readonly bodyTimeoutMs: number;
  /** The whole request, the wait for a free connection included. */
  readonly requestTimeoutMs: number;
  readonly maxReplyBytes: number;
  /** How long an idle connection is kept, at most; 0 = a connection for each request. */
  readonly keepAliveMs?: number;
}

/** What a server is known to keep a connection for, where it does not say. */
export const defaultKeepAliveMs = 4_000;

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
  const { requestTimeoutMs: timeoutMs, maxReplyBytes, keepAliveMs = defaultKeepAliveMs } = options;
  const reset = keepAliveMs === 0;
  const pool = new Pool(url.origin, {
    connections: options.connections,
    pipelining: 1,
    allowH2: false,
    connect: withoutInterim(createConnector(options.url, options)),
    keepAliveTimeout: keepAliveMs || defaultKeepAliveMs,
    keepAliveMaxTimeout: keepAliveMs || defaultKeepAliveMs,
    headersTimeout: options.headersTimeoutMs,
    bodyTimeout: options.bodyTimeoutMs,
  });
  const exchange = (method: 'POST' | 'GET', request: HttpRequest, body: Buffer | null): Promise<HttpResult> =>
    exchangeOn(
      pool,
      { method, path: request.path ?? ownPath, headers: { ...ownHeaders, ...request.headers }, body, reset },
      { signal: request.signal, timeoutMs, maxReplyBytes },
    );
  return {
    post: (request) => exchange('POST', request, request.body),
    get: (request) => exchange('GET', request, null),
    close: () => pool.close(),
    destroy: () => pool.destroy(),
  };
}

/** The same connections without interim replies, at the inner end of a tunnel too. */
function withoutInterim(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) =>
    connect(options, (...[error, socket]) =>
      error ? callback(error, null) : callback(null, withoutInterimReplies(socket)),
    );
}
