import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { producerEntries } from '../../scripts/packages/entries.ts';
import { buildProducer, producerFolder } from '../../scripts/packages/packages.ts';
import { npm } from './npm.ts';
import { projectFolder } from './process.ts';

/** The package that the examples import. */
const packageName = 'jetsms-producer';

export interface ExampleChoice {
  /**
   * `sources`: the example runs with the packages of this project, and ours as its sources, without a build.
   * `installed`: what its package.json names is installed, and our package built into it.
   */
  readonly packages: 'sources' | 'installed';
}

/** A copy of a folder of examples/, ready to run; removed with the test. */
export interface PlacedExample extends AsyncDisposable {
  readonly folder: string;
}

/** Copies an example to a place where it finds its packages, ours among them, as an app of its own does. */
export async function placeExample(name: string, { packages }: ExampleChoice): Promise<PlacedExample> {
  const parent = join(projectFolder, '.tmp', 'examples');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, `${name}-`));
  await cp(join(projectFolder, 'examples', name), folder, { recursive: true });
  const ours = join(folder, 'node_modules', packageName);
  if (packages === 'installed') {
    await installOthers(folder);
    await placeBuilt(ours);
  } else {
    await placeSources(ours);
  }
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
}

const readManifest = async (folder: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));

const writeManifest = (folder: string, manifest: object): Promise<void> =>
  writeFile(join(folder, 'package.json'), JSON.stringify(manifest));

/** All that an example names but our package, which no registry has yet. */
async function installOthers(folder: string): Promise<void> {
  const manifest = await readManifest(folder);
  const { [packageName]: _ours, ...others } = manifest.dependencies;
  await writeManifest(folder, { ...manifest, dependencies: others });
  await npm(folder, 'install');
}

/** Our package as it is built. What it needs itself is found in the folders above: in this project's node_modules. */
async function placeBuilt(folder: string): Promise<void> {
  await buildProducer(join(folder, 'dist'));
  await cp(join(producerFolder, 'package.json'), join(folder, 'package.json'));
}

/** Our package with sources in the place of what is built from them. Node runs them, as the link leads out of node_modules. */
async function placeSources(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const exports = Object.fromEntries(producerEntries.map(({ path, source }) => [path, `./${source}`]));
  await writeManifest(folder, { name: packageName, type: 'module', exports });
  await symlink(join(projectFolder, 'src'), join(folder, 'src'));
}
