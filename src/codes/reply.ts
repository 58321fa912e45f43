/** What came back from JetSMS, read but not yet judged. */
export type Reply = JetsmsReply | NotAReply;

/** A reply in JetSMS's own form: a code, then the rest. */
export interface JetsmsReply {
  readonly kind: 'reply';
  /** The first token, as text: `00` is not `0`. */
  readonly code: string;
  /** What followed the code, trimmed; the group id behind `00`, else the provider's words. */
  readonly text: string;
}

/** Bytes that JetSMS would not have written: a proxy's page, a cut line, nothing at all. */
export interface NotAReply {
  readonly kind: 'not-a-reply';
  readonly cause: 'empty' | 'html' | 'malformed';
}
