import { isMessageError, MessageError } from './errors.ts';
import { type Lane, lanes, type WhenNotFound, type WhenUncertain } from './lane.ts';
import { checkMeta, type Meta } from './meta.ts';
import { normalizeNumber } from './number.ts';
import { partsByModel } from './parts.ts';
import { defaultPartsModel, type PartsModel } from './parts-models.ts';
import { checkReference } from './reference.ts';
import { checkText, encodingProblem, type TextRules } from './text.ts';
import { type Deadline, type ResolvedTimes, resolveTimes, type SendAt } from './times.ts';
import { checkUncertainWish, type UncertainWish } from './uncertain.ts';

/** What a backend app asks to be sent: one text for one recipient. */
export interface NewMessage {
  /** A mobile number in any usual spelling: `0532 123 45 67`; one of another country with + or 00 before its country code. */
  readonly to: string;
  /** What the recipient reads; at most as long as the account allows. */
  readonly text: string;
  /**
   * The registered sender name.
   * @default the account's own
   */
  readonly title?: string;
  /**
   * The account to send through.
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
   * What happens where the request got no answer.
   * @default ask
   */
  readonly whenUncertain?: WhenUncertain;
  /**
   * With `ask`: what happens where JetSMS does not know the message, or cannot be asked.
   * @default by the [lane](#lanes)
   */
  readonly whenNotFound?: WhenNotFound;
  /**
   * Names this message in the caller's system, so that sending it again does not text twice; 1 to 256 characters.
   * @default none: a call that is repeated is a second message
   */
  readonly idempotencyKey?: string;
  /**
   * Comes back in status and events; at most 512 bytes as JSON, and no place for a phone number. JetSMS never sees it.
   * @default none
   */
  readonly meta?: Meta;
  /**
   * Goes to JetSMS in the field `reference` of the request; at most 40 characters. What JetSMS does with it is not public. Only
   * messages of one reference share a request, so one for each message costs a request for each.
   * @default none
   */
  readonly reference?: string;
}

/** What an account prescribes for its messages. */
export interface AccountRules extends TextRules {
  /** The title used where a message names none. */
  readonly title?: string;
  /** How SMS parts are counted; `list` where left out. */
  readonly partsModel?: PartsModel;
}

export interface MessageRules extends AccountRules {
  /** The time of the check, in epoch milliseconds. */
  readonly nowMs: number;
}

/** How messages are sent, whoever they go to. */
export interface Sending extends ResolvedTimes, UncertainWish {
  readonly title: string;
  readonly lane: Lane;
  readonly reference?: string;
}

/** A message that can be sent as it stands. */
export interface CheckedMessage extends Sending {
  /** In the provider's form: digits, country code first, no plus sign. */
  readonly to: string;
  readonly text: string;
  /** SMS that the text takes by the account's `partsModel`: an assumption about what is charged. */
  readonly parts: number;
  /** Set where it is not `list`. */
  readonly partsModel?: PartsModel;
  readonly idempotencyKey?: string;
  readonly meta?: Meta;
}

export const defaultLane: Lane = 'transactional';
/** Our choice, far above any title: a phone shows 11 characters; JetSMS answers code 12 for what it lacks. */
export const maxTitleLength = 40;
export const maxIdempotencyKeyLength = 256;

/** Fields of a `NewMessage`, each once. */
const fieldNames: ReadonlySet<string> = new Set<keyof NewMessage>([
  'to',
  'text',
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
]);

type Fields = Readonly<Partial<Record<keyof NewMessage, unknown>>>;

/** What `checkSending` reads, not checked yet. */
export type SendingFields = Pick<
  Fields,
  'title' | 'lane' | 'sendAt' | 'deadline' | 'whenUncertain' | 'whenNotFound' | 'reference'
>;

/**
 * Checks a message by the rules of its account and completes it. Unknown fields are refused: a mistyped
 * `idempotencykey` that is passed over would text somebody twice.
 * Which account a message goes through is the caller's to resolve; here its name need only be a text.
 * @throws MessageError for the first problem
 */
export function checkMessage(input: unknown, rules: MessageRules): CheckedMessage {
  const fields: Fields = checkKnownFields(input, fieldNames);
  checkAccount(fields);
  const to = normalizeNumber(fields.to);
  const text = checkText(fields.text, rules);
  const sending = checkSending(fields, rules);
  const idempotencyKey = checkIdempotencyKey(fields.idempotencyKey);
  const meta = checkMeta(fields.meta);
  return {
    to,
    text,
    ...sending,
    parts: partsByModel(text, rules.partsModel),
    ...partsModelField(rules.partsModel),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(meta !== undefined && { meta }),
  };
}

/** The model as it is written beside a count of parts: not at all where it is the usual one. */
export function partsModelField(model: PartsModel = defaultPartsModel): { readonly partsModel?: PartsModel } {
  return model === defaultPartsModel ? {} : { partsModel: model };
}

