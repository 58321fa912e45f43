// `npm run sbom`: writes sbom.cdx.json, a CycloneDX list of everything that is in jetsms-delivery or installed with it,
// with versions, licences and checksums, from package-lock.json; and one of jetsms-producer into its folder. Apps may have
// other versions of what they share with that: those here are the ones it is tested with.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { bundled, bundledInProducer } from './packages/entries.ts';
import { sharedRanges } from './packages/producer-manifest.ts';
import { shippedSbom } from './packages/sbom.ts';

const root = new URL('../', import.meta.url);
const { dependencies, devDependencies } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
const command = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
const all = JSON.parse(
  execFileSync('npm', command, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 2 ** 20 }),
);
const named = [...Object.keys(dependencies), ...Object.keys(devDependencies)];

write('sbom.cdx.json', 'jetsms-delivery', [...Object.keys(dependencies), ...bundled]);
write('packages/jetsms-producer/sbom.cdx.json', 'jetsms-producer', [
  ...Object.keys(sharedRanges),
  ...bundledInProducer,
]);

function write(file: string, name: string, shipped: readonly string[]): void {
  const tools = named.filter((one) => !shipped.includes(one));
  const sbom = shippedSbom(all, { name, tools });
  writeFileSync(new URL(file, root), `${JSON.stringify(sbom, undefined, 2)}\n`);
  console.log(`Written: ${file}, ${sbom.components.length} packages`);
}
