import type { DescribedSetting } from '../../settings/describe.ts';
import { layOutColumns, wrap } from './columns.ts';

/** Settings for people: the process first, then one block per account, then what looks wrong. */
export function renderSettingsTable(
  rows: readonly DescribedSetting[],
  warnings: readonly string[],
  width: number,
): readonly string[] {
  const accounts = [...new Set(rows.map(({ account }) => account))];
  return [
    ...accounts.flatMap((account) => renderBlock(rows, account, width)),
    ...warnings.flatMap((warning) => wrap(`warning: ${warning}`, width)),
  ];
}

function renderBlock(
  rows: readonly DescribedSetting[],
  account: string | undefined,
  width: number,
): readonly string[] {
  const head = [account === undefined ? 'PROCESS' : `ACCOUNT ${account}`, 'FROM', 'VALUE'];
  const body = rows
    .filter((row) => row.account === account)
    .map(({ key, value, source }) => [`  ${key}`, source, value]);
  return [...layOutColumns([head, ...body], width), ''];
}
