import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { buildConnector, Client } from 'undici';
import { packageVersion } from '../settings/package-files.ts';
import { outcomeOfError } from './http-outcome.ts';
import type { ProxyCause, UnsentCause } from './outcome.ts';
import { proxyErrorCode } from './proxy-causes.ts';

/** A tunnel that did not come about. Nothing that was meant for its end can have left. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  readonly code: string;

  constructor(cause: ProxyCause) {
    super(`no tunnel: ${cause}`);
    this.code = proxyErrorCode(cause);
  }
}

export interface TunnelOptions {
  /** http:// or https://, with the login where the proxy wants one. */
  readonly proxyUrl: string;
  /** Name lookup, TCP and TLS to the proxy, and its answer to CONNECT, together. */
  readonly timeoutMs: number;
  /** Whom to trust at an https:// proxy; Node's own choice where missing. */
  readonly secureContext?: SecureContext;
}

/**
 * Opens a tunnel to an address by CONNECT (RFC 9110 section 9.3.6).
 *
 * Not undici's `ProxyAgent`: all that its errors tell of a refusal is a sentence, and they do not tell the proxy from what
 * lies behind it (decision 32). The parts are the same: a client of undici's that asks for CONNECT.
 * @param authority `host:port`, an IPv6 address in brackets
 * @throws {ProxyError} whatever went wrong
 */
export async function openTunnel(authority: string, options: TunnelOptions): Promise<Socket> {
  const { proxyUrl, timeoutMs, secureContext } = options;
  const { origin, username, password } = new URL(proxyUrl);
  const client = new Client(origin, {
    allowH2: false,
    connect: buildConnector({ timeout: timeoutMs, allowH2: false, ...(secureContext && { secureContext }) }),
    headersTimeout: 0,
  });
  const timer = setTimeout(() => void client.destroy(new ProxyError('proxy-timeout')), timeoutMs);
  try {
    const headers = { host: authority, 'user-agent': `jetsms-delivery/${packageVersion()}` };
    const { statusCode, socket } = await client.connect({
      path: authority,
      headers: { ...headers, ...loginOf(username, password) },
    });
    if (statusCode >= 200 && statusCode <= 299) return socket as Socket; // undici's type says Duplex; it is the client's socket
    socket.on('error', () => {}).destroy();
    throw new ProxyError(causeOfStatus(statusCode));
  } catch (error) {
    throw error instanceof ProxyError ? error : new ProxyError(causeOfError(error));
  } finally {
    clearTimeout(timer);
    // Of a tunnel that stands the client knows nothing any more.
    void client.destroy();
  }
}

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
