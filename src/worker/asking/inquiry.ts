import type { ReportClient } from '../../jetsms/reports.ts';
import type { QueryFailure } from '../../jetsms/surface.ts';

/** A message that JetSMS says it has. */
export interface Found {
  /** The id that the message had in its request. */
  readonly id: string;
  /** As JetSMS gave it. */
  readonly number: string;
  /** JetSMS's word for its state. */
  readonly status: string;
}

/** What JetSMS said about some ids. */
export type Inquiry =
  | { readonly kind: 'rows'; readonly found: readonly Found[] }
  | {
      readonly kind: 'no-answer';
      /** The code with which JetSMS refused the question itself: one of the ids may be why. */
      readonly refusedBy?: string;
    };

/** One question about some ids. Never throws: what the network or JetSMS does is an answer. */
export type Inquire = (ids: readonly string[]) => Promise<Inquiry>;

/**
 * Of the rows, only those that tell of a message: their status is one that nothing else can have.
 * @param signal ends questions under way
 */
export function inquireBy(byIds: NonNullable<ReportClient['byIds']>, signal: AbortSignal): Inquire {
  return async (ids) => {
    const answer = await byIds(ids, { signal });
    if (answer.kind === 'no-answer') return withoutAnswer(answer.why);
    const found = answer.rows
      .filter(({ isReal }) => isReal)
      .map(({ messageId, number, status }) => ({ id: messageId, number, status }));
    return { kind: 'rows', found };
  };
}

function withoutAnswer(why: QueryFailure): Inquiry {
  const refusedBy = refusalOfQuestion(why);
  return { kind: 'no-answer', ...(refusedBy === undefined ? {} : { refusedBy }) };
}

/**
 * The code with which JetSMS refused a question for what it asks; undefined for any other trouble. A refusal of the account
 * (login, closed, no credit) is about none of the messages.
 */
export function refusalOfQuestion(why: QueryFailure): string | undefined {
  if (why.kind !== 'refused' || why.by !== 'code') return undefined;
  const isOfAccount = why.row?.scope === 'account' || why.row?.scope === 'quota';
  return isOfAccount ? undefined : why.code;
}