/**
 * Checks how messages are to be sent, apart from number and text.
 * @throws MessageError for the first problem
 */
export function checkSending(fields: SendingFields, rules: MessageRules): Sending {
  const title = checkTitle(fields.title, rules);
  const lane = checkLane(fields.lane);
  const wish = checkUncertainWish(fields, lane);
  const reference = checkReference(fields.reference, rules.charset);
  const { sendAt, deadline } = fields;
  return {
    title,
    lane,
    ...wish,
    ...(reference !== undefined && { reference }),
    ...resolveTimes({ sendAt, deadline, lane, nowMs: rules.nowMs }),
  };
}

/** Every problem of a message, in the order in which `checkMessage` looks for them; none if it can be sent. */
export function messageProblems(input: unknown, rules: MessageRules): readonly MessageError[] {
  if (!isObject(input)) return [new MessageError('MESSAGE_INVALID', 'message')];
  const fields: Fields = input;
  const lane = lanes.find((known) => known === fields.lane) ?? defaultLane;
  const { sendAt, deadline } = fields;
  const checks: readonly (() => unknown)[] = [
    () => checkAccount(fields),
    () => normalizeNumber(fields.to),
    () => checkText(fields.text, rules),
    () => checkTitle(fields.title, rules),
    () => checkLane(fields.lane),
    () => checkUncertainWish(fields, lane),
    () => checkIdempotencyKey(fields.idempotencyKey),
    () => checkMeta(fields.meta),
    () => checkReference(fields.reference, rules.charset),
    () => resolveTimes({ sendAt, deadline, lane, nowMs: rules.nowMs }),
  ];
  return [...unknownFields(input).map((field) => fieldUnknown(field)), ...checks.flatMap(problemOf)];
}

/** The title of a message, or its account's, trimmed. An empty one is an error, not a wish for the account's. */
export function checkTitle(title: unknown, rules: AccountRules): string {
  const given = title === undefined ? rules.title : title;
  if (given === undefined || given === null) throw new MessageError('TITLE_MISSING', 'title');
  const trimmed = typeof given === 'string' ? given.trim() : undefined;
  if (trimmed === '') throw new MessageError('TITLE_MISSING', 'title');
  if (trimmed === undefined || !isTitle(trimmed, rules)) {
    throw new MessageError('TITLE_INVALID', 'title', { maximum: maxTitleLength, charset: rules.charset });
  }
  return trimmed;
}

function isTitle(title: string, { charset }: AccountRules): boolean {
  return (
    title.length <= maxTitleLength && !/[\t\r\n]/.test(title) && encodingProblem(title, charset) === undefined
  );
}

/**
 * The fields of an object that has none but these; `whole` is what the object is called.
 * @throws MessageError MESSAGE_INVALID, FIELD_UNKNOWN
 */
export function checkKnownFields(
  input: unknown,
  known: ReadonlySet<string>,
  whole = 'message',
): Readonly<Record<string, unknown>> {
  if (!isObject(input)) throw new MessageError('MESSAGE_INVALID', 'message');
  const [unknown] = unknownFields(input, known);
  if (unknown !== undefined) throw fieldUnknown(unknown, whole);
  return input as Readonly<Record<string, unknown>>;
}

function unknownFields(input: object, known: ReadonlySet<string> = fieldNames): readonly string[] {
  return Object.keys(input).filter((name) => !known.has(name));
}

/** Names the field only where it is a name: an object keyed by numbers or texts must not speak through it. */
function fieldUnknown(field: string, whole = 'message'): MessageError {
  const name = /^[A-Za-z_][A-Za-z_]{0,39}$/.test(field) ? field : 'one whose name is not shown';
  return new MessageError('FIELD_UNKNOWN', whole, { name });
}

function checkAccount({ account }: Fields): void {
  if (account === undefined || (typeof account === 'string' && account !== '')) return;
  throw new MessageError('ACCOUNT_UNKNOWN', 'account');
}

function checkLane(lane: unknown): Lane {
  if (lane === undefined) return defaultLane;
  const known = lanes.find((name) => name === lane);
  if (known === undefined) throw new MessageError('LANE_UNKNOWN', 'lane', { allowed: lanes.join(', ') });
  return known;
}

/** @throws MessageError IDEMPOTENCY_KEY_INVALID */
export function checkIdempotencyKey(key: unknown): string | undefined {
  if (key === undefined) return undefined;
  if (typeof key === 'string' && key !== '' && key.length <= maxIdempotencyKeyLength) return key;
  throw new MessageError('IDEMPOTENCY_KEY_INVALID', 'idempotencyKey', { maximum: maxIdempotencyKeyLength });
}

function problemOf(check: () => unknown): readonly MessageError[] {
  try {
    check();
    return [];
  } catch (error) {
    if (isMessageError(error)) return [error];
    throw error;
  }
}

function isObject(input: unknown): input is object {
  return typeof input === 'object' && input !== null && !Array.isArray(input);
}
