import { createHttpClient } from '../jetsms/http.ts';
import type { HttpResult } from '../jetsms/http-exchange.ts';
import { parseRetryAfter } from '../jetsms/retry-after.ts';
import type { WebhookEndpoint } from '../settings/settings.ts';
import { type SignedContent, signedHeaders } from './signature.ts';

/** What an endpoint answered. */
export interface Answer {
  /** A status from 200 to 299. */
  readonly isTaken: boolean;
  /** Status 410: it wants nothing more. */
  readonly isGone: boolean;
  /** `http-<status>`, or a cause such as `connect-timeout`. */
  readonly code: string;
  readonly retryAfterMs: number | undefined;
  readonly tookMs: number;
}

/** Sends to one endpoint. */
export interface Sender {
  /** Never throws for what the network does. */
  send(content: SignedContent): Promise<Answer>;
  close(): Promise<void>;
}

export interface SenderOptions {
  readonly endpoint: Pick<WebhookEndpoint, 'url' | 'secret' | 'proxyUrl'>;
  readonly connections: number;
  readonly timeoutMs: number;
}

/** Of a reply no more is read: only its status counts. */
const mostReplyBytes = 4_096;

const longestConnectMs = 5_000;

/** No redirect is followed, and TLS is verified as everywhere. */
export function createSender({ endpoint, connections, timeoutMs }: SenderOptions): Sender {
  const client = createHttpClient({
    url: endpoint.url,
    proxyUrl: endpoint.proxyUrl,
    connections,
    connectTimeoutMs: Math.min(longestConnectMs, timeoutMs),
    headersTimeoutMs: timeoutMs,
    bodyTimeoutMs: timeoutMs,
    requestTimeoutMs: timeoutMs,
    maxReplyBytes: mostReplyBytes,
  });
  return {
    async send(content) {
      const startedAt = performance.now();
      const result = await client.post({
        headers: { 'content-type': 'application/json', ...signedHeaders(content, endpoint.secret) },
        body: Buffer.from(content.body),
      });
      return { ...answerOf(result, content.at), tookMs: Math.round(performance.now() - startedAt) };
    },
    close: () => client.close(),
  };
}

function answerOf(result: HttpResult, at: number): Omit<Answer, 'tookMs'> {
  if (result.kind === 'failed') {
    return { isTaken: false, isGone: false, code: result.outcome.cause, retryAfterMs: undefined };
  }
  const { status, headers } = result;
  const asked = headers['retry-after'];
  return {
    isTaken: status >= 200 && status <= 299,
    isGone: status === 410,
    code: `http-${status}`,
    retryAfterMs: parseRetryAfter(typeof asked === 'string' ? asked : undefined, at),
  };
}
