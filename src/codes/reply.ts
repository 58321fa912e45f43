/** What came back from JetSMS, read but not yet judged. */
export type Reply = JetsmsReply | NotAReply;

/** Where a reply broke off: within a word, or behind one, so that only further words can be missing. */
export type Cut = 'in-word' | 'after-word';

/** A reply in JetSMS's own form: a code, then the rest. */
export interface JetsmsReply {
  /** Tells it from what is none. */
  readonly kind: 'reply';
  /** The first token, as text: `00` is not `0`. Two or three digits, and certainly whole. */
  readonly code: string;
  /** What followed the code, trimmed; the group id behind `00`, else the provider's words. */
  readonly text: string;
  /** Missing where the reply is whole. */
  readonly cut?: Cut;
}

/** Why something is not a reply. */
export const notAReplyCauses = ['empty', 'html', 'malformed'] as const;

/** Bytes that JetSMS would not have written: a proxy's page, a cut line, nothing at all. */
export interface NotAReply {
  /** Tells it from a reply. */
  readonly kind: 'not-a-reply';
  /** Nothing but white space, a page of markup, or anything else. */
  readonly cause: (typeof notAReplyCauses)[number];
}
