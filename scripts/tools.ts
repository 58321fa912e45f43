import { accessSync, constants, globSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program that some tests call. Where it is missing they are skipped, and fail where `CI` is set. */
export interface Tool {
  readonly command: string;
  readonly debianPackage: string;
  /** Where Debian keeps it, if not on the PATH; the last that is there counts. */
  readonly debianFolder?: string;
  /** The tests that need it. */
  readonly tests: string;
}

type ToolName =
  | 'promtool'
  | 'prometheus'
  | 'amtool'
  | 'alertmanager'
  | 'dockerCompose'
  | 'systemdAnalyze'
  | 'curl'
  | 'php'
  | 'python'
  | 'java'
  | 'postgres'
  | 'tinyproxy';

export const tools: Readonly<Record<ToolName, Tool>> = {
  promtool: { command: 'promtool', debianPackage: 'prometheus', tests: 'alert rules and panels' },
  prometheus: {
    command: 'prometheus',
    debianPackage: 'prometheus',
    tests: 'alerts and dashboards on real traffic',
  },
  amtool: {
    command: 'amtool',
    debianPackage: 'prometheus-alertmanager',
    tests: 'the example for Alertmanager',
  },
  alertmanager: {
    command: 'prometheus-alertmanager',
    debianPackage: 'prometheus-alertmanager',
    tests: 'alerts on their way to somebody',
  },
  dockerCompose: {
    command: 'docker-compose',
    debianPackage: 'docker-compose',
    tests: 'docker-compose.yml as compose reads it',
  },
  systemdAnalyze: {
    command: 'systemd-analyze',
    debianPackage: 'systemd',
    tests: 'the systemd units as systemd reads them',
  },
  postgres: {
    command: 'initdb',
    debianPackage: 'postgresql',
    debianFolder: '/usr/lib/postgresql/*/bin',
    tests: 'the transactional outbox',
  },
  tinyproxy: { command: 'tinyproxy', debianPackage: 'tinyproxy', tests: 'the way through a proxy of others' },
  curl: { command: 'curl', debianPackage: 'curl', tests: "the gateway's client in bash" },
  php: { command: 'php', debianPackage: 'php-cli', tests: "the gateway's client in PHP" },
  python: { command: 'python3', debianPackage: 'python3', tests: "the gateway's client in Python" },
  // The runtime without its compiler's own package: it runs a single source file all the same, and is far smaller.
  java: { command: 'java', debianPackage: 'default-jre-headless', tests: "the gateway's client in Java" },
};

/** Those of them that are not there. */
export function missingTools(
  wanted: readonly Tool[],
  path: string = process.env['PATH'] ?? '',
): readonly Tool[] {
  return wanted.filter((tool) => folderOf(tool, path) === undefined);
}

/** The folder that holds a tool: of the PATH, or Debian's own. */
export function folderOf(
  { command, debianFolder }: Tool,
  path: string = process.env['PATH'] ?? '',
): string | undefined {
  const debian = debianFolder === undefined ? [] : globSync(debianFolder).sort().reverse();
  return [...path.split(delimiter), ...debian].find((folder) => canRun(join(folder, command)));
}

/** One line for a person: what is missing, what is not tested without it, and where to get it. */
export function describeMissing({ command, debianPackage, tests }: Tool): string {
  return `${tests}: ${command} is not there (Debian package ${debianPackage})`;
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
