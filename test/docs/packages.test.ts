import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtName, bundled, deliveryEntries, producerEntries } from '../../scripts/packages/entries.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const manifest = JSON.parse(read('package.json'));

describe('the two packages', () => {
  it('offer what scripts/packages/entries.ts says', () => {
    const built = deliveryEntries.map(({ path, source }) => {
      const file = `./dist/${builtName(source)}`;
      return [path, { types: `${file}.d.ts`, default: `${file}.js` }];
    });
    expect(manifest.exports).toEqual({ ...Object.fromEntries(built), './package.json': './package.json' });
  });

  it('have their entries named in docs/architecture.md', () => {
    const architecture = read('docs/architecture.md');
    for (const [name, entries] of [
      ['jetsms-producer', producerEntries],
      ['jetsms-delivery', deliveryEntries],
    ] as const) {
      const row = architecture.split('\n').find((line) => line.startsWith(`| \`${name}\``)) ?? '';
      for (const { path } of entries) expect(row).toContain(`\`${path}\``);
    }
  });

  it('have nobody install what is in their own files', () => {
    expect(bundled.filter((name) => name in manifest.dependencies)).toEqual([]);
    expect(bundled.filter((name) => !(name in manifest.devDependencies))).toEqual([]);
  });
});
