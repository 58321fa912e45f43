import { type Dispatcher, Pool } from 'undici';
import {
  abortedCode,
  type HttpHeaders,
  outcomeOfError,
  outcomeOfStatus,
  requestTimeoutCode,
} from './http-outcome.ts';
import type { Uncertain, Unsent } from './outcome.ts';

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

export type HttpResult = HttpResponse | HttpFailed;

export interface HttpResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly headers: HttpHeaders;
  /** Whole for 2xx; for a status that tells the outcome by itself, as much as came. */
  readonly body: Buffer;
}

export interface HttpFailed {
  readonly kind: 'failed';
  readonly outcome: Unsent | Uncertain;
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
  const pool = new Pool(url.origin, {
    connections: options.connections,
    pipelining: 1,
    allowH2: false,
    connect: { timeout: options.connectTimeoutMs },
    headersTimeout: options.headersTimeoutMs,
    bodyTimeout: options.bodyTimeoutMs,
    maxResponseSize: options.maxReplyBytes,
  });
  const exchange = (method: 'POST' | 'GET', request: HttpRequest, body: Buffer | null): Promise<HttpResult> =>
    exchangeOn(
      pool,
      { method, path: request.path ?? ownPath, headers: request.headers ?? {}, body },
      { signal: request.signal, timeoutMs: options.requestTimeoutMs },
    );
  return {
    post: (request) => exchange('POST', request, request.body),
    get: (request) => exchange('GET', request, null),
    close: () => pool.close(),
    destroy: () => pool.destroy(),
  };
}

interface Limits {
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
}

function exchangeOn(pool: Pool, request: Dispatcher.DispatchOptions, limits: Limits): Promise<HttpResult> {
  if (limits.signal?.aborted) return Promise.resolve(neverStarted);
  return new Promise((resolve) => {
    pool.dispatch(request, watch(limits, resolve));
  });
}

const neverStarted: HttpFailed = { kind: 'failed', outcome: { kind: 'unsent', cause: 'aborted' } };

/**
 * Follows one request and settles once. undici calls `onRequestStart` on a connected socket, in the same
 * turn in which it writes the request; until then nothing of it has left, and from then on it may have.
 */
function watch(limits: Limits, resolve: (result: HttpResult) => void): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = [];
  let controller: Dispatcher.DispatchController | undefined;
  let status = 0;
  let headers: HttpHeaders = {};
  let replyStarted = false;
  let settled = false;

  // A process that stood still finds its time over and the reply already there: read first, then judge.
  let lastLook: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    lastLook = setImmediate(() => stop(requestTimeoutCode));
  }, limits.timeoutMs);
  const onAbort = (): void => stop(abortedCode);
  limits.signal?.addEventListener('abort', onAbort, { once: true });

  function settle(result: HttpResult): void {
    settled = true;
    clearTimeout(timer);
    clearImmediate(lastLook);
    limits.signal?.removeEventListener('abort', onAbort);
    resolve(result);
  }

  function respond(): void {
    const [first] = chunks;
    const body = first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks);
    settle({ kind: 'response', status, headers, body });
  }

  function fail(error: unknown): void {
    const requestStarted = controller !== undefined;
    if (settled) return;
    if (statusTells(status)) respond();
    else settle({ kind: 'failed', outcome: outcomeOfError(error, { requestStarted, replyStarted }) });
  }

  /** Ends the request ourselves; one that still waits for a connection is stopped when it gets it. */
  function stop(code: string): void {
    fail({ code });
    controller?.abort(new Error(code));
  }

  return {
    onRequestStart(started) {
      if (settled) started.abort(new Error(abortedCode));
      else controller = started;
    },
    onResponseStarted() {
      replyStarted = true;
    },
    onResponseStart(_controller, statusCode, replyHeaders) {
      if (statusCode < 200) return; // 1xx comes before the reply.
      status = statusCode;
      headers = replyHeaders;
    },
    onResponseData(_controller, chunk) {
      chunks.push(chunk);
    },
    onResponseEnd() {
      if (!settled) respond();
    },
    onResponseError(_controller, error) {
      fail(error);
    },
  };
}

/** A status that tells the outcome without its body, such as 503, still does when the body is cut. */
function statusTells(status: number): boolean {
  return status !== 0 && outcomeOfStatus(status, {}, 0) !== undefined;
}
