import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/cli/redis-process.ts';
import { settingsTable } from '../../src/settings/table.ts';
import type { Simulator } from '../../src/simulator/index.ts';
import { npm } from '../support/npm.ts';
import { projectFolder, runProcess } from '../support/process.ts';
import { waitFor } from '../support/wait-for.ts';
import { startSlowSimulator, stopInFlight } from './in-flight.ts';
import { layServer, type Server } from './server.ts';

const file = join(projectFolder, 'deploy/pm2/ecosystem.config.cjs');
/** Installed by this test only: it is large, and nothing else here needs it. */
const pm2Version = '7.0.4';

interface App {
  readonly name: string;
  readonly args: string;
  readonly exec_mode: string;
  readonly kill_timeout: number;
  readonly env: Readonly<Record<string, string | number>>;
}

/** The file as PM2 reads it, with /etc/jetsms elsewhere. */
function readApps(etc: string): readonly App[] {
  process.env['JETSMS_ETC'] = etc;
  const load = createRequire(import.meta.url);
  delete load.cache[file];
  const { apps } = load(file) as { readonly apps: readonly App[] };
  delete process.env['JETSMS_ETC'];
  return apps;
}

describe('deploy/pm2/ecosystem.config.cjs', () => {
  let simulator: Simulator;
  let server: Server;
  let home: string;
  let health: number;

  /** `pm2 …` with a daemon of this test's own. */
  const pm2 = async (...args: readonly string[]) => {
    const env = { PM2_HOME: join(home, 'pm2'), JETSMS_APP: server.app, JETSMS_ETC: server.etc };
    const command = [process.execPath, join(home, 'node_modules/pm2/bin/pm2'), ...args];
    const { code, stdout, stderr } = await runProcess(command, { env, cwd: home });
    expect(code, `${stdout}\n${stderr}`).toBe(0);
    return stdout;
  };
  const ready = () =>
    waitFor(async () => (await fetch(`http://127.0.0.1:${health}/readyz`)).ok, {
      limitMs: 30_000,
      everyMs: 200,
      what: 'a worker that is ready',
    });

  beforeAll(async () => {
    simulator = await startSlowSimulator();
    server = await layServer(simulator.xmlUrl);
    health = await freePort();
    // What the file of the settings says wins over the file of PM2, so that the worker of a test has a port of its own.
    await writeFile(join(server.etc, 'jetsms.env'), `JETSMS_HEALTH_PORT=${health}\n`, { flag: 'a' });
    home = await mkdtemp(join(tmpdir(), 'jetsms-pm2-'));
    await mkdir(join(home, 'pm2'));
    await writeFile(join(home, 'package.json'), '{ "private": true }');
    await npm(home, 'install', '--ignore-scripts', `pm2@${pm2Version}`);
  });

  afterAll(async () => {
    if (home !== undefined) await pm2('kill');
    await simulator?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    if (home !== undefined) await rm(home, { recursive: true });
  });

  it('tells each app only what is a setting, and secrets as files', () => {
    const known = settingsTable.flatMap(({ env, fromFile, secret }) => [
      ...(secret ? [] : [env]),
      ...(fromFile === false ? [] : [`${env}_FILE`]),
    ]);
    const apps = readApps(server.etc);
    expect(apps.map(({ args }) => args)).toEqual(['start', 'gateway', 'dashboard']);
    for (const { env, exec_mode: mode } of apps) {
      for (const name of Object.keys(env)) if (name !== 'NODE_ENV') expect(known).toContain(name);
      expect(mode).toBe('fork');
    }
  });

  it('gives each app longer to end than it takes', () => {
    const usualMs = settingsTable.find(({ key }) => key === 'shutdownTimeoutMs')?.default;
    for (const { kill_timeout: limitMs, env } of readApps(server.etc))
      expect(limitMs).toBeGreaterThan(Number(env['JETSMS_SHUTDOWN_TIMEOUT_MS'] ?? usualMs));
  });

  it('stops a worker with requests of four seconds under way, and loses and repeats nothing', async () => {
    await pm2('start', file, '--only', 'jetsms-worker');
    await ready();
    await stopInFlight({
      simulator,
      redisUrl: server.redisUrl('producer-status'),
      stop: async () => void (await pm2('stop', 'jetsms-worker')),
      start: async () => {
        await pm2('start', 'jetsms-worker');
        await ready();
      },
    });
    await pm2('restart', 'jetsms-worker');
    await ready();
  });
});
