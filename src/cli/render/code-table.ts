import { type CodeRow, unknownCode } from '../../codes/index.ts';
import { layOutColumns, wrap } from './columns.ts';

/** The table of codes for people: one row a line, wrapped to the width. */
export function renderCodeTable(table: readonly CodeRow[], width: number): readonly string[] {
  const head = ['CODE', 'CLASS', 'SCOPE', 'SURFACE', 'MEANING'];
  const rows = table.map((row) => [row.code, row.class, row.scope ?? '-', row.surface, row.meaning]);
  const footer = `Any other code: ${unknownCode.meaning}. ${unknownCode.action}`;
  return [...layOutColumns([head, ...rows], width), '', ...wrap(footer, width)];
}
