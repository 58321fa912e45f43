import { isUnset, type Setting } from './setting.ts';
import { type Settings, type Source, settingPath, type WebhookEndpoint } from './settings.ts';
import { accountTable, processTable } from './table.ts';
import { endpointTable, ownEndpoint } from './webhooks.ts';

/** One setting as it may be shown: secrets are only `set` or `not set`. */
export interface DescribedSetting {
  readonly key: string;
  /** Undefined for a setting of the process. */
  readonly account?: string;
  readonly value: string;
  /** `environment JETSMS_URL`, `config accounts.shop.url`, `default`, or ''. */
  readonly source: string;
  readonly meaning: string;
}

/** What `jetsms config --json` prints. No secret is in it. */
export interface SettingsDescription {
  readonly process: Readonly<Record<string, ShownSetting>>;
  readonly accounts: Readonly<Record<string, Readonly<Record<string, ShownSetting>>>>;
  readonly warnings: readonly string[];
}

export interface ShownSetting {
  readonly value: string;
  readonly source: string;
}

/** The settings as rows for people, in the order of the table; accounts by name. Never shows a secret. */
export function describeSettings(settings: Settings): readonly DescribedSetting[] {
  const accounts = [...settings.accounts.values()].flatMap((account) =>
    accountTable.map((setting) => describe(setting, { ...account }, settings.sources, account.name)),
  );
  return [
    ...processTable.map((setting) => describe(setting, { ...settings }, settings.sources)),
    ...settings.webhooks.filter(({ name }) => name !== ownEndpoint).flatMap(describeWebhook),
    ...accounts,
  ];
}

/** The same as one JSON object. */
export function settingsToJson(settings: Settings): SettingsDescription {
  const rows = describeSettings(settings);
  const shown = (account?: string): Readonly<Record<string, ShownSetting>> =>
    Object.fromEntries(
      rows
        .filter((row) => row.account === account)
        .map(({ key, value, source }) => [key, { value, source }] as const),
    );
  return {
    process: shown(),
    accounts: Object.fromEntries([...settings.accounts.keys()].map((name) => [name, shown(name)])),
    warnings: settings.warnings,
  };
}

/** An endpoint of the configuration file. That of the environment is told by the settings of the process. */
const describeWebhook = (endpoint: WebhookEndpoint): readonly DescribedSetting[] =>
  endpointTable.map((setting) => {
    const key = `webhooks.${endpoint.name}.${setting.key}`;
    const sources = new Map([[setting.key, { from: 'config', at: key } as const]]);
    return { ...describe(setting, { ...endpoint }, sources), key };
  });

function describe(
  setting: Setting,
  values: Readonly<Record<string, unknown>>,
  sources: ReadonlyMap<string, Source>,
  account?: string,
): DescribedSetting {
  const source = sources.get(settingPath(setting.key, account)) ?? { from: 'none' };
  return {
    key: setting.key,
    ...(account === undefined ? {} : { account }),
    value: show(setting, values[setting.key], source),
    source: describeSource(source),
    meaning: setting.meaning,
  };
}

/** A secret that was not read, because the command does not need it, still counts as set. */
function show({ secret, kind }: Setting, value: unknown, { from }: Source): string {
  if (secret === true) return from === 'none' ? 'not set' : 'set';
  return isUnset(value) ? 'not set' : kind.show(value);
}

function describeSource({ from, at }: Source): string {
  if (from === 'none') return '';
  return at === undefined ? from : `${from} ${at}`;
}
