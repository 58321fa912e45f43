import { accountRows } from './account-table.ts';
import { processRows } from './process-table.ts';
import { type Setting, toSettings } from './setting.ts';

/** The settings of a process, in the order of the docs. */
export const processTable: readonly Setting[] = toSettings('process', processRows);

/** The settings of an account, in the order of the docs. */
export const accountTable: readonly Setting[] = toSettings('account', accountRows);

/** Every setting: parsing, docs and `jetsms config` all come from here. */
export const settingsTable: readonly Setting[] = [...processTable, ...accountTable];
