import { findRow, parseReply, type Reply } from '../../codes/index.ts';
import {
  type Outcome,
  type RefusedByCode,
  soapFaultCode,
  type Uncertain,
  type UncertainCause,
} from '../outcome.ts';
import { outcomeOfReply, type Redactions } from '../reply-outcome.ts';
import { scrubProviderText } from '../scrub.ts';
import type { ReplyContext, ReplyReading } from '../surface.ts';
import { type RecipientRow, statusesOf } from './recipient-rows.ts';
import { child, readSoap, type SoapFault, type SoapResult, textOf } from './soap.ts';

/** What the bytes of a reply came to; `undefined` where they are no reply of the web service. */
export function readWebServiceReply(bytes: Buffer, context: ReplyContext): ReplyReading | undefined {
  const reading = readSoap(bytes);
  switch (reading.kind) {
    case 'result':
      // The document itself tells whether it is whole, whatever became of the connection.
      return readResult(reading, { ...context, cut: reading.cut && (context.cut ?? 'cut-reply') });
    case 'fault':
      return { outcome: outcomeOfFault(reading, context.redactions) };
    case 'other':
      return undefined;
  }
}

/** A fault that says that the request was wrong refuses it; any other leaves open what was done. */
export function outcomeOfFault(
  { requestWrong, text }: SoapFault,
  redactions: Redactions,
): RefusedByCode | Uncertain {
  if (!requestWrong) return { kind: 'uncertain', cause: 'server-fault' };
  const words = scrubProviderText(text, redactions());
  return { kind: 'refused', by: 'code', code: soapFaultCode, row: undefined, text: words };
}

/** SendSMSResult has ErrorCode and ID, ResponseFromHostV2 has others, and some results are bare text. */
function readResult(result: SoapResult, context: ReplyContext): ReplyReading {
  const { value, cut } = result;
  if (typeof value !== 'object') {
    const isCut = cut?.open !== undefined;
    return { outcome: outcomeOfReply(parseReply(textOf(value), { isCut }), context) };
  }
  if (child(value, 'ResponseCode') === undefined) {
    return { outcome: outcomeOfReply(replyIn(result, 'ErrorCode', 'ID'), context) };
  }
  const outcome = outcomeOfReply(replyIn(result, 'ResponseCode', 'ResponseMessage'), context);
  return readRecipients(outcome, rowsOf(value), context);
}

/** The reply that two fields of a result mean. Of a cut one only the fields that came count. */
function replyIn({ value, cut }: SoapResult, codeField: string, textField: string): Reply {
  const code = textOf(child(value, codeField));
  const text = textOf(child(value, textField));
  if (cut === undefined) return replyOfFields(code, text);
  if (code === '' || cut.open === codeField) return parseReply(code, { isCut: true });
  const isTextWhole = child(value, textField) !== undefined && cut.open !== textField;
  return replyOfFields(code, text, !isTextWhole);
}

/** Puts two fields together: `00` + id, a bare code, a code with words in either field, or words alone. */
export function replyOfFields(code: string, text: string, isCut = false): Reply {
  const words = text.startsWith(`${code} `) ? text.slice(code.length + 1) : text;
  const together = parseReply(`${code} ${words}`, { isCut });
  // Replies that the list gives as words without a code are known only where nothing follows the words.
  return together.kind === 'reply' || isCut || code === '' ? together : parseReply(code);
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
 * A V2 reply, recipient by recipient. Without any row the code counts for all; a recipient without a row is
 * uncertain where others have one, or where rows may be missing; a refusal in which somebody was accepted is
 * uncertain for all.
 */
function readRecipients(
  outcome: Outcome,
  rows: readonly RecipientRow[],
  { cut, request }: Pick<ReplyContext, 'cut' | 'request'>,
): ReplyReading {
  if (rows.length === 0 && cut === undefined) return { outcome };
  const isRefused = outcome.kind === 'refused';
  if (isRefused && rows.some(isAccepted)) return { outcome: uncertainBy('malformed-reply') };
  if (isRefused && cut === undefined) return { outcome };
  const missing = uncertainBy(cut ?? 'malformed-reply');
  const perMessage = statusesOf(rows, request.messages, cut !== undefined).map((status): Outcome => {
    if (status === undefined) return missing;
    return isRefused ? outcome : outcomeOfRecipient(status, outcome);
  });
  const accepted = perMessage.find(({ kind }) => kind === 'accepted');
  return { outcome: accepted ?? (cut === undefined ? outcome : missing), perMessage };
}

const uncertainBy = (cause: UncertainCause): Uncertain => ({ kind: 'uncertain', cause });

/**
 * `0` will be processed, anything else is rejected (the vendor's OpenAPI file, for the same field of its
 * JSON interface). Our choices, since no real value is known: `00` is `0`; a code of the list refuses; any
 * other status is uncertain.
 */
function outcomeOfRecipient(status: string, whole: Outcome): Outcome {
  if (isAccepted({ status })) return whole.kind === 'accepted' ? whole : { kind: 'accepted' };
  const row = findRow(status, '');
  if (row?.official) return { kind: 'refused', by: 'code', code: row.code, row, text: '' };
  return uncertainBy(status === '' ? 'malformed-reply' : 'unknown-status');
}

const isAccepted = ({ status }: Pick<RecipientRow, 'status'>): boolean => /^0+$/.test(status);
