import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildDelivery, buildProducer, producerFolder } from '../../scripts/packages/packages.ts';
import { oldestShared } from '../../scripts/packages/producer-manifest.ts';
import { type Finished, projectFolder, runProcess } from './process.ts';

/** The oldest Node that the packages support. */
export const oldestNode = '22.19.0';

/** What apps use around our packages, as `nest new` and their own choice bring it. */
const appTools = {
  '@types/jest': '30.0.0',
  bun: '1.4.5',
  jest: '30.5.2',
  node: oldestNode,
  'ts-jest': '29.4.15',
  typescript: '5.9.3',
};

/** The packed packages, installed as apps would, in folders below one that has the tools. */
export interface Packed {
  readonly tools: string;
  readonly producerTarball: string;
  readonly deliveryTarball: string;
  /** Apps: with `jetsms-producer` alone, with it and the oldest BullMQ and ioredis that it takes, with `jetsms-delivery`. */
  readonly producer: string;
  readonly oldest: string;
  readonly delivery: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    packed: Packed;
  }
}

/** Builds, packs and installs once for all test files: `inject('packed')`. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const tools = await mkdtemp(join(tmpdir(), 'jetsms-packages-'));
  try {
    await buildProducer();
    await buildDelivery();
    const [producerTarball, deliveryTarball] = await Promise.all([
      pack(producerFolder, tools),
      pack(projectFolder, tools),
    ]);
    const { '@types/node': typesVersion } = JSON.parse(
      await readFile(join(projectFolder, 'package.json'), 'utf8'),
    ).devDependencies;
    const [producer, oldest, delivery] = await Promise.all([
      install(join(tools, 'producer'), { 'jetsms-producer': `file:${producerTarball}` }),
      install(join(tools, 'oldest'), { 'jetsms-producer': `file:${producerTarball}`, ...oldestShared }),
      install(join(tools, 'delivery'), { 'jetsms-delivery': `file:${deliveryTarball}` }),
      install(tools, { ...appTools, '@types/node': typesVersion }, ['bun', 'node']),
    ]);
    project.provide('packed', { tools, producerTarball, deliveryTarball, producer, oldest, delivery });
  } catch (error) {
    await rm(tools, { recursive: true, force: true });
    throw error;
  }
  return () => rm(tools, { recursive: true, force: true });
}

/** An app with these dependencies, and nothing of ours that is not among them. */
async function install(
  folder: string,
  dependencies: Readonly<Record<string, string>>,
  scriptsOf: readonly string[] = [],
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const allowScripts = Object.fromEntries(scriptsOf.map((name) => [name, true]));
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, dependencies, allowScripts }),
  );
  const scripts = `--ignore-scripts=${scriptsOf.length === 0}`;
  await npm(folder, 'install', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund', scripts);
  return folder;
}

/** Packs what is built. */
async function pack(folder: string, destination: string): Promise<string> {
  const { stdout } = await npm(
    folder,
    'pack',
    '--json',
    '--ignore-scripts',
    '--pack-destination',
    destination,
  );
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('[')));
  return join(destination, filename);
}

async function npm(cwd: string, ...args: string[]): Promise<Finished> {
  const done = await runProcess(['npm', ...args], { cwd, env: networkSettings() });
  if (done.code !== 0) throw new Error(`npm ${args.join(' ')} failed:\n${done.stdout}\n${done.stderr}`);
  return done;
}

/** How this machine reaches its package registry. */
function networkSettings(): Record<string, string> {
  const names =
    /^(https?_proxy|no_proxy|node_extra_ca_certs|npm_config_(registry|cache|userconfig|globalconfig))$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => names.test(name))) as Record<
    string,
    string
  >;
}

/** The packages that an app has installed, one for each folder, as npm wrote them down. */
export async function installedPackages(app: string): Promise<readonly string[]> {
  const lock = JSON.parse(await readFile(join(app, 'node_modules', '.package-lock.json'), 'utf8'));
  return Object.keys(lock.packages);
}

/** What its node_modules take on the disk, as `du` counts. */
export async function installedMegabytes(app: string): Promise<number> {
  const folder = join(app, 'node_modules');
  const entries = await readdir(folder, { recursive: true });
  const stats = await Promise.all(entries.map((entry) => stat(join(folder, entry))));
  return stats.reduce((sum, { blocks }) => sum + blocks * 512, 0) / 2 ** 20;
}
