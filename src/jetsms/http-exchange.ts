import type { Dispatcher, Pool } from 'undici';
import { decodeBody } from './content-encoding.ts';
import {
  abortedCode,
  type HttpHeaders,
  outcomeOfError,
  outcomeOfStatus,
  replyTooLargeCode,
  requestTimeoutCode,
} from './http-outcome.ts';
import type { Uncertain, UncertainCause, Unsent } from './outcome.ts';

export type HttpResult = HttpResponse | HttpFailed;

export interface HttpResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly headers: HttpHeaders;
  /** As much as came, decoded. */
  readonly body: Buffer;
  /** Why the body is not whole; missing where it is, and where the status tells the outcome by itself. */
  readonly cut?: UncertainCause;
}

export interface HttpFailed {
  readonly kind: 'failed';
  readonly outcome: Unsent | Uncertain;
}

export interface ExchangeLimits {
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
  readonly maxReplyBytes: number;
}

/** One request and its reply on a connection of the pool. */
export function exchangeOn(
  pool: Pool,
  request: Dispatcher.DispatchOptions,
  limits: ExchangeLimits,
): Promise<HttpResult> {
  if (limits.signal?.aborted) return Promise.resolve(neverStarted);
  return new Promise((resolve) => {
    pool.dispatch(request, watch(limits, resolve));
  });
}

const neverStarted: HttpFailed = { kind: 'failed', outcome: { kind: 'unsent', cause: 'aborted' } };

/** What has come of a reply so far. */
interface Reply {
  status: number;
  headers: HttpHeaders;
  readonly chunks: Buffer[];
  receivedBytes: number;
}

/**
 * Follows one request and settles once. undici calls `onRequestStart` on a connected socket, in the same
 * turn in which it writes the request; until then nothing of it has left, and from then on it may have.
 */
function watch(limits: ExchangeLimits, resolve: (result: HttpResult) => void): Dispatcher.DispatchHandler {
  const { maxReplyBytes } = limits;
  const reply: Reply = { status: 0, headers: {}, chunks: [], receivedBytes: 0 };
  let controller: Dispatcher.DispatchController | undefined;
  let replyStarted = false;
  let settled = false;
  const endWatch = watchLimits(limits, stop);

  function settle(result: HttpResult): void {
    settled = true;
    endWatch();
    resolve(result);
  }

  /** What came of a reply before it failed is read: it may say already what became of the request. */
  function fail(error: unknown): void {
    if (settled) return;
    if (statusTells(reply.status)) {
      settle(responseOf(reply, maxReplyBytes));
      return;
    }
    const outcome = outcomeOfError(error, { requestStarted: controller !== undefined, replyStarted });
    const isCut = outcome.kind === 'uncertain' && reply.receivedBytes > 0;
    settle(isCut ? responseOf(reply, maxReplyBytes, outcome.cause) : { kind: 'failed', outcome });
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
    onResponseStart(_controller, statusCode, headers) {
      reply.status = statusCode;
      reply.headers = headers;
    },
    onResponseData(_controller, chunk) {
      if (settled) return;
      reply.chunks.push(chunk.subarray(0, maxReplyBytes - reply.receivedBytes));
      reply.receivedBytes += chunk.length;
      if (reply.receivedBytes > maxReplyBytes) stop(replyTooLargeCode);
    },
    onResponseEnd() {
      if (!settled) settle(responseOf(reply, maxReplyBytes));
    },
    onResponseError(_controller, error) {
      fail(error);
    },
  };
}

/**
 * Stops a request whose time is over, or that nobody wants any more.
 * @returns ends the watch
 */
function watchLimits({ signal, timeoutMs }: ExchangeLimits, stop: (code: string) => void): () => void {
  // After a process was suspended the timer fires first, although the reply may have arrived meanwhile: one more turn of
  // the event loop lets it be read.
  let lastLook: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    lastLook = setImmediate(() => stop(requestTimeoutCode));
  }, timeoutMs);
  const onAbort = (): void => stop(abortedCode);
  signal?.addEventListener('abort', onAbort, { once: true });
  return () => {
    clearTimeout(timer);
    clearImmediate(lastLook);
    signal?.removeEventListener('abort', onAbort);
  };
}

/** @param cut why no more of the reply came, where that is so */
function responseOf(
  { status, headers, chunks }: Reply,
  maxReplyBytes: number,
  cut?: UncertainCause,
): HttpResponse {
  const [first] = chunks;
  const came = first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks);
  const { bytes: body, cut: undecoded } = decodeBody(came, headers, maxReplyBytes);
  const why = cut ?? undecoded;
  return { kind: 'response', status, headers, body, ...(why !== undefined && { cut: why }) };
}

/** A status that tells the outcome without its body, such as 503, still does when the body is cut. */
function statusTells(status: number): boolean {
  return status !== 0 && outcomeOfStatus(status, {}, 0) !== undefined;
}
