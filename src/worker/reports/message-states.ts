import type { ReportRow } from '../../jetsms/reports.ts';
import type { ReportedState } from '../../queue/ended-state.ts';

/** What reports say in the end of a message, as far as it is known when it happened. */
export interface FinalReport {
  readonly state: Exclude<ReportedState, 'unconfirmed'>;
  /** JetSMS's status, as it came. */
  readonly status: string;
  /** When it was delivered, epoch milliseconds. */
  readonly deliveredAt?: number;
}

export type MessageState = 'pending' | FinalReport;

/** The worst first. */
const byBadness = ['failed', 'expired', 'delivered'] as const;

/**
 * What the records of one message come to, which may be one for each part: a part that did not arrive spoils the message,
 * and it is delivered once all of them are. No record proves nothing.
 */
export function stateOfRecords(rows: readonly ReportRow[]): MessageState {
  const bad = byBadness
    .filter((state) => state !== 'delivered')
    .map((state) => rows.find((row) => row.state === state))
    .find((row) => row !== undefined);
  if (bad) return finalOf(bad);
  const [first] = rows;
  if (!first || rows.some(({ state }) => state !== 'delivered')) return 'pending';
  return finalOf(rows.reduce(later, first));
}

/**
 * The same for each of several messages to one number in one request: their records cannot be told apart, so they count only
 * where there is one for each at least, and all agree.
 */
export function stateOfShared(rows: readonly ReportRow[], messages: number): MessageState {
  const [first] = rows;
  const agree = rows.every(({ state }) => state === first?.state);
  return rows.length >= messages && agree ? stateOfRecords(rows) : 'pending';
}

/**
 * What the records of a message come to that was sent again: delivered where one of its requests was. Else the last request
 * counts, once none that JetSMS knows of is pending; whether the others were ever taken, nobody knows.
 * @param copies the records of each request, those of the last first
 */
export function stateOfCopies(copies: readonly (readonly ReportRow[])[]): MessageState {
  const states = copies.map(stateOfRecords);
  const delivered = states.find((one) => one !== 'pending' && one.state === 'delivered');
  if (delivered) return delivered;
  const isUnderWay = copies.some((rows, index) => rows.length > 0 && states[index] === 'pending');
  return isUnderWay ? 'pending' : (states[0] ?? 'pending');
}

function finalOf({ state, status, deliveredAt }: ReportRow): MessageState {
  if (state === 'pending') return 'pending';
  const when = state === 'delivered' && deliveredAt !== undefined ? { deliveredAt } : {};
  return { state, status, ...when };
}

const later = (one: ReportRow, other: ReportRow): ReportRow =>
  (other.deliveredAt ?? 0) > (one.deliveredAt ?? 0) ? other : one;
