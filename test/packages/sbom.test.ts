import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { bundled, bundledInProducer } from '../../scripts/packages/entries.ts';
import { installedPackages } from '../support/packed.ts';
import { projectFolder, runProcess } from '../support/process.ts';

const { producer, delivery } = inject('packed');
const lists = [
  { name: 'jetsms-delivery', folder: '.', app: delivery, within: bundled },
  {
    name: 'jetsms-producer',
    folder: 'packages/jetsms-producer',
    app: producer,
    within: bundledInProducer,
  },
];

describe.each(lists)('the list of what is in $name, by `npm run sbom`', ({ name, folder, app, within }) => {
  let sbom: { bomFormat: string; metadata: object; components: { name: string; hashes?: unknown[] }[] };
  beforeAll(async () => {
    const done = await runProcess(['npm', 'run', '-s', 'sbom'], { cwd: projectFolder });
    expect(done).toMatchObject({ code: 0 });
    sbom = JSON.parse(await readFile(join(projectFolder, folder, 'sbom.cdx.json'), 'utf8'));
  });

  it('is CycloneDX, of this package, with a checksum of each part', () => {
    expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name } } });
    for (const { name: part, hashes } of sbom.components) expect(hashes?.length, part).toBeGreaterThan(0);
  });

  it('has all that an app gets with it, and no tool of development', async () => {
    const names = sbom.components.map((component) => component.name);
    const installed = (await installedPackages(app)).map((path) => path.replace(/^.*node_modules\//, ''));
    const others = installed.filter((one) => one !== name);
    expect(names).toEqual(expect.arrayContaining([...others, ...within]));
    expect(names).not.toContain('typescript');
  });

  it('names the packages whose licences lie in it, and no other, as being within', async () => {
    const licences = await readFile(join(projectFolder, folder, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
    for (const one of bundled)
      expect(new RegExp(`^${one} [0-9]`, 'm').test(licences), one).toBe(within.includes(one));
  });
});
