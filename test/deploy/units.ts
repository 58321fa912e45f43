import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { projectFolder } from '../support/process.ts';

/** A systemd unit, as far as the tests run it. */
export interface Unit {
  readonly name: string;
  readonly path: string;
  /** The values of a key of [Service], in the order of the file. */
  values(key: string): readonly string[];
  /** The one value of a key. Throws where there is none, or several. */
  value(key: string): string;
}

export const unitNames = ['jetsms-worker', 'jetsms-gateway', 'jetsms-dashboard'] as const;

export function readUnit(name: string): Unit {
  const path = join(projectFolder, `deploy/systemd/${name}.service`);
  const section = /\[Service\]\n([\s\S]*?)(?=\n\[|$)/.exec(readFileSync(path, 'utf8'))?.[1] ?? '';
  const pairs = section
    .split('\n')
    .filter((line) => line.includes('=') && !line.startsWith('#'))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const);
  const values = (key: string) => pairs.filter(([found]) => found === key).map(([, value]) => value);
  return {
    name,
    path,
    values,
    value(key) {
      const [value, ...more] = values(key);
      if (value === undefined || more.length > 0)
        throw new Error(`${path}: ${key} is there ${more.length} times`);
      return value;
    },
  };
}

/** Seconds of a span such as 45s. */
export const secondsOf = (span: string): number => Number(/^(\d+)s$/.exec(span)?.[1]);

/** What systemd puts into the environment, with the folder of the credentials that %d stands for. */
export function unitEnvironment(unit: Unit, credentials: string): Readonly<Record<string, string>> {
  const told = unit.values('Environment').flatMap((line) => line.split(' '));
  return Object.fromEntries(
    told.map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at), pair.slice(at + 1).replace('%d', credentials)];
    }),
  );
}

/** Names and sources of what LoadCredential hands over. */
export const credentialsOf = (unit: Unit): readonly (readonly [name: string, source: string])[] =>
  unit.values('LoadCredential').map((line) => {
    const at = line.indexOf(':');
    return [line.slice(0, at), line.slice(at + 1)];
  });

/** The settings file of a server, from its template, with what a user puts in. */
export function serverEnvironment(change: Readonly<Record<string, string>>): string {
  const template = readFileSync(join(projectFolder, 'deploy/server/jetsms.env.example'), 'utf8');
  for (const name of Object.keys(change))
    if (!(name in parseEnv(template))) throw new Error(`jetsms.env.example does not ask for ${name}`);
  return template.replaceAll(/^(\w+)=$/gm, (line, name) => `${line}${change[name] ?? ''}`);
}
