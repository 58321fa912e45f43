import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { addChecksums, completeLock, type Lock, withoutChecksum } from '../../../scripts/lock-file.ts';

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
    expect([...withoutChecksum(lock).values()]).toEqual([]);
  });

  it('names what has no checksum as the registry knows it, and puts the checksum in', () => {
    const bare: Lock = {
      packages: {
        '': {},
        'node_modules/a/node_modules/@t/x': { version: '1.0.0' },
        'node_modules/alias': { name: 'real', version: '2.0.0' },
        'node_modules/good': { version: '3.0.0', integrity: 'sha512-good' },
        'node_modules/folder': { link: true },
      },
    };
    const lacking = withoutChecksum(bare);
    expect([...lacking.values()]).toEqual(['@t/x@1.0.0', 'real@2.0.0']);
    const whole = addChecksums(bare, new Map([...lacking.keys()].map((path) => [path, 'sha512-told'])));
    expect(withoutChecksum(whole).size).toBe(0);
    expect(whole.packages['node_modules/alias']).toMatchObject({ integrity: 'sha512-told', name: 'real' });
    expect(whole.packages['node_modules/good']?.integrity).toBe('sha512-good');
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
