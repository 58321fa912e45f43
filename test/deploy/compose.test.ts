import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { datasourceUid } from '../../scripts/deploy/alert-files.ts';
import { gatewayJob, scrapeJob } from '../../scripts/deploy/alert-table.ts';
import { tools } from '../../scripts/tools.ts';
import { settingsTable } from '../../src/settings/table.ts';
import { projectFolder, runProcess } from '../support/process.ts';
import { describeWith } from '../support/tools.ts';
import { readCompose, readDockerfile } from './compose-file.ts';

const { services, secrets, ...top } = readCompose();
const named = Object.entries(services);
const ours = named.filter(([, { build }]) => build !== undefined);
const inProject = (path: string): string => join(projectFolder, path);
const defaultOf = (key: string): unknown => settingsTable.find((setting) => setting.key === key)?.default;

describe('docker-compose.yml', () => {
  it('keeps to what old and new compose understand', () => {
    expect(top).not.toHaveProperty('name');
    for (const [, { healthcheck, depends_on: dependsOn = {} }] of named) {
      expect(healthcheck ?? {}).not.toHaveProperty('start_interval');
      for (const dependency of Object.values(dependsOn)) expect(dependency).not.toHaveProperty('restart');
    }
  });

  it.each(named)('%s mounts only what exists', (_, { volumes = [], secrets: used = [] }) => {
    const files = volumes.map((volume) => volume.split(':')[0] ?? '').filter((path) => path.startsWith('.'));
    for (const path of [...files, ...used.map((name) => secrets[name]?.file ?? name)])
      expect(existsSync(inProject(path)), path).toBe(true);
  });

  it.each(named)('%s is reached from this machine only', (_, { ports = [] }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it.each(ours)('%s is told only what is a setting', (_, { environment = {} }) => {
    const known = settingsTable.flatMap(({ env, fromFile }) =>
      fromFile === false ? [env] : [env, `${env}_FILE`],
    );
    for (const name of Object.keys(environment)) expect(known).toContain(name);
  });

  it('hands over secrets as files', () => {
    const secretSettings = settingsTable.filter(({ secret }) => secret).map(({ env }) => env);
    for (const [, { environment = {}, secrets: used = [] }] of named) {
      for (const name of secretSettings) expect(environment).not.toHaveProperty(name);
      for (const [name, value] of Object.entries(environment))
        if (name.endsWith('_FILE')) expect(used.map((secret) => `/run/secrets/${secret}`)).toContain(value);
    }
  });

  it.each(['worker', 'gateway'])('gives a %s longer to end than it takes', (name) => {
    const { environment = {}, stop_grace_period: grace = '' } = services[name] ?? {};
    expect(Number.parseInt(grace, 10) * 1000).toBeGreaterThan(
      Number(environment['JETSMS_SHUTDOWN_TIMEOUT_MS']),
    );
  });

  it('reaches the gateway where it listens, and its health pages where image and Prometheus look for them', () => {
    const { environment = {}, ports, healthcheck } = services['gateway'] ?? {};
    const port = defaultOf('gatewayPort');
    expect(ports).toEqual([`127.0.0.1:${port}:${port}`]);
    expect(healthcheck).toBeUndefined();
    expect(readDockerfile().healthCheck.join(' ')).toContain(String(defaultOf('healthPort')));
    for (const host of ['JETSMS_GATEWAY_HOST', 'JETSMS_HEALTH_HOST'])
      expect(environment).toHaveProperty(host, '0.0.0.0');
  });

  it('starts simulator, demo traffic and gateway only when asked to', () => {
    const always = named.filter(([, { profiles }]) => profiles === undefined).map(([name]) => name);
    expect(always).toEqual(['redis', 'worker', 'dashboard', 'prometheus', 'alertmanager', 'grafana']);
    expect(services['gateway']?.profiles).toEqual(['gateway']);
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
  it.each([
    { what: 'by itself', profile: [] },
    { what: 'with the demo', profile: ['--profile', 'demo'] },
    { what: 'with the gateway', profile: ['--profile', 'gateway'] },
    { what: 'with both', profile: ['--profile', 'demo', '--profile', 'gateway'] },
  ])('accepts docker-compose.yml $what', async ({ profile }) => {
    const { code, stderr } = await runProcess([
      'docker-compose',
      '-f',
      inProject('docker-compose.yml'),
      ...profile,
      'config',
      '--quiet',
    ]);
    expect(code, stderr).toBe(0);
  });
});
