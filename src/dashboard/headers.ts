/**
 * Sent with every answer. Bull Board's page has styles in its markup and loads fonts from elsewhere: the styles are
 * let through, the fonts are not, so nobody elsewhere learns of the board. Scripts come from the board itself only.
 */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** The parts of a request that say where it comes from. */
export interface Provenance {
  readonly host: string | undefined;
  /** `Sec-Fetch-Site`, which browsers set and pages cannot. */
  readonly fetchSite: string | undefined;
}

/** Whether a browser says that a page of another site sent this request. */
export const isFromElsewhere = ({ fetchSite }: Provenance): boolean =>
  fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none';

/**
 * Whether the request names this machine itself. Where there is no login, another name could be a page on the
 * internet that had its name point here (DNS rebinding).
 */
export const namesThisMachine = ({ host = '' }: Provenance): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i.test(host);
