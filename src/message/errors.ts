import { CodedError, type ErrorRow, isErrorOf } from '../errors/coded-error.ts';

/**
 * Every reason for which a message is refused before it is enqueued. The codes are stable.
 * `{name}` is filled from the error's details: counts, positions and single characters only, so that no number and no
 * text can get into an error.
 */
export const messageErrors = {
  MESSAGE_INVALID: {
    meaning: 'The message is not an object.',
    whatToDo: 'Pass an object with at least `to` and `text`.',
  },
  FIELD_UNKNOWN: {
    meaning: 'There is a field that is not known: {name}.',
    whatToDo: 'Check the spelling, or leave the field out.',
  },
  ARGUMENT_INVALID: {
    meaning: 'The value is not {form}.',
    whatToDo: 'Pass what docs/api.md says; leave the field out where it may be left out.',
  },
  ACCOUNT_UNKNOWN: {
    meaning: 'The account is not known.',
    whatToDo: 'Use the name of a configured account, or leave the field out for the default account.',
  },
  CAMPAIGN_INVALID: {
    meaning: "The campaign's name is not 1 to 64 letters, digits, dots, hyphens or underscores.",
    whatToDo: 'Pass a name such as `autumn-sale-2026`, the same one each time the campaign is enqueued.',
  },
  RECIPIENTS_MISSING: {
    meaning: 'There are no recipients.',
    whatToDo: 'Pass at least one number.',
  },
  RECIPIENTS_INVALID: {
    meaning: 'The recipients are not a list.',
    whatToDo: 'Pass an array or another iterable, also for a single number: `[number]`.',
  },
  NUMBER_EMPTY: {
    meaning: 'The number is empty.',
    whatToDo: 'Pass the number of a mobile phone, such as 0532 123 45 67.',
  },
  NUMBER_INVALID: {
    meaning: 'The number is not one that can exist.',
    whatToDo: 'Check for missing or extra digits, letters, and two numbers in one field.',
  },
  NUMBER_NOT_MOBILE: {
    meaning: 'The number is not one of a mobile phone: a landline, a service number (0850, 444) or the like.',
    whatToDo: 'Pass the number of a mobile phone: in Turkey, one that begins with 05.',
  },
  NUMBER_NEEDS_COUNTRY_CODE: {
    meaning: 'The number is not Turkish and has no sign that a country code is written.',
    whatToDo: 'Write + or 00 before the country code.',
  },
  NUMBER_READ_AS_TURKISH: {
    meaning:
      'The number is one of another country, but JetSMS gets it without a plus sign and could read it as a Turkish mobile number.',
    whatToDo:
      'If it is a Turkish number, write it without + or 00, such as 0532 123 45 67. Otherwise it cannot be sent: no form is known in which JetSMS could not mistake it.',
  },
  NUMBER_DOUBLE_ZERO: {
    meaning:
      'The number begins with 00, the sign of a country code, but what follows looks like a Turkish mobile number.',
    whatToDo: 'Write one zero: 0532 123 45 67. For another country write + before its country code.',
  },
  NUMBER_DIGITS_LOST: {
    meaning: 'The number was rounded by a spreadsheet (5,32E+09), so its last digits are lost.',
    whatToDo: 'In the spreadsheet give the column the format "text", enter the numbers again, and save.',
  },
  TEXT_EMPTY: {
    meaning: 'The text is empty or blank.',
    whatToDo: 'Pass a text; in a template, check that its values were filled in.',
  },
  TEXT_INVALID: {
    meaning: 'The text is not a string.',
    whatToDo: 'Pass a string.',
  },
  TEXT_NOT_ENCODABLE: {
    meaning:
      '{count} character(s) of the text cannot be sent in {charset}; the first is "{character}" ({codePoint}) at position {position}.',
    whatToDo: 'Replace or remove it, or let the account use the character set utf-8.',
  },
  TEXT_HAS_CONTROL_CHARACTER: {
    meaning:
      '{count} character(s) of the text are control characters or halves of a pair; the first is {codePoint} at position {position}.',
    whatToDo:
      'Remove it; line breaks and tabs are allowed. A half of a pair comes from cutting an emoji in two.',
  },
  TEXT_TOO_LONG: {
    meaning: 'The text has {characters} characters; the account allows {maximum}.',
    whatToDo: 'Shorten the text, or ask JetSMS to raise the maximum and then raise it in the settings.',
  },
  TITLE_MISSING: {
    meaning: 'The title (sender name) is missing or empty.',
    whatToDo: 'Pass a title that is registered with JetSMS, or set one for the account.',
  },
  TITLE_INVALID: {
    meaning: 'The title is not a string of at most {maximum} characters that {charset} can hold.',
    whatToDo: 'Pass the title exactly as it is registered with JetSMS.',
  },
  LANE_UNKNOWN: {
    meaning: 'The lane is not known.',
    whatToDo: 'Use one of: {allowed}.',
  },
  WHEN_UNCERTAIN_UNKNOWN: {
    meaning: 'The choice of what happens to an uncertain message is not known.',
    whatToDo: 'Use one of: {allowed}.',
  },
  WHEN_NOT_FOUND_UNKNOWN: {
    meaning: 'The choice of what happens to a message that JetSMS does not know is not known.',
    whatToDo: 'Use one of: {allowed}.',
  },
  WHEN_NOT_FOUND_UNASKED: {
    meaning: 'whenNotFound says what happens after asking, but the message is not to be asked about.',
    whatToDo: "Leave whenNotFound out, or pass whenUncertain: 'ask'.",
  },
  META_INVALID: {
    meaning:
      'The meta is not a flat object of texts, numbers and booleans, or takes more than {maximum} bytes as JSON.',
    whatToDo: 'Pass few short fields, such as { orderId: 17 }, and keep the rest in your own database.',
  },
  REFERENCE_INVALID: {
    meaning: 'The reference is not a text of one line, of 1 to {maximum} characters that {charset} can hold.',
    whatToDo: 'Pass a short word of your own, such as an order number, or leave the field out.',
  },
  TIME_INVALID: {
    meaning: 'The time cannot be read.',
    whatToDo:
      "Pass a Date, epoch milliseconds, or an ISO 8601 text with a time zone, such as 2030-01-31T09:00:00+03:00; or a length of time: sendAt: { in: '2h' }, deadline: '5m'.",
  },
  DURATION_INVALID: {
    meaning: 'The length of time cannot be read, or could mean several.',
    whatToDo:
      'Pass {form}; without blanks or fractions, the largest unit first, each unit once. m is minutes.',
  },
  SCHEDULE_PAST: {
    meaning: 'The time of sending lies {seconds} s in the past.',
    whatToDo:
      'Pass a time to come, or leave the field out to send now. Numbers are milliseconds, not seconds. The time is that of Redis: see that the clock of this machine is right.',
  },
  SCHEDULE_TOO_FAR: {
    meaning: 'The time of sending lies more than {maximumDays} days ahead.',
    whatToDo: 'Pass an earlier time. Numbers are milliseconds since 1970.',
  },
  SCHEDULE_AFTER_DEADLINE: {
    meaning: 'The time of sending is not before the deadline.',
    whatToDo: 'Pass a later deadline or an earlier time of sending.',
  },
  DEADLINE_PAST: {
    meaning: 'The deadline passed {seconds} s ago.',
    whatToDo:
      'Pass a deadline to come, or leave the field out. Numbers are milliseconds, not seconds. The time is that of Redis: see that the clock of this machine is right.',
  },
  DEADLINE_TOO_FAR: {
    meaning: 'The deadline lies more than {maximumDays} days ahead.',
    whatToDo: 'Pass an earlier deadline. Numbers are milliseconds since 1970.',
  },
  TOO_MANY_RECIPIENTS: {
    meaning: 'There are {count} recipients; one call takes {maximum}.',
    whatToDo: 'Call once for each {maximum}: the media is stored only once all the same.',
  },
  JOB_TOO_LARGE: {
    meaning: 'The send job would have {bytes} bytes; the most is {maximum}.',
    whatToDo: 'Call with fewer recipients at a time, or raise maxJobBytes, of the workers first.',
  },
  MMS_NEEDS_WEB_SERVICE: {
    meaning:
      'The account speaks XML, and an MMS can only go through the web service: the XML form of an MMS is not public.',
    whatToDo:
      "Let the account use the web service (surface: 'web-service', for producer and worker alike), or send through one that does.",
  },
  SUBJECT_INVALID: {
    meaning:
      'The subject is not a string of one line, of at most {maximum} characters that {charset} can hold.',
    whatToDo: 'Pass a shorter subject, or an empty one.',
  },
  MEDIA_INVALID: {
    meaning: 'The media is not an object with a `contentType` and `data` in bytes.',
    whatToDo: 'Pass the bytes of the file as a Buffer or Uint8Array, not as base64, and its MIME type.',
  },
  MEDIA_TYPE_NOT_ALLOWED: {
    meaning: 'The content type of the media is not one that the account allows.',
    whatToDo: 'Use one of: {allowed}. What JetSMS takes is not public; the setting is mmsContentTypes.',
  },
  MEDIA_TOO_LARGE: {
    meaning: 'The media has {bytes} bytes; the account allows {maximum}.',
    whatToDo: 'Make the file smaller. What JetSMS takes is not public; the setting is mmsMaxBytes.',
  },
  IDEMPOTENCY_KEY_INVALID: {
    meaning: 'The idempotency key is not a string of 1 to {maximum} characters.',
    whatToDo: 'Pass a text that names this message in your system, or leave the field out.',
  },
} as const;

