import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readSettings } from '../../../src/settings/read.ts';

const folder = mkdtempSync(join(tmpdir(), 'jetsms-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('reading settings', () => {
  it('reads the files that the environment and the configuration file name', () => {
    writeFileSync(join(folder, 'password'), 'from a file\n');
    writeFileSync(
      join(folder, 'config.json'),
      '{"accounts": {"shop": {"url": "https://a.example", "username": "u", "passwordFile": "password"}}}',
    );
    const env = { JETSMS_CONFIG: join(folder, 'config.json') };
    const settings = readSettings({ env }, { needs: ['credentials'] });
    expect(settings.accounts.get('shop')?.password).toBe('from a file');
  });

  it('says which file cannot be read by the setting that names it', () => {
    expect(() => readSettings({ env: { JETSMS_TITLE_FILE: folder } })).toThrow(/JETSMS_TITLE_FILE.*EISDIR/);
  });
});
