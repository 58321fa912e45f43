import type { Candidate, Layer, Reading } from './layers.ts';
import type { Setting } from './setting.ts';
import { accountTable } from './table.ts';

/** What the standard variables say to an account that asks for them. */
export interface StandardProxyInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly account: string;
  /** The account's address, which tells whose proxy it is. */
  readonly url: string;
}

/**
 * `proxyUrl` and `noProxy` as the standard variables have them: HTTPS_PROXY for an https address and HTTP_PROXY for
 * an http one, and NO_PROXY; in small letters they go first, as with curl. What an account says itself goes before them.
 */
export function standardProxy({ env, account, url }: StandardProxyInput, reading: Reading): Layer {
  const proxy = url.startsWith('http:') ? 'HTTP_PROXY' : 'HTTPS_PROXY';
  const layer = new Map<string, Candidate>();
  for (const [key, variable] of [
    ['proxyUrl', proxy],
    ['noProxy', 'NO_PROXY'],
  ] as const) {
    const name = [variable.toLowerCase(), variable].find((one) => env[one]);
    const setting = accountTable.find((one) => one.key === key);
    if (name === undefined || setting === undefined) continue;
    const at = { key: `accounts.${account}.${key}`, name };
    const value = readVariable(setting, withScheme(key, env[name] ?? ''), at, reading);
    layer.set(key, { value, source: { from: 'environment', at: name } });
  }
  return layer;
}

/** Many write a proxy without its scheme there. */
const withScheme = (key: string, value: string): string =>
  key === 'proxyUrl' && !value.includes('://') ? `http://${value}` : value;

function readVariable(
  { kind, default: otherwise }: Setting,
  value: string,
  { key, name }: { readonly key: string; readonly name: string },
  { report }: Reading,
): unknown {
  const parsed = kind.schema.safeParse(value);
  if (parsed.success) return parsed.data;
  report({ key, env: name, message: `must be ${kind.accepts}` });
  return otherwise;
}
