/** How JetSMS is spoken to. */
export const surfaces = ['xml', 'web-service'] as const;
export type Surface = (typeof surfaces)[number];

/** What one request asks for, whatever surface it came by: read, not yet judged. */
export interface Submission {
  readonly surface: Surface;
  readonly username: string;
  readonly password: string;
  readonly title: string;
  /** As sent: `ddMMyyyyHHmmss`, or empty. */
  readonly startDate: string;
  readonly expireDate: string;
  readonly messages: readonly SubmittedMessage[];
}

/** One text for one number, as sent. */
export interface SubmittedMessage {
  /** The number in the provider's 12-digit form; undefined where it is none. */
  readonly to: string | undefined;
  readonly text: string;
  /** The sender's own id, where the surface carries one. */
  readonly messageId?: string;
}

/** An answer of the provider that is not `00`. */
export interface Refusal {
  readonly code: string;
  /** What follows the code; may be empty. */
  readonly text: string;
}

/** What reading a request came to. */
export type Reading =
  | { readonly kind: 'submission'; readonly submission: Submission }
  | { readonly kind: 'refused'; readonly refusal: Refusal };
