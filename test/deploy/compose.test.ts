import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DCLinter } from 'dclint';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { datasourceUid } from '../../scripts/deploy/alert-files.ts';
import { gatewayJob, scrapeJob } from '../../scripts/deploy/alert-table.ts';
import { tools } from '../../scripts/tools.ts';
import { settingsTable } from '../../src/settings/table.ts';
import { projectFolder, runProcess } from '../support/process.ts';
import { describeWith } from '../support/tools.ts';
import {
  composePath,
  demoPath,
  exampleVariables,
  networksOf,
  readCompose,
  readComposeVariables,
  readDockerfile,
} from './compose-file.ts';

const production = readCompose(composePath, exampleVariables);
const { services } = production;
const demo = readCompose(demoPath);
const both = [
  { path: composePath, ...production },
  { path: demoPath, ...demo },
] as const;
const everyService = both.flatMap(({ path, services: all }) =>
  Object.entries(all).map(([name, service]) => ({ path, name, service })),
);
const ours = everyService.filter(({ service }) => service.build !== undefined);
const inProject = (path: string): string => join(projectFolder, path);
const defaultOf = (key: string): unknown => settingsTable.find((setting) => setting.key === key)?.default;

/** What dclint's copy of the schema of compose has against a file. Its other rules are about taste. */
function schemaProblems(file: string): readonly unknown[] {
  const linter = new DCLinter({ rules: {}, quiet: false, debug: false, exclude: [] });
  // Its types do not resolve here.
  const results: readonly { readonly messages: readonly { readonly rule: string }[] }[] = linter.lintFiles(
    [file],
    false,
  );
  return results.flatMap(({ messages }) => messages).filter(({ rule }) => rule.startsWith('invalid-'));
}