/** Why a message was refused. */
export type MessageErrorCode = keyof typeof messageErrors;

/** Facts that are safe to log: counts, positions, single characters, names of fields. */
export type MessageErrorDetails = Readonly<Record<string, string | number>>;

/**
 * A message, or one field of it, was refused before it was enqueued.
 * Never contains the number, the text or the idempotency key.
 */
export class MessageError extends CodedError<MessageErrorCode> {
  override readonly name = 'MessageError';
  /** The field of the message that is wrong; `message` for the whole. */
  readonly field: string;
  /** Facts of the case that are safe to log. */
  readonly details: MessageErrorDetails;

  constructor(code: MessageErrorCode, field: string, details: MessageErrorDetails = {}) {
    const { meaning, whatToDo }: ErrorRow = messageErrors[code];
    super(code, { meaning: `${field}: ${fill(meaning, details)}`, whatToDo: fill(whatToDo, details) });
    this.field = field;
    this.details = details;
  }
}

/**
 * Whether something thrown is a `MessageError`, of this copy of the package or of another: told by name and code, since
 * `instanceof` fails where two copies are loaded. Total.
 *
 * @param error whatever was thrown
 * @returns true for a `MessageError`, whose fields can then be read
 * @example
 * import { isMessageError } from 'jetsms-producer';
 *
 * try {
 *   await producer.send({ to: '0212 123 45 67', text: 'Merhaba' });
 * } catch (error) {
 *   if (!isMessageError(error)) throw error;
 *   console.log(error.code, error.field); // → NUMBER_NOT_MOBILE to
 * }
 */
export function isMessageError(error: unknown): error is MessageError {
  return isErrorOf(error, 'MessageError', messageErrors);
}

/** Puts the facts of the case into a sentence of a table. */
export function fill(template: string, details: MessageErrorDetails): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? '?'));
}
