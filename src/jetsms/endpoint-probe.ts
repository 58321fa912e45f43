import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { createConnector, type WayOptions } from './connector.ts';
import { outcomeOfError } from './http-outcome.ts';
import type { UnsentCause } from './outcome.ts';

/** What a probe of an endpoint found. */
export type EndpointProbe =
  | {
      readonly kind: 'reached';
      readonly tookMs: number;
      /** When the endpoint's certificate ends, epoch milliseconds; undefined for http. */
      readonly certificateEndsAt: number | undefined;
    }
  | { readonly kind: 'unreachable'; readonly cause: UnsentCause };

/**
 * Opens a connection as a send would, through the proxy where there is one, with the TLS handshake where the address is
 * https, and closes it. No request is sent to the endpoint, so nothing can be taken for a message. Never throws for what
 * the network does.
 */
export function probeEndpoint(address: string, way: WayOptions): Promise<EndpointProbe> {
  const startedAt = performance.now();
  const { protocol, hostname, host, port } = new URL(address);
  const connect = createConnector(address, way);
  return new Promise((resolve) => {
    const fail = (error: unknown): void => {
      const { cause } = outcomeOfError(error, { requestStarted: false, replyStarted: false });
      resolve({ kind: 'unreachable', cause: cause as UnsentCause });
    };
    const options = { protocol, hostname: hostname.replace(/^\[(.*)\]$/, '$1'), host, port };
    connect(options, (...[error, socket]) => {
      if (error) return fail(error);
      const certificateEndsAt = certificateEnd(socket);
      socket.on('error', () => {}).destroy();
      resolve({ kind: 'reached', tookMs: Math.round(performance.now() - startedAt), certificateEndsAt });
    });
  });
}

function certificateEnd(socket: Socket | TLSSocket): number | undefined {
  if (!('getPeerCertificate' in socket)) return undefined;
  const endsAt = Date.parse(socket.getPeerCertificate().valid_to);
  return Number.isNaN(endsAt) ? undefined : endsAt;
}
