import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
const lock = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8'));
const contributing = readFileSync(new URL('CONTRIBUTING.md', root), 'utf8');

const packages: Readonly<Record<string, string>> = { ...manifest.dependencies, ...manifest.devDependencies };
/** First cells of the tables under "Dependencies, and why". */
const explained = [
  ...(contributing.split('## Dependencies')[1]?.matchAll(/^\| `([^`]+)` \| .+ \|$/gm) ?? []),
].map(([, name]) => name);

describe('the dependencies', () => {
  it('each have a line in CONTRIBUTING.md that says why, and no line outlives its dependency', () => {
    expect(explained.toSorted()).toEqual(Object.keys(packages).toSorted());
  });

  it('are pinned to exact versions', () => {
    const loose = Object.entries(packages).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
    expect(loose).toEqual([]);
  });

  it('each have a checksum in package-lock.json, with all that they bring (if not: npm run lock)', () => {
    const entries: [string, { integrity?: string }][] = Object.entries(lock.packages);
    const bare = entries.filter(([path, { integrity }]) => path !== '' && !integrity?.startsWith('sha512-'));
    expect(bare.map(([path]) => path)).toEqual([]);
  });
});

describe.each(globSync('examples/*/package.json', { cwd: fileURLToPath(root) }))(
  'the dependencies of %s',
  (file) => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(new URL(file, root), 'utf8'));
    const named: readonly (readonly [string, string])[] = Object.entries({
      ...dependencies,
      ...devDependencies,
    });

    it('are pinned to exact versions', () => {
      expect(named.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
    });

    it('are those that they are tested with: this package, and what it has itself', () => {
      const tested: Readonly<Record<string, string>> = { ...packages, [manifest.name]: manifest.version };
      // The compiler is the one that ts-jest and Next.js can work with.
      const others = named.filter(
        ([name, version]) => name !== 'typescript' && tested[name] !== undefined && tested[name] !== version,
      );
      expect(others).toEqual([]);
    });
  },
);
