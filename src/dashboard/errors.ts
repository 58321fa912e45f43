export type DashboardErrorCode = 'DASHBOARD_UNPROTECTED' | 'REDIS_UNAVAILABLE';

const words: Readonly<Record<DashboardErrorCode, string>> = {
  DASHBOARD_UNPROTECTED:
    'The dashboard would be reachable from elsewhere without a login. Set JETSMS_DASHBOARD_USERNAME and JETSMS_DASHBOARD_PASSWORD, or set JETSMS_DASHBOARD_HOST to 127.0.0.1.',
  REDIS_UNAVAILABLE:
    'Redis does not answer. Check JETSMS_REDIS_URL (`jetsms config`) and whether Redis runs.',
};

/** The dashboard cannot start. `code` is stable. */
export class DashboardError extends Error {
  override readonly name = 'DashboardError';
  readonly code: DashboardErrorCode;

  constructor(code: DashboardErrorCode, options: { readonly cause?: unknown } = {}) {
    super(words[code], options);
    this.code = code;
  }
}
