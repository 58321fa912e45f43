import { CodedError, type ErrorFacts } from '../errors/coded-error.ts';

/** Why the dashboard cannot start: code → what it means, what to do. The codes are stable. */
export const dashboardErrors = {
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
} as const;

export type DashboardErrorCode = keyof typeof dashboardErrors;

/** The dashboard cannot start. `code` is stable. */
export class DashboardError extends CodedError<DashboardErrorCode> {
  override readonly name = 'DashboardError';

  constructor(code: DashboardErrorCode, facts?: ErrorFacts) {
    super(code, dashboardErrors[code], facts);
  }
}
