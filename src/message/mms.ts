import { MessageError } from './errors.ts';
import type { Lane, WhenNotFound, WhenUncertain } from './lane.ts';
import { checkMedia, checkSubject, type Media, type MediaRules, maxMmsTextLength } from './media.ts';
import {
  type AccountRules,
  checkIdempotencyKey,
  checkKnownFields,
  checkSending,
  type Sending,
} from './message.ts';
import { checkMeta, type Meta } from './meta.ts';
import { normalizeNumber } from './number.ts';
import { type SurfaceName, surfaceFacts } from './surface.ts';
import { checkText } from './text.ts';
import type { Deadline, SendAt } from './times.ts';

/** What a backend app asks to be sent as MMS: one medium and one text, for one recipient or many. */
export interface NewMms {
  /** A mobile number in any usual spelling, or many. */
  readonly to: string | readonly string[];
  /** One line; may be empty. */
  readonly subject: string;
  /**
   * At most 1,000 characters.
   * @default empty: the medium can speak for itself
   */
  readonly text?: string;
  /** What is shown or played. */
  readonly media: Media;
  /**
   * The registered sender name.
   * @default the account's own
   */
  readonly title?: string;
  /**
   * The account to send through, one that uses the web service.
   * @default the first of the producer's accounts
   */
  readonly account?: string;
  /**
   * How urgent it is: [lanes](#lanes).
   * @default transactional
   */
  readonly lane?: Lane;
  /**
   * When to send: a time, or so long from now (`{ in: '2h' }`); at most 365 days ahead.
   * @default now
   */
  readonly sendAt?: SendAt;
  /**
   * After it the message is never sent: a time, or so long after the time of sending (`'5m'`).
   * @default by the [lane](#lanes)
   */
  readonly deadline?: Deadline;
  /**
   * What happens where the request got no answer. JetSMS cannot be asked about an MMS: `ask` does what `whenNotFound` says.
   * @default ask
   */
  readonly whenUncertain?: WhenUncertain;
  /**
   * What `ask` comes to.
   * @default by the [lane](#lanes)
   */
  readonly whenNotFound?: WhenNotFound;
  /**
   * Names this call in the caller's system, so that calling again does not text twice; 1 to 256 characters.
   * @default none: a call that is repeated is a second MMS
   */
  readonly idempotencyKey?: string;
  /**
   * Comes back in status and events, with each recipient; at most 512 bytes as JSON. JetSMS never sees it.
   * @default none
   */
  readonly meta?: Meta;
  /**
   * Goes to JetSMS in the field `reference` of the request; at most 40 characters.
   * @default none
   */
  readonly reference?: string;
  /**
   * Sends to a number as often as it is there, where else it gets one MMS and the others are counted as `repeated`.
   * @default false
   */
  readonly allowRepeats?: boolean;
}

export interface MmsRules extends AccountRules, MediaRules {
  readonly surface: SurfaceName;
  /** The most recipients of one request. */
  readonly maxRecipients: number;
  /** The time of the check, in epoch milliseconds. */
  readonly nowMs: number;
}

/** An MMS that can be sent as it stands. */
export interface CheckedMms extends Sending {
  /** In the provider's form, at least one. */
  readonly to: readonly string[];
  /** Numbers that were there before in the same call, and are left out. */
  readonly repeated: number;
  readonly subject: string;
  readonly text: string;
  readonly media: Media;
  readonly idempotencyKey?: string;
  readonly meta?: Meta;
}

/**
 * Our choice: an MMS counts as one part for each recipient. What JetSMS charges for one is not public.
 */
export const partsOfMms = 1;

const fieldNames: ReadonlySet<string> = new Set<keyof NewMms>([
  'to',
  'subject',
  'text',
  'media',
  'title',
  'account',
  'lane',
  'sendAt',
  'deadline',
  'whenUncertain',
  'whenNotFound',
  'idempotencyKey',
  'meta',
  'reference',
  'allowRepeats',
]);

/**
 * Checks an MMS by the rules of its account and completes it. One number that is none refuses the whole call.
 * @throws MessageError for the first problem
 */
export function checkMms(input: unknown, rules: MmsRules): CheckedMms {
  // In JavaScript a caller may give a name that no surface has.
  if (!surfaceFacts[rules.surface]?.carriesMms) throw new MessageError('MMS_NEEDS_WEB_SERVICE', 'account');
  const fields = checkKnownFields(input, fieldNames);
  const numbers = checkRecipients(fields['to'], rules.maxRecipients);
  const to = fields['allowRepeats'] === true ? numbers : [...new Set(numbers)];
  const subject = checkSubject(fields['subject'], rules.charset);
  const text = isNoText(fields['text']) ? '' : checkText(fields['text'], mmsText(rules));
  const media = checkMedia(fields['media'], rules);
  const sending = checkSending(fields, rules);
  const idempotencyKey = checkIdempotencyKey(fields['idempotencyKey']);
  const meta = checkMeta(fields['meta']);
  return {
    to,
    repeated: numbers.length - to.length,
    subject,
    text,
    media,
    ...sending,
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(meta !== undefined && { meta }),
  };
}

const isNoText = (text: unknown): boolean => text === undefined || text === '';

const mmsText = ({ charset }: MmsRules) => ({ charset, maxTextLength: maxMmsTextLength });

function checkRecipients(to: unknown, maximum: number): readonly string[] {
  if (!Array.isArray(to)) return [normalizeNumber(to)];
  if (to.length === 0) throw new MessageError('RECIPIENTS_MISSING', 'to');
  if (to.length > maximum) {
    throw new MessageError('TOO_MANY_RECIPIENTS', 'to', { count: to.length, maximum });
  }
  // A list with holes has numbers missing, too.
  return Array.from(to, numberAt);
}

/** Says which of the numbers it is by its place, never by itself. */
function numberAt(number: unknown, index: number): string {
  try {
    return normalizeNumber(number);
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    // biome-ignore lint/style/useErrorCause: the cause says the same, without the place
    throw new MessageError(error.code, `to[${index}]`, error.details);
  }
}
