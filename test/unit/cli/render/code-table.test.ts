import { describe, expect, it } from 'vitest';
import { renderCodeTable } from '../../../../src/cli/render/code-table.ts';
import { codeTable, unofficialCodes } from '../../../../src/codes/index.ts';

describe('renderCodeTable', () => {
  it('fits into the width of a terminal', () => {
    const lines = renderCodeTable(codeTable, unofficialCodes, 80);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.join(' ')).toContain('wrong user name or password');
  });

  it('marks the codes that JetSMS does not list', () => {
    const lines = renderCodeTable(codeTable, unofficialCodes, 200);
    expect(lines.filter((line) => /^\d+ \* /.test(line))).toHaveLength(unofficialCodes.length);
    expect(lines.filter((line) => /^\d+ +[a-z]/.test(line))).toHaveLength(codeTable.length);
  });
});
