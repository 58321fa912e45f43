import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settingsTable } from '../../src/settings/table.ts';
import { createSimulator } from '../../src/simulator/index.ts';
import { projectFolder, runProcess } from '../support/process.ts';
import { composePath, readComposeVariables } from './compose-file.ts';
import { jetsmsAccount } from './in-flight.ts';
import { layServer } from './server.ts';
import { credentialsOf, readUnit, unitNames } from './units.ts';

const page = readFileSync(`${projectFolder}docs/deployment.md`, 'utf8');

describe('docs/deployment.md', () => {
  it('names only files that are there', () => {
    const named = [...page.matchAll(/`(deploy\/[^`\s]+)`/g)].map(([, path = '']) => path);
    const missing = named.filter((path) => !existsSync(join(projectFolder, path)));
    expect([named.length > 10, missing]).toEqual([true, []]);
  });

  it('names only variables that somebody reads', () => {
    const settings = settingsTable.flatMap(({ env }) => [env, `${env}_FILE`]);
    const known = [...settings, ...readComposeVariables(composePath).map(({ name }) => name)];
    for (const [name] of page.matchAll(/JETSMS_[A-Z_]*[A-Z]/g)) expect(known).toContain(name);
  });

  it('lists every secret that the units hand over, and no other', () => {
    const handed = unitNames.flatMap((name) => credentialsOf(readUnit(name)).map(([, source]) => source));
    const section = page.split('| file in `/etc/jetsms/secrets` |')[1]?.split('\n\n')[0] ?? '';
    const rows = section.split('\n').filter((line) => line.startsWith('| `'));
    const listed = rows.flatMap((row) =>
      [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    );
    expect(listed.toSorted()).toEqual(
      handed.map((source) => source.replace('/etc/jetsms/secrets/', '')).toSorted(),
    );
  });

  it('has commands on a server that work as they stand', async () => {
    const block = /### Commands on a server[\s\S]*?\n\n((?: {4}.*\n)+)/.exec(page)?.[1] ?? '';
    await using simulator = createSimulator({
      accounts: [{ ...jetsmsAccount, titles: [jetsmsAccount.title] }],
    });
    await simulator.listen();
    await using server = await layServer(simulator.xmlUrl);
    const script = block
      .replaceAll('/etc/jetsms', server.etc)
      .replaceAll(
        '/opt/jetsms/current/node_modules/.bin/jetsms',
        `'${process.execPath}' ${server.app}/dist/cli/main.js`,
      );
    const { code, stdout, stderr } = await runProcess(['sh', '-ec', script]);
    expect([code, stdout], stderr).toEqual([0, expect.stringContaining('the title COMPANY is approved')]);
  });
});
