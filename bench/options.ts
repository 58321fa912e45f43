import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface Options {
  readonly quick: boolean;
  /** How often the compared ones take their turns. */
  readonly rounds: number;
  readonly json: boolean;
  readonly profile: boolean;
  readonly write: boolean;
  readonly help: boolean;
  /** Names of groups; all where it is empty. */
  readonly only: readonly string[];
  /** Another checkout, as a whole path. */
  readonly against: string | undefined;
}

const words = {
  quick: 'one small round of each: to see that it works, not to quote',
  rounds: 'a number: fewer or more than five rounds',
  json: 'print one JSON object instead of lines',
  profile: 'also tell where the CPU time goes; the profiles stay under .tmp/profiles',
  write: 'write docs/performance.md, profile included',
  only: 'measure these groups alone, by name, with commas between them',
  against: 'a path: compare with the code of another checkout, whose packages are installed',
  help: 'print this and end',
} as const;

export const helpText = (groupNames: readonly string[]): string =>
  [
    'npm run bench -- [options]',
    '',
    'Without options it measures everything, which takes about half an hour.',
    '',
    ...Object.entries(words).map(([name, says]) => `  --${name.padEnd(9)}${says}`),
    '',
    `Groups: ${groupNames.join(', ')}`,
  ].join('\n');

/** @throws Error that says which option is wrong */
export function readOptions(args: readonly string[], groupNames: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      json: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      against: { type: 'string' },
    },
  });
  const only = values.only.split(',').filter((name) => name !== '');
  const unknown = only.filter((name) => !groupNames.includes(name));
  if (unknown.length > 0) {
    throw new Error(`--only: no group ${unknown.join(', ')}; there are ${groupNames.join(', ')}`);
  }
  const against = values.against === undefined ? undefined : resolve(values.against);
  if (against !== undefined && !existsSync(join(against, 'src', 'producer', 'index.ts'))) {
    throw new Error('--against: no checkout of this project at that path');
  }
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 5));
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds: a whole number from 1');
  return { ...values, rounds, only, against };
}
