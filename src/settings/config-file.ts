import { dirname, isAbsolute, join } from 'node:path';
import { type Layer, type Reading, readConfigObject, readText } from './layers.ts';
import { nearest } from './nearest.ts';
import type { Setting } from './setting.ts';
import type { WebhookEndpoint } from './settings.ts';
import { accountTable, processTable } from './table.ts';
import { readWebhooks } from './webhooks.ts';

/** The configuration file as layers. */
export interface ConfigFile {
  readonly process: Layer;
  readonly defaults: Layer;
  /** By account name; undefined where the file has no `accounts`. */
  readonly accounts: ReadonlyMap<string, Layer> | undefined;
  readonly webhooks: readonly WebhookEndpoint[];
}

const noConfig: ConfigFile = { process: new Map(), defaults: new Map(), accounts: undefined, webhooks: [] };

const fileKeys = processTable.filter(({ key }) => key !== 'configFile');
const topKeys = [...withFiles(fileKeys), 'defaults', 'accounts', 'webhooks'];
const accountKeys = withFiles(accountTable);

/**
 * Reads the JSON file at `path`; paths inside it are relative to its folder. Whatever is wrong is reported,
 * and left out of what comes back.
 */
export function readConfigFile(path: string, reading: Reading): ConfigFile {
  if (path === '') return noConfig;
  const top = readJson(path, reading);
  if (top === undefined) return noConfig;
  reportUnknownKeys(top, '', topKeys, reading);
  const inside = { ...reading, files: relativeTo(path, reading) };
  const defaults = asObject(top['defaults'] ?? {}, 'defaults', inside) ?? {};
  return {
    process: readConfigObject(fileKeys, top, '', inside),
    defaults: readAccount(defaults, 'defaults.', inside),
    accounts: readAccounts(top['accounts'], inside),
    webhooks: readWebhooks(top['webhooks'], inside),
  };
}

function withFiles(settings: readonly Setting[]): readonly string[] {
  return settings.flatMap(({ key }) => [key, `${key}File`]);
}

function relativeTo(path: string, { files }: Reading): Reading['files'] {
  return (name) => files(isAbsolute(name) ? name : join(dirname(path), name));
}

function readJson(path: string, reading: Reading): Readonly<Record<string, unknown>> | undefined {
  const fault = (message: string): void =>
    reading.report({ key: 'configFile', env: 'JETSMS_CONFIG', message });
  const content = readText(path, reading.files, fault);
  if (content === undefined) return undefined;
  try {
    return asObject(JSON.parse(content), 'configFile', reading);
  } catch (error) {
    fault(`names a file that is not JSON${position(error)}`);
    return undefined;
  }
}

/** The place of the mistake; the rest of V8's message repeats the content, which may hold a password. */
function position(error: unknown): string {
  const place = error instanceof Error ? /line \d+ column \d+/.exec(error.message)?.[0] : undefined;
  return place === undefined ? '' : ` (${place})`;
}

function asObject(
  value: unknown,
  key: string,
  reading: Reading,
): Readonly<Record<string, unknown>> | undefined {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  reading.report({ key, message: 'must be a JSON object' });
  return undefined;
}

function readAccounts(value: unknown, reading: Reading): ConfigFile['accounts'] {
  if (value === undefined) return undefined;
  const accounts = asObject(value, 'accounts', reading);
  if (accounts === undefined) return undefined;
  const entries = Object.entries(accounts);
  if (entries.length === 0) {
    reading.report({ key: 'accounts', message: 'must name at least one account, or be left out' });
  }
  return new Map(entries.map(([name, account]) => [name, readNamedAccount(name, account, reading)]));
}

function readNamedAccount(name: string, value: unknown, reading: Reading): Layer {
  const key = `accounts.${name}`;
  if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(name)) {
    reading.report({ key, message: 'must be called by 1 to 32 small letters, digits and hyphens' });
  }
  if (name.endsWith('-dead')) {
    reading.report({ key, message: 'must not end in -dead: that is how dead-letter queues are called' });
  }
  return readAccount(asObject(value, key, reading) ?? {}, `${key}.`, reading);
}

function readAccount(object: Readonly<Record<string, unknown>>, at: string, reading: Reading): Layer {
  reportUnknownKeys(object, at, accountKeys, reading);
  return readConfigObject(accountTable, object, at, reading);
}

function reportUnknownKeys(
  object: Readonly<Record<string, unknown>>,
  at: string,
  known: readonly string[],
  reading: Reading,
): void {
  for (const key of Object.keys(object)) {
    if (!known.includes(key)) reading.report({ key: `${at}${key}`, message: unknownKey(key, known) });
  }
}

function unknownKey(key: string, known: readonly string[]): string {
  if (accountKeys.includes(key)) return 'belongs under defaults or under an account, not here';
  if (topKeys.includes(key)) return 'belongs at the top of the file, not here';
  const meant = nearest(key, known, Math.max(2, Math.ceil(key.length / 3)));
  return meant === undefined ? 'is unknown here' : `is unknown here: did you mean ${meant}?`;
}
