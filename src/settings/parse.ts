import type { AccountSettings } from './account.ts';
import { type ConfigFile, readConfigFile } from './config-file.ts';
import { SettingsError, type SettingsProblem } from './errors.ts';
import { type Candidate, type Files, type Layer, type Reading, readEnvironment } from './layers.ts';
import { nearest } from './nearest.ts';
import { brokenRules, settingsWarnings } from './rules.ts';
import { envPrefix, isUnset, type Setting } from './setting.ts';
import { type Need, type ProcessSettings, type Settings, type Source, settingPath } from './settings.ts';
import { standardProxy } from './standard-proxy.ts';
import { accountTable, processTable, settingsTable } from './table.ts';
import { allWebhooks, brokenWebhookRules } from './webhooks.ts';

/** Where settings come from. */
export interface SettingsInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gives the content of the files that the settings name. Without it no file can be read. */
  readonly files?: Files;
}

export interface ParseOptions {
  /** What the command cannot do without; nothing else is demanded. */
  readonly needs?: readonly Need[];
}

/** The account of a process without a configuration file. */
const onlyAccount = 'default';

/**
 * Reads the settings, with this precedence: for an account, its entry in the configuration file, the
 * environment, the file's `defaults`, the table's default; for the process, the environment, the file, the
 * table's default.
 *
 * @throws {SettingsError} with every problem at once.
 */
export function parseSettings(input: SettingsInput, { needs = [] }: ParseOptions = {}): Settings {
  const problems: SettingsProblem[] = [];
  const reading: Reading = {
    files: input.files ?? noFiles,
    needs: new Set(needs),
    report: (problem) => problems.push(problem),
  };
  const environment = readEnvironment(settingsTable, input.env, reading);
  reportMisspelledVariables(input.env, reading);
  const config = readConfigFile(String(environment.get('configFile')?.value ?? ''), reading);
  const settings = settle({ environment, config, env: input.env }, reading);
  reportBrokenRules(settings, problems, reading);
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

function noFiles(): string {
  throw new Error('no files here');
}

interface Places {
  readonly environment: Layer;
  readonly config: ConfigFile;
  readonly env: SettingsInput['env'];
}

function settle({ environment, config, env }: Places, reading: Reading): Settings {
  const sources = new Map<string, Source>();
  const chosen = choose(processTable, [environment, config.process], { reading, sources });
  const process = chosen as unknown as ProcessSettings; // the process table is typed by it: every key, with its type
  const accounts = new Map<string, AccountSettings>();
  for (const [name, own] of config.accounts ?? new Map<string, Layer>([[onlyAccount, new Map()]])) {
    const given = [own, environment, config.defaults];
    const usesStandard = firstCandidate('proxyFromEnvironment', given)?.value === true;
    const url = String(firstCandidate('url', given)?.value ?? '');
    const layers = usesStandard ? [...given, standardProxy({ env, account: name, url }, reading)] : given;
    const values = choose(accountTable, layers, { reading, sources, account: name });
    const chosenHere = values as unknown as Omit<AccountSettings, 'name'>; // as above, by the account table
    accounts.set(name, Object.freeze({ name, ...chosenHere }));
  }
  const webhooks = allWebhooks(process, config.webhooks);
  return Object.freeze({
    ...process,
    accounts,
    webhooks,
    sources,
    warnings: settingsWarnings(process, accounts),
  });
}

interface Choosing {
  readonly reading: Reading;
  readonly sources: Map<string, Source>;
  readonly account?: string;
}

/** For each setting the first layer that has it, else the default. */
function choose(
  table: readonly Setting[],
  layers: readonly Layer[],
  { reading, sources, account }: Choosing,
): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const setting of table) {
    const path = settingPath(setting.key, account);
    const candidate = firstCandidate(setting.key, layers);
    if (candidate === undefined) reportMissing(setting, path, reading);
    values[setting.key] = candidate?.value ?? setting.default;
    sources.set(path, candidate?.source ?? { from: isUnset(setting.default) ? 'none' : 'default' });
  }
  return values;
}

function firstCandidate(key: string, layers: readonly Layer[]): Candidate | undefined {
  return layers.map((layer) => layer.get(key)).find((candidate) => candidate !== undefined);
}

function reportMissing({ need, env }: Setting, key: string, { needs, report }: Reading): void {
  if (need !== undefined && needs.has(need)) report({ key, env, message: 'must be set' });
}

/** Only near misses: other programs, and Kubernetes for a Service called jetsms, use the same prefix. */
function reportMisspelledVariables(env: SettingsInput['env'], { report }: Reading): void {
  const known = settingsTable.flatMap((setting) => [setting.env, `${setting.env}_FILE`]);
  for (const name of Object.keys(env)) {
    if (!name.startsWith(envPrefix) || known.includes(name)) continue;
    const maxEdits = name.length - envPrefix.length < 6 ? 1 : 2;
    const meant = nearest(name, known, maxEdits);
    if (meant !== undefined) {
      report({ key: name, env: name, message: `is unknown: did you mean ${meant}?` });
    }
  }
}

/** A rule about a setting that is wrong by itself is left out: it would speak of a value nobody gave. */
function reportBrokenRules(settings: Settings, problems: readonly SettingsProblem[], reading: Reading): void {
  const wrong = new Set(problems.map(({ env }) => env));
  const wrongKeys = new Set(problems.map(({ key }) => key));
  for (const { about, ...problem } of brokenRules(settings, settings.accounts, reading.needs)) {
    const isKnown = wrong.has(problem.env) || about.some((key) => wrongKeys.has(key));
    if (!isKnown) reading.report(problem);
  }
  for (const problem of brokenWebhookRules(settings))
    if (!wrongKeys.has(problem.key)) reading.report(problem);
}
