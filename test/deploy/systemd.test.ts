import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tools } from '../../scripts/tools.ts';
import { freePort } from '../../src/cli/redis-process.ts';
import { settingsTable } from '../../src/settings/table.ts';
import type { Simulator } from '../../src/simulator/index.ts';
import { projectFolder, runProcess, startProcess } from '../support/process.ts';
import { describeWith } from '../support/tools.ts';
import { waitFor } from '../support/wait-for.ts';
import { startSlowSimulator, stopInFlight } from './in-flight.ts';
import { layServer, readSettingsFile, type Server } from './server.ts';
import {
  credentialsOf,
  readUnit,
  secondsOf,
  serverEnvironment,
  type Unit,
  unitEnvironment,
  unitNames,
} from './units.ts';

const units = unitNames.map(readUnit);
const defaultOf = (key: string): unknown => settingsTable.find((setting) => setting.key === key)?.default;

describe.each(units)('deploy/systemd/$name.service', (unit) => {
  const environment = unitEnvironment(unit, '/credentials');

  it('is told only what is a setting, and secrets as credentials that root alone can read', () => {
    const known = settingsTable.flatMap(({ env, fromFile, secret }) => [
      ...(secret ? [] : [env]),
      ...(fromFile === false ? [] : [`${env}_FILE`]),
    ]);
    for (const name of Object.keys(environment)) if (name !== 'NODE_ENV') expect(known).toContain(name);
    for (const name of Object.keys(parseEnv(serverEnvironment({})))) expect(known).toContain(name);
    const handed = credentialsOf(unit).map(([name]) => `/credentials/${name}`);
    const read = Object.entries(environment).flatMap(([name, value]) =>
      name.endsWith('_FILE') ? [value] : [],
    );
    expect(read.toSorted()).toEqual(handed.toSorted());
    for (const [, source] of credentialsOf(unit)) expect(source).toMatch(/^\/etc\/jetsms\/secrets\//);
  });

  it('has longer to end than it takes, and is told by SIGTERM', () => {
    const shutdownMs = Number(environment['JETSMS_SHUTDOWN_TIMEOUT_MS'] ?? defaultOf('shutdownTimeoutMs'));
    expect(secondsOf(unit.value('TimeoutStopSec')) * 1000).toBeGreaterThan(shutdownMs);
    expect(unit.value('KillSignal')).toBe('SIGTERM');
  });

  it('may listen where it listens, and nowhere else', () => {
    const ports = [...unit.values('SocketBindAllow')];
    const healthPort = environment['JETSMS_HEALTH_PORT'] ?? defaultOf('healthPort');
    const wanted: Readonly<Record<string, readonly unknown[]>> = {
      'jetsms-worker': [healthPort],
      'jetsms-gateway': [defaultOf('gatewayPort'), healthPort],
      'jetsms-dashboard': [defaultOf('dashboardPort')],
    };
    expect(ports).toEqual(wanted[unit.name]?.map((port) => `tcp:${port}`));
    expect(unit.value('SocketBindDeny')).toBe('any');
  });
});

describe('the units together', () => {
  it('are guarded alike', () => {
    const guards = (unit: Unit) =>
      [
        'ProtectSystem',
        'NoNewPrivileges',
        'DynamicUser',
        'SystemCallFilter',
        'CapabilityBoundingSet',
        'LimitCORE',
      ].map((key) => unit.values(key));
    for (const unit of units)
      expect(guards(unit)).toEqual([
        ['strict'],
        ['yes'],
        ['yes'],
        ['@system-service', '~@privileged @resources'],
        [''],
        ['0'],
      ]);
  });

  it('have ports of their own on one server', () => {
    const ports = units.flatMap((unit) => unit.values('SocketBindAllow'));
    expect(new Set(ports).size).toBe(ports.length);
  });
});

describeWith([tools.systemdAnalyze], 'systemd-analyze', () => {
  it('finds nothing wrong in the units', async () => {
    const { code, stdout, stderr } = await runProcess([
      'systemd-analyze',
      'verify',
      ...units.map(({ path }) => path),
    ]);
    expect([code, stdout + stderr]).toEqual([0, '']);
  });

  it.each(units)('calls $name little exposed', async ({ path }) => {
    const { code, stdout } = await runProcess([
      'systemd-analyze',
      'security',
      '--offline=true',
      '--threshold=20',
      path,
    ]);
    expect(code, stdout).toBe(0);
  });
});

// No systemd runs the units: the test starts what they say, with their environment and credentials, behind their filter
// of system calls, and stops as they say.
describeWith([tools.systemdAnalyze, tools.python], 'the services of the units', () => {
  let simulator: Simulator;
  let server: Server;

  beforeAll(async () => {
    simulator = await startSlowSimulator();
    server = await layServer(simulator.xmlUrl);
  });

  afterAll(async () => {
    await simulator?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  it('the worker is stopped with requests of four seconds under way, and loses and repeats nothing', async () => {
    const unit = readUnit('jetsms-worker');
    let worker = await startUnit(unit, server);
    await stopInFlight({
      simulator,
      redisUrl: server.redisUrl('producer-status'),
      stop: async () => expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null }),
      start: async () => {
        worker = await startUnit(unit, server);
      },
    });
    expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  });

  it.each([
    { name: 'jetsms-gateway', started: /"gateway\.started"/ },
    { name: 'jetsms-dashboard', started: /"dashboard\.started"/ },
  ])('$name starts, and ends cleanly', async ({ name, started }) => {
    await using service = await startUnit(readUnit(name), server);
    await service.waitForLine(started);
    expect(await service.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  });

  it('settings that cannot be used end with the code at which systemd does not try again', async () => {
    const unit = readUnit('jetsms-worker');
    const worker = await startUnit(unit, server, { JETSMS_URL: '' });
    const { code } = await worker.exit;
    expect(unit.value('RestartPreventExitStatus')).toBe(String(code));
  });

  it('cannot do what their filter forbids', async () => {
    const [command = '', ...args] = behindFilter(readUnit('jetsms-worker'), ['nice', '-n', '-5', 'true']);
    expect(await runProcess([command, ...args])).toMatchObject({
      stderr: expect.stringContaining('Operation not permitted'),
    });
  });
});

/** A command behind the filter of system calls of a unit. */
function behindFilter(unit: Unit, command: readonly string[]): readonly string[] {
  const [allowed = '', denied = ''] = unit.values('SystemCallFilter');
  const filter = join(projectFolder, 'test/deploy/behind-filter.py');
  return ['python3', filter, allowed, denied.replace(/^~/, ''), '--', ...command];
}

/** Starts the command of a unit on a server, with other places and ports than there. */
async function startUnit(unit: Unit, server: Server, change: Readonly<Record<string, string>> = {}) {
  const credentials = join(server.folder, `credentials-${unit.name}`);
  await mkdir(credentials, { recursive: true });
  for (const [name, source] of credentialsOf(unit))
    await cp(source.replace('/etc/jetsms', server.etc), join(credentials, name));
  const port = async () => String(await freePort());
  const health = await port();
  const env = {
    ...unitEnvironment(unit, credentials),
    ...(parseEnv(await readSettingsFile(server)) as Readonly<Record<string, string>>),
    JETSMS_HEALTH_PORT: health,
    JETSMS_GATEWAY_PORT: await port(),
    JETSMS_DASHBOARD_PORT: await port(),
    ...change,
  };
  const command = unit
    .value('ExecStart')
    .replace('/opt/jetsms/current/node_modules/jetsms-delivery', server.app)
    .split(' ');
  const started = startProcess(behindFilter(unit, command), { env });
  if (unit.name === 'jetsms-worker' && Object.keys(change).length === 0)
    await waitFor(async () => (await fetch(`http://127.0.0.1:${health}/readyz`)).ok, {
      limitMs: 20_000,
      everyMs: 100,
    });
  return started;
}
