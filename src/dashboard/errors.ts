export type DashboardErrorCode = 'DASHBOARD_UNPROTECTED' | 'REDIS_UNAVAILABLE' | 'REDIS_REFUSED';

/** Why the dashboard cannot start: code → what it means, what to do. The codes are stable. */
export const dashboardErrors: Readonly<Record<DashboardErrorCode, { meaning: string; whatToDo: string }>> = {
  DASHBOARD_UNPROTECTED: {
    meaning: 'The dashboard would be reachable from elsewhere without a login.',
    whatToDo:
      'Set JETSMS_DASHBOARD_USERNAME and JETSMS_DASHBOARD_PASSWORD, or set JETSMS_DASHBOARD_HOST to 127.0.0.1.',
  },
  REDIS_UNAVAILABLE: {
    meaning: 'Redis does not answer.',
    whatToDo: 'Check JETSMS_REDIS_URL (`jetsms config`) and whether Redis runs.',
  },
  REDIS_REFUSED: {
    meaning: 'Redis has refused the dashboard.',
    whatToDo: 'Mend that, then start it again.',
  },
};

/** The dashboard cannot start. `code` is stable. */
export class DashboardError extends Error {
  override readonly name = 'DashboardError';
  readonly code: DashboardErrorCode;

  constructor(
    code: DashboardErrorCode,
    options: { readonly detail?: string; readonly cause?: unknown } = {},
  ) {
    const { meaning, whatToDo } = dashboardErrors[code];
    super([meaning, options.detail, whatToDo].filter(Boolean).join(' '), { cause: options.cause });
    this.code = code;
  }
}
