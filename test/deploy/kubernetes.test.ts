import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { scrapeJob } from '../../scripts/deploy/alert-table.ts';
import { startHealthServer } from '../../src/metrics/health-server.ts';
import { metricTable } from '../../src/metrics/table.ts';
import { settingsTable } from '../../src/settings/table.ts';
import { projectFolder } from '../support/process.ts';

const page = await readFile(`${projectFolder}docs/kubernetes.md`, 'utf8');
const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => parse(text ?? ''));
const [deployment, podMonitor] = ['Deployment', 'PodMonitor'].map((kind) =>
  blocks.find((block) => block.kind === kind),
);
const pod = deployment.spec.template;
const [container] = pod.spec.containers;
const env: Readonly<Record<string, string>> = Object.fromEntries(
  container.env.map(({ name, value }: { name: string; value: string }) => [name, value]),
);
const defaultOf = (key: string): unknown => settingsTable.find((setting) => setting.key === key)?.default;

describe('docs/kubernetes.md', () => {
  it('sets only what is a setting, and secrets as files', () => {
    const known = settingsTable.flatMap(({ env: name, fromFile, secret }) => [
      ...(secret ? [] : [name]),
      ...(fromFile === false ? [] : [`${name}_FILE`]),
    ]);
    for (const name of Object.keys(env)) expect(known).toContain(name);
  });

  it('names only variables that are settings', () => {
    const known = settingsTable.flatMap(({ env: name }) => [name, `${name}_FILE`]);
    for (const [name] of page.matchAll(/JETSMS_[A-Z_]*[A-Z]/g)) expect(known).toContain(name);
  });

  it('gives a worker longer to end than it takes, and a request shorter', () => {
    const shutdownMs = Number(env['JETSMS_SHUTDOWN_TIMEOUT_MS']);
    expect(pod.spec.terminationGracePeriodSeconds * 1000).toBeGreaterThan(shutdownMs);
    expect(shutdownMs).toBeGreaterThan(Number(defaultOf('requestTimeoutMs')));
  });

  it('asks for pages that there are, at the port where they are', async () => {
    expect(container.ports).toEqual([{ name: 'health', containerPort: defaultOf('healthPort') }]);
    const metrics = { contentType: 'text/plain', render: () => Promise.resolve('') };
    const readiness = () => ({ ready: true });
    await using server = await startHealthServer({ host: '127.0.0.1', port: 0, readiness, metrics });
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      const { path, port } = container[probe].httpGet;
      expect(port).toBe('health');
      expect((await fetch(`${server.url}${path}`)).status).toBe(200);
    }
    const [endpoint] = podMonitor.spec.podMetricsEndpoints;
    expect(endpoint.port).toBe('health');
    expect((await fetch(`${server.url}${endpoint.path}`)).status).toBe(200);
  });

  it('monitors the pods that it deploys, under the job that the alerts look for', () => {
    expect(podMonitor.spec.selector.matchLabels).toEqual(pod.metadata.labels);
    expect(deployment.spec.selector.matchLabels).toEqual(pod.metadata.labels);
    const [{ relabelings }] = podMonitor.spec.podMetricsEndpoints;
    expect(relabelings).toContainEqual({ targetLabel: 'job', replacement: scrapeJob });
  });

  it('has no label of the target in the way of a label of a metric', () => {
    const added = ['job', 'instance', 'namespace', 'pod', 'container', 'endpoint'];
    const labels = new Set(Object.values(metricTable).flatMap((row) => Object.keys(row.labels)));
    expect(added.filter((label) => labels.has(label))).toEqual([]);
  });
});
