import { describe, expect, it } from 'vitest';
import { renderCodeTable } from '../../../../src/cli/render/code-table.ts';
import { codeTable } from '../../../../src/codes/index.ts';

describe('renderCodeTable', () => {
  it('fits into the width of a terminal', () => {
    const lines = renderCodeTable(codeTable, 80);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.join(' ')).toContain('wrong user name or password');
  });
});
