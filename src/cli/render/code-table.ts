import { type CodeRow, type UnofficialCode, unknownCode } from '../../codes/index.ts';
import { layOutColumns, wrap } from './columns.ts';

/** A code that JetSMS does not list: with a row where something is done about it in particular. */
export type UnlistedCode = UnofficialCode & Partial<Pick<CodeRow, 'class' | 'scope'>>;

/** The table of codes for people: one row a line, wrapped to the width; below it those that JetSMS does not list. */
export function renderCodeTable(
  table: readonly CodeRow[],
  unlisted: readonly UnlistedCode[],
  width: number,
): readonly string[] {
  const head = ['CODE', 'CLASS', 'SCOPE', 'SURFACE', 'MEANING'];
  const rows = [...table, ...unlisted].map((row) => [
    row.official ? row.code : `${row.code} *`,
    row.class ?? unknownCode.class,
    row.scope ?? '-',
    row.surface,
    row.meaning,
  ]);
  const note = '* JetSMS does not list this code; only public clients have seen it. `--json` names them.';
  const footer = `Any other code: ${unknownCode.meaning}. ${unknownCode.action}`;
  return [...layOutColumns([head, ...rows], width), '', ...wrap(note, width), ...wrap(footer, width)];
}
