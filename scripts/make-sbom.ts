// `npm run sbom`: writes sbom.cdx.json, a CycloneDX list of everything that is in jetsms-delivery or installed with it,
// with versions, licences and checksums, from package-lock.json.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { bundled } from './packages/entries.ts';
import { shippedSbom } from './packages/sbom.ts';

const root = new URL('../', import.meta.url);
const { devDependencies } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
const command = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
const all = JSON.parse(
  execFileSync('npm', command, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 2 ** 20 }),
);
const tools = Object.keys(devDependencies).filter((name) => !bundled.includes(name));
const sbom = shippedSbom(all, tools);
writeFileSync(new URL('sbom.cdx.json', root), `${JSON.stringify(sbom, undefined, 2)}\n`);
console.log(`Written: sbom.cdx.json, ${sbom.components.length} packages`);
