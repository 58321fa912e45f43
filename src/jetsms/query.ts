import { type CodeRow, findRow, type JetsmsReply } from '../codes/index.ts';
import type { HttpResult } from './http-exchange.ts';
import { outcomeOfStatus } from './http-outcome.ts';
import type { RefusedByCode, Uncertain } from './outcome.ts';
import { scrubProviderText } from './scrub.ts';
import type { QueryBody, QueryFailure, SurfaceReply } from './surface.ts';

/** A query that has no answer: it proves nothing. */
export interface NoAnswer {
  readonly kind: 'no-answer';
  readonly why: QueryFailure;
}

/** The items of a whole answer, or why there is none. */
export type QueryReading<Item> = { readonly kind: 'items'; readonly items: readonly Item[] } | NoAnswer;

export const malformed: Uncertain = { kind: 'uncertain', cause: 'malformed-reply' };

export function noAnswer(why: QueryFailure): NoAnswer {
  return { kind: 'no-answer', why };
}

/** What a query came to. Never throws for what the network or the provider did. */
export function readQuery<Item>(
  result: HttpResult,
  read: (reply: SurfaceReply) => QueryBody<Item>,
  nowMs: number,
): QueryReading<Item> {
  if (result.kind === 'failed') return noAnswer(result.outcome);
  // What is cut may have lost items, and the first digits of a number would be read as a smaller number.
  if (result.cut !== undefined) return noAnswer({ kind: 'uncertain', cause: result.cut });
  const said = read(result) ?? outcomeOfStatus(result.status, result.headers, nowMs) ?? malformed;
  return 'kind' in said ? noAnswer(said) : { kind: 'items', items: said };
}

/**
 * The refusal that a query's reply is.
 * @param rowOf what a code means here, where that is not what it means in a reply to a send
 */
export function refusalOf(
  { code, text }: JetsmsReply,
  password: string,
  rowOf: (code: string, text: string) => CodeRow | undefined = findRow,
): RefusedByCode {
  return {
    kind: 'refused',
    by: 'code',
    code,
    row: rowOf(code, text),
    text: scrubProviderText(text, [password]),
  };
}
