import { findRow, parseReply, type Reply } from '../codes/index.ts';
import { type Outcome, type RefusedByCode, soapFaultCode, type Uncertain } from './outcome.ts';
import type { ParcelMessage } from './parcel.ts';
import { outcomeOfReply, type Withheld } from './reply-outcome.ts';
import { scrubProviderText } from './scrub.ts';
import { child, readSoap, type SoapFault, textOf } from './soap.ts';
import type { ReplyContext, ReplyReading } from './surface.ts';

/** What the bytes of a 200 or a 500 came to; `undefined` where they are no reply of the web service. */
export function readWebServiceReply(bytes: Buffer, context: ReplyContext): ReplyReading | undefined {
  const reading = readSoap(bytes);
  switch (reading.kind) {
    case 'result':
      return readResult(reading.value, context);
    case 'fault':
      return { outcome: outcomeOfFault(reading, context.withheld) };
    case 'other':
      return undefined;
  }
}

/** A fault that says that the request was wrong refuses it; any other leaves open what was done. */
export function outcomeOfFault(
  { requestWrong, text }: SoapFault,
  withheld: Withheld,
): RefusedByCode | Uncertain {
  if (!requestWrong) return { kind: 'uncertain', cause: 'server-fault' };
  const words = scrubProviderText(text, withheld());
  return { kind: 'refused', by: 'code', code: soapFaultCode, row: undefined, text: words };
}

/** SendSMSResult has ErrorCode and ID, ResponseFromHostV2 has others, and some results are bare text. */
function readResult(result: unknown, context: ReplyContext): ReplyReading {
  const outcomeOf = (code: unknown, text: unknown): Outcome =>
    outcomeOfReply(replyOfFields(textOf(code), textOf(text)), context.withheld);
  if (typeof result !== 'object') return { outcome: outcomeOf('', result) };
  const code = child(result, 'ResponseCode');
  if (code === undefined) return { outcome: outcomeOf(child(result, 'ErrorCode'), child(result, 'ID')) };
  const outcome = outcomeOf(code, child(result, 'ResponseMessage'));
  return readRecipients(outcome, rowsOf(result), context.parcel.messages);
}

/**
 * Puts the two fields of a result together to the reply that they mean: `00` + id, a bare code, a code with
 * words in either field, or words alone. A code in no form that the list knows is still a code: unknown.
 */
export function replyOfFields(code: string, text: string): Reply {
  const words = text.startsWith(`${code} `) ? text.slice(code.length + 1) : text;
  const together = parseReply(`${code} ${words}`);
  if (together.kind === 'reply') return together;
  const byCode = parseReply(code);
  if (byCode.kind === 'reply') return byCode;
  if (code === '') return together;
  const [first = '', ...rest] = code.split(/\s+/);
  return { kind: 'reply', code: first.slice(0, 20), text: [...rest, text].join(' ') };
}

/** What V2 says of one recipient. */
interface RecipientRow {
  readonly messageId: string;
  readonly number: string;
  readonly status: string;
}

function rowsOf(result: unknown): readonly RecipientRow[] {
  const rows = child(child(result, 'ResponseGroupIdArray'), 'ResponseGroupId');
  if (!Array.isArray(rows)) return [];
  return rows.map((row) => ({
    messageId: textOf(child(row, 'MessageId')),
    number: textOf(child(row, 'GsmNumber')),
    status: textOf(child(row, 'Status')),
  }));
}

/**
 * A V2 reply, recipient by recipient. Without any row the code speaks for all; a recipient without a row,
 * where others have one, is uncertain; and so is a refusal in which somebody was accepted.
 */
function readRecipients(
  outcome: Outcome,
  rows: readonly RecipientRow[],
  messages: readonly ParcelMessage[],
): ReplyReading {
  if (rows.length === 0) return { outcome };
  if (outcome.kind === 'refused') return { outcome: rows.some(isAccepted) ? contradiction : outcome };
  const statusOf = statusFinder(rows, messages);
  const perMessage = messages.map((message) => outcomeOfRecipient(statusOf(message), outcome, message));
  return { outcome: perMessage.find(({ kind }) => kind === 'accepted') ?? outcome, perMessage };
}

const contradiction: Uncertain = { kind: 'uncertain', cause: 'malformed-reply' };

/**
 * `0` will be processed, anything else is rejected (the vendor's OpenAPI file, for the same field of its
 * JSON surface). Our choices, unknown on the wire: `00` is `0`; another status is a code of the list where
 * the list has it, else an unknown code; without a group id, our own id stands for it, since V2's report
 * asks for that one.
 */
function outcomeOfRecipient(status: string | undefined, whole: Outcome, { id }: ParcelMessage): Outcome {
  if (status === undefined || status === '') return contradiction;
  if (!isAccepted({ status })) {
    return { kind: 'refused', by: 'code', code: status.slice(0, 20), row: findRow(status, ''), text: '' };
  }
  return whole.kind === 'accepted' ? whole : { kind: 'accepted', groupId: id };
}

function isAccepted({ status }: Pick<RecipientRow, 'status'>): boolean {
  return /^0+$/.test(status);
}

/** Finds a message's status by its id; by its number where the reply leaves ids out and the number is unique. */
function statusFinder(
  rows: readonly RecipientRow[],
  messages: readonly ParcelMessage[],
): (message: ParcelMessage) => string | undefined {
  const byId = new Map(rows.filter(({ messageId }) => messageId).map((row) => [row.messageId, row.status]));
  if (byId.size > 0) return ({ id }) => byId.get(id);
  const byNumber = new Map(rows.map((row) => [lastDigits(row.number), row.status]));
  const unique =
    byNumber.size === rows.length &&
    new Set(messages.map(({ to }) => lastDigits(to))).size === messages.length;
  return ({ to }) => (unique ? byNumber.get(lastDigits(to)) : undefined);
}

/** The ten digits that all spellings of a Turkish mobile share. */
function lastDigits(number: string): string {
  return number.replace(/\D/g, '').slice(-10);
}
