import { readFileSync } from 'node:fs';
import { type ParseOptions, parseSettings, type SettingsInput } from './parse.ts';
import type { Settings } from './settings.ts';

/**
 * The settings of this process, from its environment and the files that it names. The only reader of
 * process.env.
 *
 * @throws {SettingsError} with every problem at once.
 */
export function readSettings(
  source: { readonly env?: SettingsInput['env'] } = {},
  options: ParseOptions = {},
): Settings {
  // biome-ignore lint/style/noProcessEnv: the one place that reads it, so that every other part is told.
  const env = source.env ?? process.env;
  return parseSettings({ env, files: (path) => readFileSync(path, 'utf8') }, options);
}
