import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { completeLock, type Lock } from '../../../scripts/lock-file.ts';

const tool = {
  version: '1.0.0',
  dev: true,
  optionalDependencies: { '@t/cli-linux-x64-musl': '1.0.0' },
} as const;

describe('completing a lock file', () => {
  it('finds nothing to add in package-lock.json (if it does: node scripts/complete-lock.ts)', () => {
    const lock: Lock = JSON.parse(
      readFileSync(new URL('../../../package-lock.json', import.meta.url), 'utf8'),
    );
    expect(completeLock(lock).added).toEqual([]);
  });

  it('adds a missing optional package with its platform, so that it is passed over elsewhere', () => {
    const { completed, added } = completeLock({ packages: { '': {}, 'node_modules/tool': tool } });
    expect(added).toEqual(['@t/cli-linux-x64-musl']);
    expect(completed.packages['node_modules/@t/cli-linux-x64-musl']).toEqual({
      version: '1.0.0',
      dev: true,
      optional: true,
      os: ['linux'],
      cpu: ['x64'],
      libc: ['musl'],
    });
  });

  it.each(['node_modules/tool/node_modules/@t/cli-linux-x64-musl', 'node_modules/@t/cli-linux-x64-musl'])(
    'is content with a package at %s',
    (path) => {
      const packages = { '': {}, 'node_modules/tool': tool, [path]: { version: '1.0.0' } };
      expect(completeLock({ packages }).added).toEqual([]);
    },
  );

  it('refuses to guess where the name tells no platform', () => {
    const packages = { 'node_modules/tool': { optionalDependencies: { fast: '1.0.0' } } };
    expect(() => completeLock({ packages })).toThrow('fast');
  });
});
