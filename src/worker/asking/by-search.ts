import { spellingOf } from '../../jetsms/number-spelling.ts';
import type { FoundRow, ReportClient } from '../../jetsms/reports.ts';
import type { Answer } from '../verdict/decide.ts';
import type { AnswersTo, Doubt } from './asker.ts';

/** Our choice: a job of more messages is not searched for, since each takes a question of its own. */
export const mostBySearch = 20;

/**
 * How far a row's time may lie outside the request, in milliseconds: JetSMS gives whole seconds, by a clock of its own. Our
 * choice: more would take the same text of a moment before for this one.
 */
const toleranceMs = 2_000;

export interface SearchOptions {
  readonly search: NonNullable<ReportClient['search']>;
  /** The longest that a request can have been under way, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** Ends questions under way. */
  readonly signal: AbortSignal;
}

/**
 * Searches for each message by day, number and title. Our choice, and off by default: found is a row of the same number, title
 * and text that JetSMS took while the request was under way. Nothing tells it from another message with the same number and
 * text that was sent at the same moment; within a job that is seen, and proves nothing.
 */
export function answersBySearch(options: SearchOptions): AnswersTo {
  return async (doubts) => {
    const answers: Answer[] = [];
    for (const doubt of doubts) answers.push(await lookFor(doubt, options));
    return answers;
  };
}

async function lookFor(doubt: Doubt, { search, requestTimeoutMs, signal }: SearchOptions): Promise<Answer> {
  if (!doubt.isUnique) return { kind: 'no-answer' };
  const { to: number, title, since } = doubt;
  const fromMs = since - toleranceMs;
  const toMs = since + requestTimeoutMs + toleranceMs;
  const answer = await search({ number, title, fromMs, toMs }, { signal });
  if (answer.kind !== 'rows') return { kind: 'no-answer' };
  const rows = answer.rows.filter((row) => isMeant(row, doubt, { fromMs, toMs }));
  const [row] = rows;
  return rows.length === 1 && row ? { kind: 'found', status: row.status } : { kind: 'not-found' };
}

function isMeant(
  { isReal, number, title, text, createdAt, sentAt }: FoundRow,
  doubt: Doubt,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): boolean {
  const at = createdAt ?? sentAt;
  return (
    isReal &&
    spellingOf(number) === spellingOf(doubt.to) &&
    title === doubt.title &&
    text === doubt.text &&
    at !== undefined &&
    at >= fromMs &&
    at <= toMs
  );
}
