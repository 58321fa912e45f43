import { fold } from './fold.ts';
import type { RowId } from './list.ts';
import type { NotAReply, Reply } from './reply.ts';
import { type CodeRow, codeTable, unofficialRows } from './table.ts';
import { type UnofficialCode, unofficialCodes } from './unofficial.ts';

/** What a reply means. */
export type Classification = ListedReply | AcceptedWithoutId | UnknownCode | NotAReply;

/** A code of the list, or one of the few others that are treated like one (`row.official` is false then). */
export interface ListedReply {
  readonly kind: 'listed';
  readonly row: CodeRow;
  readonly code: string;
  readonly text: string;
  readonly groupId?: string;
}

/** `00` without an id behind it: a cut reply. The request may have been taken, so it is uncertain. */
export interface AcceptedWithoutId {
  readonly kind: 'accepted-without-id';
  readonly code: '00';
  readonly text: string;
}

/** A code that JetSMS does not list. Never success. */
export interface UnknownCode {
  readonly kind: 'unknown-code';
  readonly code: string;
  readonly text: string;
  /** What public clients take it for. Told to people; nothing is decided by it. */
  readonly hint?: UnofficialCode;
}

/**
 * One token of letters, digits and hyphens. The ids seen are 12 to 19 digits; the provider promises no shape,
 * so only what cannot be an id is refused.
 */
const plausibleGroupId = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;

const rowsByCode: ReadonlyMap<string, readonly CodeRow[]> = Map.groupBy(
  [...codeTable, ...unofficialRows],
  (row) => row.code,
);
const hints: ReadonlyMap<string, UnofficialCode> = new Map(unofficialCodes.map((seen) => [seen.code, seen]));
const rowsById: ReadonlyMap<string, CodeRow> = new Map(codeTable.map((row) => [row.id, row]));

/** Judges a reply by the table. Total: every reply has exactly one classification. */
export function classify(reply: Reply): Classification {
  if (reply.kind === 'not-a-reply') return reply;
  const { code, text } = reply;
  const row = findRow(code, text);
  if (row === undefined) return unknown(code, text);
  if (row.class !== 'accepted') return { kind: 'listed', row, code, text };
  if (!plausibleGroupId.test(text)) return { kind: 'accepted-without-id', code: '00', text };
  return { kind: 'listed', row, code, text, groupId: text };
}

function unknown(code: string, text: string): UnknownCode {
  const hint = hints.get(code);
  return { kind: 'unknown-code', code, text, ...(hint && { hint }) };
}

/**
 * The row of a code, undefined where there is none. Under 90 the text decides: exactly `XML null` (any
 * case), beginning with `XML Parser Hatasi`, or anything else.
 */
export function findRow(code: string, text: string): CodeRow | undefined {
  if (code === '90') return rowsById.get(rowIdOf90(fold(text)));
  return rowsByCode.get(code)?.[0];
}

function rowIdOf90(foldedText: string): RowId {
  if (foldedText === 'xml null') return '90-xml-null';
  return foldedText.startsWith('xml parser hatasi') ? '90-parser' : '90-other';
}
