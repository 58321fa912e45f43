import { isUnset, type Setting } from '../../src/settings/setting.ts';
import { accountTable, processTable } from '../../src/settings/table.ts';

/** docs/settings.md: every setting, for people. */
export function renderSettingsMarkdown(): string {
  return [
    '# Settings',
    '',
    'Settings come from the environment and, for several accounts, from one JSON file. All mistakes are reported',
    'at once. `jetsms config` prints what a process understood and where each value came from, secrets hidden.',
    '',
    ...rules(),
    '',
    ...exampleFile(),
    '',
    '## Settings of a process',
    '',
    ...processTable.flatMap(section),
    '## Settings of an account',
    '',
    ...accountTable.flatMap(section),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

function rules(): readonly string[] {
  return [
    '- Every variable also exists with `_FILE` behind its name (except `JETSMS_CONFIG`): the path of a file with the',
    '  value. Line breaks at its end are cut off. Setting both is an error. Every key of the JSON file likewise',
    '  exists with `File` behind its name; such paths are relative to the folder of the JSON file.',
    '- An empty variable counts as not set.',
    '- A variable that is one or two letters away from a known one is an error; other `JETSMS_…` variables are ignored.',
    '  An unknown key in the JSON file is always an error.',
    '- Settings of the process: the environment wins over the file.',
    "- Settings of an account: its entry under `accounts` wins, then the environment, then the file's `defaults`.",
    '  So the environment serves all accounts.',
    '- Without `accounts` in a file there is one account, called `default`.',
    '- An account is called by 1 to 32 small letters, digits and hyphens, and not by a name that ends in `-dead`.',
  ];
}

function exampleFile(): readonly string[] {
  return ['```json', JSON.stringify(exampleConfig, null, 2), '```'];
}

/** Parsed by a test, so that the docs cannot show a file that is refused. */
export const exampleConfig: Readonly<Record<string, unknown>> = {
  redisUrlFile: 'secrets/redis-url',
  defaults: { url: 'https://service.jetsms.com.tr/SMS-Web8/xmlsms', maxTextLength: 459 },
  accounts: {
    shop: { username: 'shop', passwordFile: 'secrets/shop-password', title: 'MYSHOP' },
    clinic: {
      username: 'clinic',
      passwordFile: 'secrets/clinic-password',
      title: 'MYCLINIC',
      connections: 4,
    },
  },
};

function section(setting: Setting): readonly string[] {
  return [
    `### ${setting.key}`,
    '',
    `\`${setting.env}\`${setting.fromFile === false ? '' : ` or \`${setting.env}_FILE\``}`,
    '',
    `${setting.meaning} ${setting.consequence}`,
    '',
    `- Accepts: ${setting.kind.accepts}.`,
    `- Default: ${describeDefault(setting)}.`,
    ...(setting.secret === true ? ['- Secret: never shown.'] : []),
    `- Example: \`${setting.env}=${setting.example}\``,
    '',
  ];
}

function describeDefault(setting: Setting): string {
  if (!isUnset(setting.default)) return `\`${setting.kind.show(setting.default)}\``;
  if (setting.need === 'redis') return 'none; every command that talks to Redis demands it';
  return setting.need === undefined ? 'none' : 'none; `jetsms start` demands it';
}
