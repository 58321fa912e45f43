import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { buildConnector, Client } from 'undici';
import { packageVersion } from '../settings/package-files.ts';
import { outcomeOfError } from './http-outcome.ts';
import type { ProxyCause, UnsentCause } from './outcome.ts';

/** A tunnel, or why there is none: nothing that was meant for its end can have left then. */
export type Tunnel =
  | { readonly kind: 'open'; readonly socket: Socket }
  | { readonly kind: 'none'; readonly cause: ProxyCause };

export interface TunnelOptions {
  /** http:// or https://, with the login where the proxy wants one. */
  readonly proxy: URL;
  /** Name lookup, TCP and TLS to the proxy, and its answer to CONNECT, together. */
  readonly timeoutMs: number;
  /** Whom to trust at an https:// proxy; Node's own choice where missing. */
  readonly secureContext?: SecureContext;
}

/**
 * Opens a tunnel to an address by CONNECT (RFC 9110 section 9.3.6). Never throws for what the network or the proxy does.
 *
 * Not undici's `ProxyAgent`: all that its errors tell of a refusal is a sentence, and they do not tell the proxy from what
 * lies behind it (decision 32). The parts are the same: a client of undici's that asks for CONNECT.
 * @param authority `host:port`, an IPv6 address in brackets
 */
export async function openTunnel(authority: string, options: TunnelOptions): Promise<Tunnel> {
  const { proxy, timeoutMs, secureContext } = options;
  const { origin, username, password } = proxy;
  const client = new Client(origin, {
    allowH2: false,
    connect: buildConnector({ timeout: timeoutMs, allowH2: false, ...(secureContext && { secureContext }) }),
    headersTimeout: 0,
  });
  const timer = setTimeout(() => void client.destroy(timedOut()), timeoutMs);
  try {
    const headers = { host: authority, 'user-agent': `jetsms-delivery/${packageVersion()}` };
    const { statusCode, socket } = await client.connect({
      path: authority,
      headers: { ...headers, ...loginOf(username, password) },
    });
    // undici's type says Duplex; it is the socket of the client.
    if (statusCode >= 200 && statusCode <= 299) return { kind: 'open', socket: socket as Socket };
    socket.on('error', () => {}).destroy();
    return { kind: 'none', cause: causeOfStatus(statusCode) };
  } catch (error) {
    return { kind: 'none', cause: causeOfError(error) };
  } finally {
    clearTimeout(timer);
    // Of a tunnel that stands the client knows nothing any more.
    void client.destroy();
  }
}

const timedOut = (): Error => Object.assign(new Error('no tunnel in time'), { code: 'ETIMEDOUT' });

function loginOf(username: string, password: string): Readonly<Record<string, string>> {
  if (username === '' && password === '') return {};
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` };
}

/**
 * What a proxy answers to CONNECT: it wants another login, will not let us there, or cannot get there itself. 401 is
 * what tinyproxy says to a wrong login, and 407 only to none.
 */
function causeOfStatus(status: number): ProxyCause {
  if (status === 407 || status === 401) return 'proxy-login';
  const isPassing = status === 408 || status === 429 || status >= 500;
  return isPassing ? 'proxy-bad-gateway' : 'proxy-refused';
}

/** The same failures as on the straight way, but at the proxy. */
const atProxy: Partial<Readonly<Record<UnsentCause, ProxyCause>>> = {
  dns: 'proxy-dns',
  'connection-refused': 'proxy-unreachable',
  'connect-timeout': 'proxy-timeout',
  'connection-failed': 'proxy-failed',
  tls: 'proxy-tls',
  'reset-before-write': 'proxy-failed',
};

const noRoute: ReadonlySet<unknown> = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EMFILE']);

function causeOfError(error: unknown): ProxyCause {
  if (error instanceof Error && 'code' in error && noRoute.has(error.code)) return 'proxy-unreachable';
  const { cause } = outcomeOfError(error, { requestStarted: false, replyStarted: false });
  return atProxy[cause as UnsentCause] ?? 'proxy-failed';
}
