import { describe, expect, it } from 'vitest';
import { numberColumnNames, readHeader } from '../../../../src/cli/csv/header.ts';

describe('readHeader', () => {
  it.each([...numberColumnNames, 'TELEFON', 'GSM No', 'gsm_no', 'Tel.'])(
    'knows "%s" as the number column',
    (name) => {
      expect(readHeader(['ad', name], {}).toIndex).toBe(1);
    },
  );

  it('ignores columns without a name and drops those at the end', () => {
    expect(readHeader(['', 'tel', '', 'Ad', '', ''], {}).keys).toEqual(['', 'tel', '', 'ad']);
  });
});
