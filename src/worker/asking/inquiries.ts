import { createReportClient } from '../../jetsms/reports.ts';
import type { QueryFailure } from '../../jetsms/surface.ts';
import type { AccountSettings } from '../../settings/account.ts';
import type { Inquire, Inquiry } from './inquiry.ts';

export interface Inquiries {
  readonly inquire: Inquire;
  close(): Promise<void>;
}

/** Questions by id over HTTP connections of their own, so that none waits for a request or keeps one waiting. */
export function openInquiries(
  account: AccountSettings,
  options: { readonly connections: number; readonly now: () => number },
): Inquiries {
  const client = createReportClient(account, options);
  return {
    async inquire(ids) {
      const answer = await client.byIds(ids);
      if (answer.kind === 'no-answer') return withoutAnswer(answer.why);
      const real = answer.rows.filter(({ isReal }) => isReal);
      return {
        kind: 'rows',
        found: real.map(({ messageId, number, status }) => ({
          id: messageId,
          number,
          status: String(status),
        })),
      };
    },
    close: () => client.close(),
  };
}

/** A refusal of the account (login, closed, no credit) is about none of the ids. */
function withoutAnswer(why: QueryFailure): Inquiry {
  if (why.kind !== 'refused' || why.by !== 'code') return { kind: 'no-answer' };
  const scope = why.row?.scope;
  return scope === 'account' || scope === 'quota'
    ? { kind: 'no-answer' }
    : { kind: 'no-answer', refusedBy: why.code };
}
