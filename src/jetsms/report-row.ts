/** What became of a message at JetSMS. */
export type ReportState = 'pending' | 'delivered' | 'failed' | 'expired';

/** What a report says of one message. It holds a phone number: never to be logged. */
export interface ReportRow {
  /** Our own id of the message; '' where the surface does not give it. */
  readonly messageId: string;
  /** As JetSMS spells it; '' where missing. */
  readonly number: string;
  /** JetSMS's status as it came, such as `1`; '' where missing. */
  readonly status: string;
  readonly state: ReportState;
  /** Only a message that JetSMS really has can have this status. */
  readonly isReal: boolean;
  /** Epoch milliseconds; where the report has a readable delivery time. */
  readonly deliveredAt?: number;
}

interface StatusMeaning {
  readonly state: ReportState;
  readonly isReal: boolean;
}

/**
 * What each status means. 1 to 4: the manual of the web service (2.6.0) and two clients. 9: one client. 6 is "not sent
 * because of the limit" in the manual, and pending for one client: taken for pending, since whether a top-up changes it
 * is unknown.
 */
const statuses: ReadonlyMap<string, StatusMeaning> = new Map([
  ['1', { state: 'delivered', isReal: true }],
  ['2', { state: 'pending', isReal: true }],
  ['3', { state: 'failed', isReal: true }],
  ['4', { state: 'expired', isReal: true }],
  ['6', { state: 'pending', isReal: false }],
  ['9', { state: 'failed', isReal: false }],
]);

/** Our choice: of a status that nobody knows nothing is concluded. */
const unknownStatus: StatusMeaning = { state: 'pending', isReal: false };

/** A message that a search found: its report, and what tells whether it is the one that was looked for. */
export interface FoundRow extends ReportRow {
  /** As JetSMS has it; '' where missing. Never to be logged; likewise `text`. */
  readonly title: string;
  readonly text: string;
  /** Epoch milliseconds; where the answer has a readable time at which JetSMS took the message. */
  readonly createdAt?: number;
  /** Likewise, the time at which it was sent. */
  readonly sentAt?: number;
}

/** A report's fields as they came. */
interface ReportFields {
  readonly messageId?: string;
  readonly number: string;
  readonly status: string;
  readonly deliveredAt: number | undefined;
}

/** What the fields of a report mean. Total. */
export function reportRow({ messageId = '', number, status, deliveredAt }: ReportFields): ReportRow {
  const meaning = statuses.get(status) ?? unknownStatus;
  return { messageId, number, status, ...meaning, ...(deliveredAt !== undefined && { deliveredAt }) };
}
