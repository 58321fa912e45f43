import type { Kind } from './kinds.ts';
import type { Need } from './settings.ts';

/** One row of the settings table: everything that parsing, the docs and `jetsms config` know of a setting. */
export interface Setting<Value = unknown> extends SettingRow<Value> {
  /** Its name in code and in the configuration file; ends in its unit. */
  readonly key: string;
  /** Its environment variable; with `_FILE` behind it, the variable that names a file with the value. */
  readonly env: string;
  readonly scope: 'process' | 'account';
}

/** What is written by hand for a setting; key, variable and scope follow from its place. */
export interface SettingRow<Value> {
  /** Where the variable is not the key in capitals. */
  readonly env?: string;
  readonly kind: Kind<Value>;
  /** '', [] and {} stand for "not set". */
  readonly default: Value;
  /** The commands that cannot do without it. */
  readonly need?: Need;
  /** Never shown, not even in part. */
  readonly secret?: true;
  /** False where a file with the value makes no sense. */
  readonly fromFile?: false;
  /** What it is, one sentence. */
  readonly meaning: string;
  /** What follows from too small, too large, or special values. */
  readonly consequence: string;
  readonly example: string;
}

/** Rows written by hand, in the order of the docs. */
export type SettingRows<Values> = { readonly [Key in keyof Values]-?: SettingRow<Values[Key]> };

/** The rows with their keys, variables and scope. */
export function toSettings(
  scope: Setting['scope'],
  rows: Readonly<Record<string, SettingRow<unknown>>>,
): readonly Setting[] {
  return Object.entries(rows).map(([key, row]) => ({ ...row, key, env: row.env ?? envName(key), scope }));
}

/** `requestTimeoutMs` → `JETSMS_REQUEST_TIMEOUT_MS`. */
export function envName(key: string): string {
  return `${envPrefix}${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

export const envPrefix = 'JETSMS_';

/** Whether a value is one of those that stand for "not set". */
export function isUnset(value: unknown): boolean {
  return value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}
