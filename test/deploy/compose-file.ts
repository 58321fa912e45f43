import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { projectFolder } from '../support/process.ts';

/** A service of a compose file, as far as the tests look at it. */
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
  readonly networks?: readonly string[] | Readonly<Record<string, object>>;
  readonly healthcheck?: {
    readonly test?: readonly string[];
    readonly disable?: boolean;
    readonly start_interval?: unknown;
  };
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly logging?: { readonly options?: Readonly<Record<string, string>> };
  readonly stop_grace_period?: string;
  readonly depends_on?: readonly string[] | Readonly<Record<string, { readonly restart?: unknown }>>;
}

export interface ComposeFile {
  readonly name?: unknown;
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets?: Readonly<Record<string, { readonly file: string }>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
}

export const composePath = 'docker-compose.yml';
export const demoPath = 'deploy/demo/docker-compose.yml';

/** What a user has to say before docker-compose.yml can be used, with values that mean nothing. */
export const exampleVariables: Readonly<Record<string, string>> = {
  JETSMS_URL: 'https://jetsms.example/xmlsms',
  JETSMS_USERNAME: 'company',
  JETSMS_TITLE: 'COMPANY',
  SECRETS_DIR: './secrets',
};

export interface ComposeVariable {
  readonly name: string;
  /** What is said where it is not set. */
  readonly demand: string | undefined;
  readonly default: string | undefined;
}

/** The variables that a compose file asks the user for. */
export function readComposeVariables(path: string): readonly ComposeVariable[] {
  const text = readFileSync(join(projectFolder, path), 'utf8');
  return [...text.matchAll(variable)].map(([, name = '', operator, operand]) => ({
    name,
    demand: operator === ':?' ? operand : undefined,
    default: operator === ':-' ? operand : undefined,
  }));
}

/** A compose file with its variables filled in as compose does it. @throws where one is demanded and not given */
export function readCompose(path: string, variables: Readonly<Record<string, string>> = {}): ComposeFile {
  const text = readFileSync(join(projectFolder, path), 'utf8');
  const filled = text.replaceAll(variable, (_, name, operator, operand) => {
    const value = variables[name];
    if (value !== undefined) return value;
    if (operator === ':?') throw new Error(operand);
    return operand ?? '';
  });
  return parse(filled, { merge: true });
}

/** `${NAME}`, `${NAME:-default}`, `${NAME:?demand}`. */
const variable = /\$\{(\w+)(?:(:-|:\?)([^}]*))?\}/g;

export const networksOf = ({ networks = [] }: Service): readonly string[] =>
  Array.isArray(networks) ? networks : Object.keys(networks);

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
