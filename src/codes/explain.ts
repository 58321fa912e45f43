import { classify, type ListedReply, meaningInWords, type UnknownCode } from './classify.ts';
import type { CodeClass, CodeScope } from './decisions.ts';
import { parseReply } from './parse-reply.ts';
import type { NotAReply, Reply } from './reply.ts';
import { type CodeRow, unknownCode } from './table.ts';

/** A reply explained for people and scripts: flat, every key always there. */
export interface Explanation {
  /** Null where the answer is not a JetSMS reply. */
  readonly code: string | null;
  /** What is done with the message. */
  readonly class: CodeClass | 'not-a-reply';
  /** Whose fault it is; null where it is nobody's. */
  readonly scope: CodeScope | null;
  /** Whether the code is in the list of JetSMS; false also for one that only public clients know. */
  readonly official: boolean | null;
  /** English. */
  readonly meaning: string;
  /** The provider's own words, Turkish; null where the list has none. */
  readonly description: string | null;
  /** What this product does about it. */
  readonly action: string;
  /** What the operator should do. */
  readonly hint: string;
  /** Why there is no row; null where there is one. */
  readonly reason: 'unknown-code' | NotAReply['cause'] | null;
  /** The row of the table; null where there is none. */
  readonly row: CodeRow['id'] | null;
  /** Null where nothing was accepted, and where the acceptance carries no id. */
  readonly groupId: string | null;
  /** What followed the code; empty where nothing did. */
  readonly text: string;
  /** Delays before attempt 2, 3, …; empty where nothing is tried again. */
  readonly retryDelaysMs: readonly number[];
  /** Where this is known from. */
  readonly source: string | null;
}

/**
 * Explains a reply, or a line or bytes as they came from JetSMS. Total, like `parseReply` and `classify`.
 *
 * @param reply what JetSMS answered
 * @returns what it means, what is done about it, and what to do
 * @example
 * import { explain } from 'jetsms-producer/codes';
 *
 * const { class: kind, scope, official } = explain('11 not enough limit');
 * console.log(kind, scope, official); // → retryable quota true
 */
export function explain(reply: Reply | string | Uint8Array): Explanation {
  const parsed = typeof reply === 'string' || reply instanceof Uint8Array ? parseReply(reply) : reply;
  const classification = classify(parsed);
  switch (classification.kind) {
    case 'listed':
      return explainListed(classification);
    case 'unknown-code':
      return explainUnknown(classification);
    case 'not-a-reply':
      return explainUnreadable(classification.cause);
  }
}

const meaningOfCause: Readonly<Record<NotAReply['cause'], string>> = {
  empty: 'not a JetSMS reply: nothing but white space',
  html: 'not a JetSMS reply: a page of markup, probably from a proxy',
  malformed: 'not a JetSMS reply: it does not begin with a code of two or three digits',
};

function explainListed({ row, code, text, groupId }: ListedReply): Explanation {
  return {
    code,
    class: row.class,
    scope: row.scope,
    official: row.official,
    meaning:
      row.class === 'accepted' && groupId === undefined ? acceptedWithoutId : meaningInWords(code, row),
    description: row.description,
    action: row.action,
    hint: row.hint,
    reason: null,
    row: row.id,
    groupId: groupId ?? null,
    text,
    retryDelaysMs: row.retryDelaysMs,
    source: row.source,
  };
}

const acceptedWithoutId = 'accepted; the reply carries no group id';

function explainUnknown({ code, text, hint }: UnknownCode): Explanation {
  return {
    code,
    class: unknownCode.class,
    scope: unknownCode.scope,
    official: false,
    meaning: meaningInWords(code, undefined),
    description: null,
    action: unknownCode.action,
    hint: unknownCode.hint,
    reason: unknownCode.reason,
    row: null,
    groupId: null,
    text,
    retryDelaysMs: [],
    source: hint?.source ?? unknownCode.source,
  };
}

function explainUnreadable(cause: NotAReply['cause']): Explanation {
  return {
    code: null,
    class: 'not-a-reply',
    scope: null,
    official: null,
    meaning: meaningOfCause[cause],
    description: null,
    action: 'Uncertain: JetSMS may have taken the request, so it is never resent blindly.',
    hint: 'Find out what stands between the worker and JetSMS; check with JetSMS before you replay.',
    reason: cause,
    row: null,
    groupId: null,
    text: '',
    retryDelaysMs: [],
    source: null,
  };
}
