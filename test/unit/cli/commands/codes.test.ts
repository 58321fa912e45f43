import { describe, expect, it } from 'vitest';
import { codeTable, unofficialCodes } from '../../../../src/codes/index.ts';
import { captureCli } from '../capture.ts';

describe('jetsms codes', () => {
  it('prints a line for every row, in the order of the list', async () => {
    const { exitCode, out } = await captureCli(['codes']);
    expect(exitCode).toBe(0);
    expect(out.slice(1, 1 + codeTable.length).map((line) => line.split(' ')[0])).toEqual(
      codeTable.map((row) => row.code),
    );
  });

  it('prints the whole table as JSON', async () => {
    const { out } = await captureCli(['codes', '--json']);
    const rows: { readonly official: boolean }[] = JSON.parse(out.join('\n'));
    expect(rows.filter(({ official }) => official)).toEqual(codeTable);
    expect(rows.filter(({ official }) => !official)).toMatchObject(unofficialCodes);
  });
});
