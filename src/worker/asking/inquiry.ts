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
