import { findRow } from '../../src/codes/index.ts';
import type { RefusedByCode } from '../../src/jetsms/outcome.ts';

/** A refusal as it is read from a reply of this code and these words. */
export const refusedBy = (code: string, text = ''): RefusedByCode => ({
  kind: 'refused',
  by: 'code',
  code,
  row: findRow(code, text),
  text,
});
