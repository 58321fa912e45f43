import { type ProxyCause, proxyCauses } from './outcome.ts';

/** The error code of a tunnel that did not come about, by its cause. */
export const proxyErrorCode = (cause: ProxyCause): string =>
  `JETSMS_${cause.replaceAll('-', '_').toUpperCase()}`;

/** The causes by their error codes. */
export const causeOfProxyErrorCode: ReadonlyMap<string, ProxyCause> = new Map(
  proxyCauses.map((cause) => [proxyErrorCode(cause), cause]),
);

/**
 * Whether the proxy itself says that we may not get through: its login is wrong, or it does not let us there. That is
 * nobody's fault but the settings', and no message can go before they, or the proxy's, are changed.
 */
export const isProxyRefusal = (cause: string): boolean =>
  cause === 'proxy-login' || cause === 'proxy-refused';
