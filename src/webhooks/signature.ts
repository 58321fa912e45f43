import { createHmac } from 'node:crypto';
import { secretPrefix } from '../settings/kinds.ts';

/** A request to an endpoint, as it is signed. */
export interface SignedContent {
  /** The same with every try. */
  readonly id: string;
  /** Epoch milliseconds of this try. */
  readonly at: number;
  readonly body: string;
}

/**
 * The headers of Standard Webhooks (standardwebhooks.com): receivers verify them with any of its libraries. There is a signature
 * for each secret.
 * @param secrets `whsec_‹base64›`
 */
export function signedHeaders(
  { id, at, body }: SignedContent,
  secrets: readonly string[],
): Readonly<Record<string, string>> {
  const seconds = Math.floor(at / 1_000);
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(secretPrefix.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': signatures.join(' '),
  };
}
