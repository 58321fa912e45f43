import type { SettingsProblem } from './errors.ts';
import type { Setting } from './setting.ts';
import type { Need, Source } from './settings.ts';

/** The content of a file by its path; throws what `readFileSync` throws. */
export type Files = (path: string) => string;

/** A value that some place gives to a setting, already parsed. */
export interface Candidate {
  readonly value: unknown;
  readonly source: Source;
}

/** What one place (the environment, an object of the configuration file) gives, by key. */
export type Layer = ReadonlyMap<string, Candidate>;

/** What reading needs to know, and where problems go. */
export interface Reading {
  readonly files: Files;
  readonly needs: ReadonlySet<Need>;
  report(problem: SettingsProblem): void;
}

/** Where a setting may stand in one place: as itself, or as the path of a file with the value. */
export interface Spot {
  /** How problems call the setting. */
  readonly key: string;
  readonly plainAt: string;
  readonly fileAt: string;
  readonly plain: unknown;
  readonly file: unknown;
}

/** The environment as a layer. An empty variable counts as not set: compose files write those. */
export function readEnvironment(
  settings: readonly Setting[],
  env: Readonly<Record<string, string | undefined>>,
  reading: Reading,
): Layer {
  return readLayer(settings, 'environment', reading, (setting) => ({
    key: setting.key,
    plainAt: setting.env,
    fileAt: `${setting.env}_FILE`,
    plain: env[setting.env] || undefined,
    file: setting.fromFile === false ? undefined : env[`${setting.env}_FILE`] || undefined,
  }));
}

/** One object of the configuration file as a layer; `at` is its path there, '' for the top. */
export function readConfigObject(
  settings: readonly Setting[],
  object: Readonly<Record<string, unknown>>,
  at: string,
  reading: Reading,
): Layer {
  return readLayer(settings, 'config', reading, ({ key }) => ({
    key: `${at}${key}`,
    plainAt: `${at}${key}`,
    fileAt: `${at}${key}File`,
    plain: own(object, key),
    file: own(object, `${key}File`),
  }));
}

function own(object: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function readLayer(
  settings: readonly Setting[],
  from: Source['from'],
  reading: Reading,
  spotOf: (setting: Setting) => Spot,
): Layer {
  const layer = new Map<string, Candidate>();
  for (const setting of settings) {
    const spot = spotOf(setting);
    const at = spot.file === undefined ? spot.plainAt : spot.fileAt;
    if (spot.plain === undefined && spot.file === undefined) continue;
    const env = from === 'environment' ? at : setting.env;
    const fault = (message: string): void => reading.report({ key: spot.key, env, message });
    layer.set(setting.key, { value: readSpot(setting, spot, reading, fault), source: { from, at } });
  }
  return layer;
}

/** The value, or the default where it is wrong: one mistake shall not be reported as two. */
function readSpot(setting: Setting, spot: Spot, reading: Reading, fault: (message: string) => void): unknown {
  if (spot.plain !== undefined && spot.file !== undefined) {
    fault(`is set twice: keep ${spot.plainAt} or ${spot.fileAt}, not both`);
    return setting.default;
  }
  if (spot.file === undefined) return parseValue(setting, spot.plain, fault);
  if (isSecretNotNeeded(setting, reading.needs)) return setting.default;
  const content = readValueFile(spot.file, reading.files, fault);
  return content === undefined ? setting.default : parseValue(setting, content, fault);
}

/** A dashboard shall start from the same configuration without having the provider's password mounted. */
function isSecretNotNeeded({ secret, need }: Setting, needs: ReadonlySet<Need>): boolean {
  return secret === true && need !== undefined && !needs.has(need);
}

function parseValue(setting: Setting, value: unknown, fault: (message: string) => void): unknown {
  const parsed = setting.kind.schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problem = setting.kind.problem?.(value);
  fault(`must be ${setting.kind.accepts}${problem === undefined ? '' : `: ${problem}`}`);
  return setting.default;
}

function readValueFile(path: unknown, files: Files, fault: (message: string) => void): string | undefined {
  if (typeof path !== 'string' || path === '') {
    fault('must be the path of a file');
    return undefined;
  }
  const content = readText(path, files, fault)?.replace(/[\r\n]+$/, '');
  if (content !== '') return content;
  fault('names an empty file');
  return undefined;
}

/** The text of a file without its byte-order mark; the path stays out of the problem, it may be a misplaced secret. */
export function readText(path: string, files: Files, fault: (message: string) => void): string | undefined {
  try {
    return files(path).replace(/^\uFEFF/, '');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    fault(`names a file that cannot be read${code}`);
    return undefined;
  }
}
