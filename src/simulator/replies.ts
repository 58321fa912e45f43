import { codeTable, type RowId } from '../codes/index.ts';
import type { ProviderRefusal } from './submission.ts';

/** What the open places of a literal reply are filled with. */
export interface ReplyDetails {
  /** The account's maximum text length (85). */
  readonly limit?: number;
  /** The provider's explanation (90, 201 to 204). */
  readonly detail?: string;
}

/** Our choice: literal-30-31. The list prints no reply for these; a client of the web service saw the first. */
const unprinted: Readonly<Record<string, string>> = {
  '30': 'Originator must be fill',
  '31': 'Gsm number must be fill',
};

/** The refusal of a row of the code table, in the provider's literal words. */
export function refusal(row: RowId, details: ReplyDetails = {}): ProviderRefusal {
  return refusalOf(row, details) ?? { code: row, text: '' };
}

/** As `refusal`, for any code or row id; undefined where the table has none such. */
export function refusalOf(codeOrRow: string, details: ReplyDetails = {}): ProviderRefusal | undefined {
  const row = codeTable.find(({ id, code }) => id === codeOrRow || code === codeOrRow);
  if (row === undefined) return undefined;
  const literal = row.literal ?? `${row.code} ${unprinted[row.code] ?? ''}`;
  return { code: row.code, text: fill(withoutCode(literal, row.code), details) };
}

/** A refusal where only text can stand: the code, and the words behind it. */
export function refusalLine({ code, text }: ProviderRefusal): string {
  return `${code} ${text}`.trimEnd();
}

function withoutCode(literal: string, code: string): string {
  return literal.startsWith(`${code} `) ? literal.slice(code.length + 1) : literal;
}

function fill(text: string, { limit, detail }: ReplyDetails): string {
  const sized = limit === undefined ? text : text.replace('{mesajUzunlugu}', String(limit));
  if (detail === undefined) return sized;
  return sized.endsWith('...') ? sized.replace('...', detail) : detail;
}
