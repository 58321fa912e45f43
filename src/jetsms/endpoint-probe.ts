import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
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
 * Opens a connection, with the TLS handshake where the address is https, and closes it. No request is sent, so
 * nothing can be taken for a message. Never throws for what the network does.
 */
export function probeEndpoint(address: string, timeoutMs: number): Promise<EndpointProbe> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const { socket, readyEvent } = openSocket(new URL(address));
    const end = (probe: EndpointProbe): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(probe);
    };
    const fail = (error: unknown): void => {
      const { cause } = outcomeOfError(error, { requestStarted: false, replyStarted: false });
      end({ kind: 'unreachable', cause: cause as UnsentCause });
    };
    const timer = setTimeout(() => fail({ code: 'ETIMEDOUT' }), timeoutMs);
    socket.on('error', fail);
    socket.once(readyEvent, () =>
      end({
        kind: 'reached',
        tookMs: Math.round(performance.now() - startedAt),
        certificateEndsAt: certificateEnd(socket),
      }),
    );
  });
}

function openSocket({ protocol, hostname, port }: URL): { socket: Socket; readyEvent: string } {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (protocol === 'http:') {
    return { socket: connectTcp({ host, port: Number(port || 80) }), readyEvent: 'connect' };
  }
  const isName = !/^[\d.]+$|:/.test(host);
  const socket = connectTls({
    host,
    port: Number(port || 443),
    ALPNProtocols: ['http/1.1'],
    ...(isName ? { servername: host } : {}),
  });
  return { socket, readyEvent: 'secureConnect' };
}

function certificateEnd(socket: Socket | TLSSocket): number | undefined {
  if (!('getPeerCertificate' in socket)) return undefined;
  const endsAt = Date.parse(socket.getPeerCertificate().valid_to);
  return Number.isNaN(endsAt) ? undefined : endsAt;
}
