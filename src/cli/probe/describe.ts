import type { AccountAnswer } from '../../jetsms/account-queries.ts';
import { spellingOf } from '../../jetsms/number-spelling.ts';
import type { Outcome } from '../../jetsms/outcome.ts';
import type { Attempt } from '../../jetsms/provider-request.ts';
import {
  type ReportAnswer,
  type ReportRow,
  reportCodeInWords,
  type SearchAnswer,
} from '../../jetsms/reports.ts';
import { fromIstanbul } from '../../message/istanbul-time.ts';

/** What is known of the message that is asked about. */
export interface Sent {
  readonly to: string;
  readonly id: string;
  readonly text: string;
  /** Epoch milliseconds, when its reply came. */
  readonly at: number;
}

/** What became of the request, in words. */
export function describeAttempt({ outcome, perMessage }: Attempt, sentAt: number): string {
  const whole = describeOutcome(outcome, sentAt);
  const own = perMessage?.[0];
  if (own === undefined) return whole;
  return `${whole}; its recipient ${own.kind === 'accepted' ? 'accepted' : describeOutcome(own, sentAt)}`;
}

function describeOutcome(outcome: Outcome, sentAt: number): string {
  switch (outcome.kind) {
    case 'accepted':
      return `accepted, ${describeGroupId(outcome.groupId, sentAt)}`;
    case 'refused':
      return outcome.by === 'http'
        ? `refused by HTTP ${outcome.status}`
        : `refused with ${outcome.code}${outcome.row === undefined ? '' : ` (${outcome.row.meaning})`}`;
    case 'unsent':
      return `not sent (${outcome.cause})`;
    case 'uncertain':
      return `no certain answer (${outcome.cause})`;
  }
}

function describeGroupId(groupId: string | undefined, sentAt: number): string {
  if (groupId === undefined) return 'without a group id that could be read';
  const begins = beginsWithTime(groupId, sentAt) ? 'begins' : 'does not begin';
  return `group id of ${groupId.length} digits, which ${begins} with the time in Istanbul`;
}

/** Clocks differ, and the id may be of the time at which the request was taken up. */
const nearMs = 10 * 60_000;

/** `yyMMddHHmmss`, as the ids on record begin. */
function beginsWithTime(groupId: string, sentAt: number): boolean {
  const [, year, month, day, hour, minute, second] =
    /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(groupId) ?? [];
  const at = fromIstanbul(`20${year}-${month}-${day}T${hour}:${minute}:${second}`);
  return at !== undefined && Math.abs(at - sentAt) < nearMs;
}

/** What a question for reports came to, in words without any number. */
export function describeAnswer(answer: ReportAnswer | SearchAnswer, sent: Sent): string {
  if (answer.kind === 'no-answer') return describeFailure(answer.why, sent);
  const { ours, others } = divideRows(answer.rows, sent);
  const rows = ours.map((row) => describeRow(row, sent));
  if (others > 0) rows.push(`${others} with another text`);
  if (rows.length === 0) return 'no rows';
  return `${answer.rows.length === 1 ? '1 row' : `${answer.rows.length} rows`}: ${rows.join('; ')}`;
}

type AnyRow = ReportRow & { readonly text?: string };

/** A search may find what others sent to the number: of that only is told how much it is. */
export function divideRows(
  rows: readonly AnyRow[],
  sent: Sent,
): { readonly ours: readonly AnyRow[]; readonly others: number } {
  const ours = rows.filter(({ text = sent.text }) => text === sent.text);
  return { ours, others: rows.length - ours.length };
}

function describeFailure(why: Outcome, { at }: Sent): string {
  const meaning = why.kind === 'refused' && why.by === 'code' ? reportCodeInWords(why.code) : undefined;
  if (why.kind !== 'refused' || why.by === 'http' || meaning === undefined) return describeOutcome(why, at);
  return `refused with ${why.code} (of reports: ${meaning})`;
}

function describeRow(row: AnyRow, sent: Sent): string {
  const { status, state, isReal, deliveredAt, text } = row;
  return [
    `status ${status === '' ? 'missing' : status} (${state}${isReal ? '' : ', no proof of a real message'})`,
    describeNumber(row.number, sent.to),
    describeId(row.messageId, sent.id),
    ...(text === undefined ? [] : ['our text']),
    ...(deliveredAt === undefined ? [] : [`delivered ${describeTime(deliveredAt - sent.at)}`]),
  ].join(', ');
}

function describeNumber(number: string, to: string): string {
  if (number === '') return 'no number';
  const whose = spellingOf(number) === spellingOf(to) ? 'our number' : 'another number';
  return `${whose} in ${number.length} characters`;
}

function describeId(messageId: string, id: string): string {
  if (messageId === '') return 'no id of ours';
  return messageId === id ? 'our id' : 'another id';
}

/** Both clocks count in seconds, and JetSMS's may go otherwise than ours. */
function describeTime(afterMs: number): string {
  const seconds = Math.round(afterMs / 1_000);
  return seconds < 0 ? `${-seconds} s before its reply` : `${seconds} s after its reply`;
}

/** What the message cost, by the credit before and after it; the amounts themselves are nobody's business. */
export function describeCost(
  before: AccountAnswer<number>,
  after: AccountAnswer<number>,
  sentAt: number,
): string {
  const untold = (why: Outcome): string => `JetSMS did not tell the credit: ${describeOutcome(why, sentAt)}`;
  if (before.kind === 'no-answer') return untold(before.why);
  if (after.kind === 'no-answer') return untold(after.why);
  return `the credit is less by ${Number((before.value - after.value).toFixed(4))}`;
}
