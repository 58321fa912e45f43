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

/**
 * Follows one request and settles once. undici calls `onRequestStart` on a connected socket, in the same
 * turn in which it writes the request; until then nothing of it has left, and from then on it may have.
 */
function watch(limits: ExchangeLimits, resolve: (result: HttpResult) => void): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = [];
  let receivedBytes = 0;
  let controller: Dispatcher.DispatchController | undefined;
  let status = 0;
  let headers: HttpHeaders = {};
  let replyStarted = false;
  let settled = false;

  // After a process was suspended the timer fires first, although the reply may have arrived meanwhile: one more turn of
  // the event loop lets it be read.
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

  function respond(cut?: UncertainCause): void {
    const [first] = chunks;
    const came = first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks);
    const { bytes: body, cut: undecoded } = decodeBody(came, headers, limits.maxReplyBytes);
    const why = cut ?? undecoded;
    settle({ kind: 'response', status, headers, body, ...(why !== undefined && { cut: why }) });
  }

  /** What came of a reply before it failed is read: it may say already what became of the request. */
  function fail(error: unknown): void {
    if (settled) return;
    if (statusTells(status)) {
      respond();
      return;
    }
    const outcome = outcomeOfError(error, { requestStarted: controller !== undefined, replyStarted });
    if (outcome.kind === 'uncertain' && receivedBytes > 0) respond(outcome.cause);
    else settle({ kind: 'failed', outcome });
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
      status = statusCode;
      headers = replyHeaders;
    },
    onResponseData(_controller, chunk) {
      if (settled) return;
      chunks.push(chunk.subarray(0, limits.maxReplyBytes - receivedBytes));
      receivedBytes += chunk.length;
      if (receivedBytes > limits.maxReplyBytes) stop(replyTooLargeCode);
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
