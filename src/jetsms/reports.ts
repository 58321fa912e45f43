import type { AccountSettings } from '../settings/account.ts';
import type { QueryFailure } from './surface.ts';
export interface ReportRow {
  readonly messageId: string;
  readonly number: string;
  readonly status: string;
  readonly state: string;
  readonly isReal: boolean;
  readonly deliveredAt?: number;
}
export type ByIds =
  | { readonly kind: 'rows'; readonly rows: readonly ReportRow[] }
  | { readonly kind: 'no-answer'; readonly why: QueryFailure };
export const canAskByIds = (account: AccountSettings): boolean =>
  account.surface === 'web-service' &&
  account.webServiceOperations === 'v2' &&
  account.messageType === '' &&
  account.messageHeader === '';
export function createReportClient(
  _account: AccountSettings,
  _options: { readonly connections: number; readonly now: () => number },
) {
  return {
    byIds: async (_ids: readonly string[]): Promise<ByIds> => ({
      kind: 'no-answer',
      why: { kind: 'uncertain', cause: 'malformed-reply' },
    }),
    close: async () => {},
  };
}
