import { readFileSync } from 'node:fs';
import { type ParseOptions, parseSettings, type SettingsInput } from './parse.ts';
import type { Settings } from './settings.ts';

/**
 * The settings of a process, from its environment and the files that it names. The environment is handed in:
 * only `src/cli/main.ts` reads process.env.
 *
 * @throws {SettingsError} with every problem at once.
 */
export function readSettings(
  { env }: { readonly env: SettingsInput['env'] },
  options: ParseOptions = {},
): Settings {
  return parseSettings({ env, files: (path) => readFileSync(path, 'utf8') }, options);
}
