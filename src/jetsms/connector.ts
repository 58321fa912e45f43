import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { buildConnector } from 'undici';
import { goesStraight } from './no-proxy.ts';
import type { ProxyCause } from './outcome.ts';
import { proxyErrorCode } from './proxy-causes.ts';
import { openTunnel, type TunnelOptions } from './proxy-tunnel.ts';

/** How an endpoint is reached, and whom to trust there. */
export interface WayOptions {
  /**
   * Name lookup, TCP and TLS together. Through a proxy it counts twice: to the end of its answer to CONNECT, and for TLS
   * through the tunnel.
   */
  readonly connectTimeoutMs: number;
  /** http:// or https://, with its login; '' or missing: straight. */
  readonly proxyUrl?: string;
  /** What is reached straight all the same, as NO_PROXY names it. */
  readonly noProxy?: readonly string[];
  /** Certificates in PEM that are trusted besides those that Node trusts; '' or missing: none. */
  readonly providerCa?: string;
}

/** The proxy that an address is reached through; undefined where it is reached straight. */
export function proxyFor(
  address: string,
  { proxyUrl = '', noProxy = [] }: Omit<WayOptions, 'connectTimeoutMs'>,
): string | undefined {
  return proxyUrl === '' || goesStraight(new URL(address), noProxy) ? undefined : proxyUrl;
}

/** What tells two ways apart: accounts with the same address and way have the same endpoint. Holds a password. */
export function wayKey(address: string, way: Omit<WayOptions, 'connectTimeoutMs'>): string {
  return JSON.stringify([address, proxyFor(address, way), way.providerCa]);
}

/**
 * Connections of undici to one address: straight, or through a proxy by CONNECT, whatever the scheme. An error that is
 * the proxy's has a code of its own (`proxyErrorCode`).
 * @throws {TypeError} where address or proxy is no URL, which settings do not let through
 */
export function createConnector(address: string, way: WayOptions): buildConnector.connector {
  const { connectTimeoutMs: timeout, providerCa = '' } = way;
  const trusted = providerCa === '' ? {} : { secureContext: trusting(providerCa) };
  const connect = buildConnector({ timeout, allowH2: false, ...trusted });
  const proxyUrl = proxyFor(address, way);
  if (proxyUrl === undefined) return connect;
  return throughProxy(new URL(address), connect, {
    proxy: new URL(proxyUrl),
    timeoutMs: timeout,
    ...trusted,
  });
}

/** Made once for all connections: reading some hundred certificates takes milliseconds. */
const trusting = (providerCa: string): SecureContext =>
  createSecureContext({ ca: [...getCACertificates('default'), providerCa] });

const noTunnel = (cause: ProxyCause): Error =>
  Object.assign(new Error(`no tunnel: ${cause}`), { code: proxyErrorCode(cause) });

function throughProxy(
  { hostname, port, protocol }: URL,
  connect: buildConnector.connector,
  tunnel: TunnelOptions,
): buildConnector.connector {
  const isSecure = protocol === 'https:';
  const authority = `${hostname}:${port || (isSecure ? '443' : '80')}`;
  return (options, callback) => {
    void openTunnel(authority, tunnel).then((opened) => {
      if (opened.kind === 'none') callback(noTunnel(opened.cause), null);
      else if (isSecure) connect({ ...options, httpSocket: opened.socket }, callback);
      else callback(null, opened.socket);
    });
  };
}