describe('every compose file', () => {
  it.each(both)('$path is one by the schema of compose', ({ path }) => {
    expect(schemaProblems(inProject(path))).toEqual([]);
  });

  it('would be told of a word that compose does not know', async () => {
    const text = readFileSync(inProject(composePath), 'utf8');
    const folder = await mkdtemp(join(tmpdir(), 'jetsms-compose-'));
    const file = join(folder, 'docker-compose.yml');
    await writeFile(file, text.replace('stop_grace_period', 'stop_grace_time'));
    expect(schemaProblems(file)).toHaveLength(1);
    await rm(folder, { recursive: true });
  });

  it.each(both)('$path keeps to what old and new compose understand', ({ name, services: all }) => {
    expect(name).toBeUndefined();
    for (const { healthcheck, depends_on: dependsOn = {} } of Object.values(all)) {
      expect(healthcheck ?? {}).not.toHaveProperty('start_interval');
      for (const dependency of Object.values(dependsOn)) expect(dependency).not.toHaveProperty('restart');
    }
  });

  it.each(everyService)('$path: $name mounts only what exists', ({ path, service: { volumes = [] } }) => {
    const files = volumes.map((volume) => volume.split(':')[0] ?? '').filter((file) => file.startsWith('.'));
    for (const file of files) expect(existsSync(inProject(join(dirname(path), file))), file).toBe(true);
  });

  it.each(everyService)('$path: $name is reached from this machine only', ({ service: { ports = [] } }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it.each(everyService)('$path: $name may do no more than it needs', ({ service }) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    expect(service.restart).toBeDefined();
    expect(service.logging?.options).toMatchObject({ 'max-size': '10m', 'max-file': '5' });
  });

  it.each(ours)('$path: $name is told only what is a setting', ({ service: { environment = {} } }) => {
    const known = settingsTable.flatMap(({ env, fromFile }) =>
      fromFile === false ? [env] : [env, `${env}_FILE`],
    );
    for (const name of Object.keys(environment)) expect(known).toContain(name);
  });

  it.each(
    everyService.filter(({ service }) => service.environment?.['JETSMS_SHUTDOWN_TIMEOUT_MS'] !== undefined),
  )('$path: $name has longer to end than it takes', ({ name, service }) => {
    const { environment = {}, stop_grace_period: grace = '' } = service;
    if (name === 'operator') return;
    expect(Number.parseInt(grace, 10) * 1000).toBeGreaterThan(
      Number(environment['JETSMS_SHUTDOWN_TIMEOUT_MS']),
    );
  });
});

describe('docker-compose.yml', () => {
  const variables = readComposeVariables(composePath);
  const template = readFileSync(inProject('deploy/compose/env.example'), 'utf8');

  it('holds no secret: each is a file, which does not exist before somebody makes it', () => {
    const secretSettings = settingsTable.filter(({ secret }) => secret).map(({ env }) => env);
    for (const { environment = {}, secrets: used = [] } of Object.values(services)) {
      for (const name of [...secretSettings, 'JETSMS_REDIS_URL'])
        expect(environment).not.toHaveProperty(name);
      for (const [name, value] of Object.entries(environment))
        if (name.endsWith('_FILE')) expect(used.map((secret) => `/run/secrets/${secret}`)).toContain(value);
      for (const name of used) expect(production.secrets).toHaveProperty(name);
    }
    const text = readFileSync(inProject(composePath), 'utf8');
    for (const { file } of Object.values(
      readCompose(composePath, { ...exampleVariables, SECRETS_DIR: '/none' }).secrets ?? {},
    ))
      expect(file).toMatch(/^\/none\//);
    expect(text).not.toMatch(/demo\/secrets|requirepass|simulator/);
    const ignored = readFileSync(inProject('.gitignore'), 'utf8').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.env', '/secrets/']));
  });

  it.each(Object.keys(exampleVariables))(
    'refuses to start without %s, by a sentence that names it',
    (name) => {
      const { [name]: _, ...others } = exampleVariables;
      expect(() => readCompose(composePath, others)).toThrow(new RegExp(`^Set ${name} to `));
    },
  );

  it('asks for nothing that the template does not explain, and the template for nothing else', () => {
    const asked = new Set([...variables.map(({ name }) => name), 'COMPOSE_PROFILES']);
    const explained = [...template.matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name);
    expect(explained.toSorted()).toEqual([...asked].toSorted());
  });

  it('lets every image be pinned', () => {
    const text = readFileSync(inProject(composePath), 'utf8');
    const images = [...text.matchAll(/^ +image: (.*)$/gm)].map(([, image]) => image);
    expect(images).toHaveLength(5);
    for (const image of images) expect(image).toMatch(/^\$\{[A-Z]+_IMAGE:-[a-z/-]+:[a-z0-9.-]+\}$/);
  });

  it('reaches the gateway where it listens, and its health pages where image and Prometheus look for them', () => {
    const { environment = {}, ports, healthcheck, networks } = services['gateway'] ?? {};
    const port = defaultOf('gatewayPort');
    expect(ports).toEqual([`127.0.0.1:${port}:${port}`]);
    expect(healthcheck).toBeUndefined();
    expect(readDockerfile().healthCheck.join(' ')).toContain(String(defaultOf('healthPort')));
    expect(environment).toHaveProperty('JETSMS_HEALTH_HOST', '0.0.0.0');
    expect(networks).toMatchObject({ gateway: { aliases: [environment['JETSMS_GATEWAY_HOST']] } });
  });

  it('starts gateway and operator only when asked to', () => {
    const always = Object.entries(services).filter(([, { profiles }]) => profiles === undefined);
    expect(always.map(([name]) => name)).toEqual([
      'redis',
      'worker',
      'dashboard',
      'prometheus',
      'alertmanager',
      'grafana',
    ]);
  });

  it('has a health check for whatever runs on', () => {
    for (const [name, { healthcheck }] of Object.entries(services)) {
      if (name === 'worker' || name === 'gateway') expect(healthcheck, 'that of the image').toBeUndefined();
      else if (name !== 'operator') expect(healthcheck?.test?.length, name).toBeGreaterThan(1);
    }
  });

  it('lets nobody reach what it does not need', () => {
    const whereTo = Object.entries(services).map(([name, service]) => [name, networksOf(service)] as const);
    const inNetwork = (network: string) =>
      whereTo.filter(([, networks]) => networks.includes(network)).map(([name]) => name);
    expect(inNetwork('queue')).toEqual(['redis', 'worker', 'dashboard', 'gateway', 'operator']);
    expect(inNetwork('metrics')).toEqual(['worker', 'gateway', 'prometheus']);
    expect(inNetwork('outside')).toEqual(['worker', 'operator']);
    expect(inNetwork('dashboard')).toEqual(['dashboard']);
    expect(inNetwork('gateway')).toEqual(['gateway']);
    expect(networksOf(services['redis'] ?? { image: '' })).toEqual(['queue']);
    const internal = Object.entries(production.networks).filter(([, network]) => network.internal);
    expect(internal.map(([name]) => name)).toEqual(['queue', 'metrics']);
    expect(Object.keys(production.networks).toSorted()).toEqual(
      [...new Set(whereTo.flatMap(([, networks]) => networks))].toSorted(),
    );
  });

  it('lets Prometheus find workers and gateways under the jobs that the alerts expect', () => {
    const { scrape_configs: jobs, rule_files: rules } = readYaml('deploy/prometheus/prometheus.yml');
    expect(jobs).toMatchObject([
      { job_name: scrapeJob, dns_sd_configs: [{ names: ['worker'], port: defaultOf('healthPort') }] },
      { job_name: gatewayJob, dns_sd_configs: [{ names: ['gateway'], port: defaultOf('healthPort') }] },
    ]);
    expect(rules).toEqual(['alerts.yml']);
  });

  it('lets Grafana find its data and its dashboards', () => {
    const { datasources } = readYaml('deploy/grafana/provisioning/datasources/prometheus.yml');
    expect(datasources).toMatchObject([{ uid: datasourceUid, url: 'http://prometheus:9090' }]);
    const { providers } = readYaml('deploy/grafana/provisioning/dashboards/jetsms.yml');
    expect(services['grafana']?.volumes).toContain(
      `./deploy/grafana/dashboards:${providers[0].options.path}:ro`,
    );
  });
});

describe('the demo', () => {
  it('takes no variable, so that nothing of a real account gets into it', () => {
    expect(readComposeVariables(demoPath)).toEqual([]);
  });

  it('has no way out, but for the pages that are looked at', () => {
    expect(demo.networks['demo']).toEqual({ internal: true });
    for (const name of ['redis', 'worker', 'simulator', 'demo-traffic'])
      expect(networksOf(demo.services[name] ?? { image: '' })).toEqual(['demo']);
  });
});

describe('the Dockerfile', () => {
  const image = readDockerfile();

  it('builds in stages, and runs without root', () => {
    expect(image.stages).toBeGreaterThan(1);
    expect(image.user).toBe('node');
  });

  it('starts without a shell, so that signals arrive', () => {
    expect(image.entrypoint).toEqual(['node', '/app/dist/cli/main.js']);
    expect(image.command).toEqual(['start']);
    expect(image.healthCheck[0]).toBe('node');
  });

  it('copies only what exists, and what .dockerignore lets through', () => {
    const ignore = readFileSync(inProject('.dockerignore'), 'utf8').split('\n');
    for (const path of image.copied) {
      expect(existsSync(inProject(path)), path).toBe(true);
      expect(ignore).toContain(`!${path}`);
    }
  });
});

function readYaml(path: string) {
  return parse(readFileSync(inProject(path), 'utf8'));
}

describeWith([tools.dockerCompose], 'docker-compose', () => {
  const config = (path: string, env: Readonly<Record<string, string>>, ...profiles: readonly string[]) => {
    const chosen = profiles.flatMap((profile) => ['--profile', profile]);
    return runProcess(['docker-compose', '-f', inProject(path), ...chosen, 'config', '--quiet'], { env });
  };

  it.each([
    { what: 'by itself', profiles: [] },
    { what: 'with the gateway', profiles: ['gateway'] },
    { what: 'with both profiles', profiles: ['gateway', 'operator'] },
  ])('accepts docker-compose.yml $what', async ({ profiles }) => {
    const { code, stderr } = await config(composePath, exampleVariables, ...profiles);
    expect(code, stderr).toBe(0);
  });

  it('opens Redis to this machine, and to it alone, with the file for that', async () => {
    const files = [composePath, 'deploy/compose/redis-port.yml'].flatMap((path) => ['-f', inProject(path)]);
    const { code, stdout, stderr } = await runProcess(['docker-compose', ...files, 'config'], {
      env: exampleVariables,
    });
    expect(code, stderr).toBe(0);
    const { redis } = parse(stdout).services;
    expect([redis.ports, Object.keys(redis.networks)]).toEqual([
      ['127.0.0.1:6379:6379/tcp'],
      ['queue', 'redis-port'],
    ]);
  });

  it('accepts the demo as it is', async () => {
    const { code, stderr } = await config(demoPath, {});
    expect(code, stderr).toBe(0);
  });

  it('refuses docker-compose.yml as it is, and says what to do', async () => {
    const { code, stderr } = await config(composePath, {});
    expect(code).not.toBe(0);
    expect(stderr).toContain('Set JETSMS_URL to the address of JetSMS; run sh deploy/compose/prepare.sh');
  });
});
