import { readFileSync } from 'node:fs';
import { SettingsError } from './errors.ts';
import { type ParseOptions, parseSettings, type SettingsInput } from './parse.ts';
import type { Settings } from './settings.ts';

/**
 * The settings of a process, from its environment and the files that it names. The environment is handed in:
 * only `src/cli/main.ts` reads process.env.
 *
 * @throws {SettingsError} with every problem at once.
 */
export function readSettings(
  input: { readonly env: SettingsInput['env'] },
  options: ParseOptions = {},
): Settings {
  checkInput(input, options);
  const { env } = input;
  return parseSettings({ env, files: (path) => readFileSync(path, 'utf8') }, options);
}

/** In JavaScript a caller may give anything. @throws {SettingsError} */
function checkInput(input: unknown, options: unknown): void {
  const env = isObject(input) && 'env' in input ? input.env : undefined;
  if (!isObject(env) || !Object.values(env).every(isTextOrNothing))
    throw new SettingsError([{ key: 'env', message: 'must be an object of texts, such as process.env' }]);
  const needs = isObject(options) && 'needs' in options ? options.needs : undefined;
  if (isObject(options) && (needs === undefined || Array.isArray(needs))) return;
  throw new SettingsError([{ key: 'needs', message: 'must be a list' }]);
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isTextOrNothing = (value: unknown): boolean => value === undefined || typeof value === 'string';
