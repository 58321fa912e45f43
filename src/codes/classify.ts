import { fold } from './fold.ts';
import type { RowId } from './list.ts';
import { type JetsmsReply, type NotAReply, notAReplyCauses, type Reply } from './reply.ts';
import { type CodeRow, codeTable, unknownCode, unofficialRows } from './table.ts';
import { type UnofficialCode, unofficialCodes } from './unofficial.ts';

/** What a reply means. */
export type Classification = ListedReply | UnknownCode | NotAReply;

/** A code of the list, or one of the few others that are treated like one (`row.official` is false then). */
export interface ListedReply {
  /** Tells it from the others. */
  readonly kind: 'listed';
  /** What the table says of it. */
  readonly row: CodeRow;
  /** As it came. */
  readonly code: string;
  /** What followed the code. */
  readonly text: string;
  /** Behind `00`, where an id stands there that is certainly whole. An acceptance without one is still one. */
  readonly groupId?: string;
}

/** A code that JetSMS does not list. Never success. */
export interface UnknownCode {
  /** Tells it from the others. */
  readonly kind: 'unknown-code';
  /** As it came. */
  readonly code: string;
  /** What followed the code. */
  readonly text: string;
  /** What public clients take it for. Told to people; nothing is decided by it. */
  readonly hint?: UnofficialCode;
}

/** The ids seen are 12 to 19 digits. Our choice: 9 to 25 pass for one, and anything else is none. */
const groupIdShape = /^[0-9]{9,25}$/;

/** A Turkish mobile number in any spelling. Our choice: no id. Those seen begin with a date, as no such number does. */
const mobileNumber = /^(?:(?:00)?90|0)?5[0-9]{9}$/;

const rowsByCode: ReadonlyMap<string, readonly CodeRow[]> = Map.groupBy(
  [...codeTable, ...unofficialRows],
  (row) => row.code,
);
const hints: ReadonlyMap<string, UnofficialCode> = new Map(unofficialCodes.map((seen) => [seen.code, seen]));
const rowsById: ReadonlyMap<string, CodeRow> = new Map(
  [...codeTable, ...unofficialRows].map((row) => [row.id, row]),
);

/**
 * Judges a reply by the table. Total: every reply has exactly one classification, and what is none is not a reply.
 *
 * @param reply as `parseReply()` gives it
 * @returns what it means
 * @example
 * import { classify, parseReply } from 'jetsms-producer/codes';
 *
 * const meant = classify(parseReply('00 130228114512'));
 * if (meant.kind === 'listed') console.log(meant.row.class, meant.groupId); // → accepted 130228114512
 */
export function classify(reply: Reply): Classification {
  if (!isCoded(reply)) return unreadable(reply);
  const { code, text } = reply;
  if (reply.cut && hangsOnMissingWords(code, text)) return { kind: 'not-a-reply', cause: 'malformed' };
  const row = findRow(code, text);
  if (row === undefined) return unknown(code, text);
  const groupId = row.class === 'accepted' ? groupIdIn(reply) : undefined;
  return { kind: 'listed', row, code, text, ...(groupId !== undefined && { groupId }) };
}

/** In JavaScript a caller may give anything. */
const isCoded = (reply: Reply | undefined): reply is JetsmsReply =>
  reply?.kind === 'reply' && typeof reply.code === 'string' && typeof reply.text === 'string';

const unreadable = (reply: Reply | undefined): NotAReply =>
  reply?.kind === 'not-a-reply' && isCause(reply.cause) ? reply : { kind: 'not-a-reply', cause: 'malformed' };

const isCause = (cause: unknown): boolean => notAReplyCauses.some((known) => known === cause);

/** The first word behind the code, if it is an id; the last word of a cut reply may go on, and then it is none. */
function groupIdIn({ text, cut }: JetsmsReply): string | undefined {
  const [first = '', ...more] = text.split(' ');
  const isWhole = cut !== 'in-word' || more.length > 0;
  return isWhole && groupIdShape.test(first) && !mobileNumber.test(first) ? first : undefined;
}

function unknown(code: string, text: string): UnknownCode {
  const hint = hints.get(code);
  return { kind: 'unknown-code', code, text, ...(hint && { hint }) };
}

/**
 * The row of a code, undefined where there is none. Under 90 the text decides: exactly `XML null` (any
 * case), beginning with `XML Parser Hatasi`, or anything else.
 *
 * @param code two or three digits, as text
 * @param text what followed the code
 * @returns the row of the table
 * @example
 * import { findRow } from 'jetsms-producer/codes';
 *
 * console.log(findRow('11', 'not enough limit')?.scope); // → quota
 */
export function findRow(code: string, text: string): CodeRow | undefined {
  if (code === '90') return rowsById.get(rowIdOf90(fold(text)));
  return rowsByCode.get(code)?.[0];
}

const lostXmlWords = 'xml null';
const parserWords = 'xml parser hatasi';

/**
 * The row of this name.
 *
 * @param id the row's name: its code, except under 90
 * @returns undefined where there is no such row
 * @example
 * import { rowNamed } from 'jetsms-producer/codes';
 *
 * console.log(rowNamed('90-xml-null')?.class); // → retryable
 */
export const rowNamed = (id: string): CodeRow | undefined => rowsById.get(id);

/**
 * What a code means, in a few words for people; of one that JetSMS does not list it says so.
 *
 * @param code two or three digits, as text
 * @param row its row, as `findRow()` gives it
 * @returns English
 * @example
 * import { meaningInWords } from 'jetsms-producer/codes';
 *
 * console.log(meaningInWords('777', undefined)); // → not in the list of JetSMS; never taken for success
 */
export function meaningInWords(code: string, row: CodeRow | undefined): string {
  if (row?.official) return row.meaning;
  const seen = hints.get(code)?.meaning;
  return seen === undefined ? unknownCode.meaning : `${unlisted}; public clients take it for: ${seen}`;
}

const unlisted = 'not in the list of JetSMS';

function rowIdOf90(foldedText: string): RowId {
  if (foldedText === lostXmlWords) return '90-xml-null';
  return foldedText.startsWith(parserWords) ? '90-parser' : '90-other';
}

/** Whether the words that are missing from a cut reply could still make it another row. */
function hangsOnMissingWords(code: string, text: string): boolean {
  const words = fold(text);
  if (code !== '90') return false;
  return lostXmlWords.startsWith(words) || (parserWords.startsWith(words) && words !== parserWords);
}
