import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { projectFolder } from '../support/process.ts';

/** A service of docker-compose.yml, as far as the tests look at it. */
export interface Service {
  readonly build?: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly profiles?: readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[]; readonly start_interval?: unknown };
  readonly stop_grace_period?: string;
  readonly depends_on?: readonly string[] | Readonly<Record<string, { readonly restart?: unknown }>>;
}

export interface ComposeFile {
  readonly name?: unknown;
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

/** docker-compose.yml with its variables at their defaults. */
export function readCompose(): ComposeFile {
  const text = readFileSync(join(projectFolder, 'docker-compose.yml'), 'utf8');
  return parse(text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1'), { merge: true });
}

/** What the Dockerfile says of its last stage. */
export interface ImageFacts {
  readonly text: string;
  readonly stages: number;
  readonly user: string | undefined;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly healthCheck: readonly string[];
  /** Files and folders that are copied from the sources. */
  readonly copied: readonly string[];
}

export function readDockerfile(): ImageFacts {
  const text = readFileSync(join(projectFolder, 'Dockerfile'), 'utf8').replaceAll(/\\\n\s*/g, '');
  const lines = text.split('\n');
  return {
    text,
    stages: lines.filter((line) => line.startsWith('FROM ')).length,
    user: lines.findLast((line) => line.startsWith('USER '))?.slice('USER '.length),
    entrypoint: execForm(lines, /^ENTRYPOINT (.*)$/),
    command: execForm(lines, /^CMD (.*)$/),
    healthCheck: execForm(lines, /^HEALTHCHECK .*?CMD (.*)$/),
    copied: lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from'))
      .flatMap((line) => line.split(' ').slice(1, -1)),
  };
}

/** Throws where it is not a JSON list: in shell form, a shell would swallow the signals. */
function execForm(lines: readonly string[], pattern: RegExp): readonly string[] {
  const line = lines.findLast((one) => pattern.test(one)) ?? '';
  return JSON.parse(pattern.exec(line)?.[1] ?? '[]');
}
