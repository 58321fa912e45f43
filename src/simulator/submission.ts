import { type LengthRule, lengthRules } from '../message/length-rule.ts';
import type { SurfaceName } from '../message/surface.ts';

export function isLengthRule(value: string): value is LengthRule {
  return (lengthRules as readonly string[]).includes(value);
}

/** What one request asks for, whatever surface it came by: read, not yet judged. */
export interface Submission {
  readonly surface: SurfaceName;
  readonly username: string;
  readonly password: string;
  readonly title: string;
  /** A word of the sender's own; may be empty. */
  readonly reference?: string;
  /** As sent: `ddMMyyyyHHmmss`, or empty. */
  readonly startDate: string;
  readonly expireDate: string;
  readonly messages: readonly SubmittedMessage[];
  /** What happens where a text is longer than the account's maximum; only the web service has the choice. */
  readonly lengthRule: LengthRule;
  /** Whether the answer has a status for each recipient: then one may be refused alone, even the only one. */
  readonly answersPerRecipient: boolean;
  /** What is wrong with the counts of texts, recipients and headers. */
  readonly flaw?: ProviderRefusal;
  /** Makes every message an MMS. */
  readonly media?: SubmittedMedia;
  readonly switches?: SubmittedSwitches;
}

/** JetSMS's own switches, by their names on the wire. */
export const switchNames = [
  'channel',
  'blacklistfilter',
  'iysfilter',
  'iyscode',
  'iysbrandcode',
  'iysrecipienttype',
  'exclusionstarttime',
  'exclusionexpiretime',
] as const;

/** The switches that a request set, as they were sent; what was empty is missing. */
export type SubmittedSwitches = Readonly<Partial<Record<(typeof switchNames)[number], string>>>;

/** The medium of an MMS. */
export interface SubmittedMedia {
  readonly subject: string;
  readonly contentType: string;
  readonly channel: string;
  /** Decoded size; undefined where the data cannot be decoded. */
  readonly bytes: number | undefined;
}

/** One text for one number, as sent. */
export interface SubmittedMessage {
  /** The number as it was written. */
  readonly number: string;
  /** The number in the provider's 12-digit form; undefined where it is none. */
  readonly to: string | undefined;
  readonly text: string;
  /** The sender's own id, where the surface carries one. */
  readonly messageId?: string;
}

/** An answer of the provider that is not `00`. */
export interface ProviderRefusal {
  readonly code: string;
  /** What follows the code; may be empty. */
  readonly text: string;
}

/** What reading a request came to. */
export type SubmissionReading =
  | { readonly kind: 'submission'; readonly submission: Submission }
  | { readonly kind: 'refused'; readonly refusal: ProviderRefusal };
