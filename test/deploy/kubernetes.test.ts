import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { gatewayJob, scrapeJob } from '../../scripts/deploy/alert-table.ts';
import { startHealthServer } from '../../src/metrics/health-server.ts';
import { metricTable } from '../../src/metrics/table.ts';
import { settingsTable } from '../../src/settings/table.ts';
import { projectFolder } from '../support/process.ts';

const page = await readFile(`${projectFolder}docs/kubernetes.md`, 'utf8');
const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => parse(text ?? ''));

/** What the page deploys under a name. */
function deployed(name: string) {
  const ofKind = (kind: string) =>
    blocks.find((block) => block.kind === kind && block.metadata.name === name);
  const [deployment, podMonitor, service] = ['Deployment', 'PodMonitor', 'Service'].map(ofKind);
  const pod = deployment.spec.template;
  const [container] = pod.spec.containers;
  const env: Readonly<Record<string, string>> = Object.fromEntries(
    container.env.map(({ name: key, value }: { name: string; value: string }) => [key, value]),
  );
  return { deployment, podMonitor, service, pod, container, env };
}

const worker = deployed('jetsms-worker');
const gateway = deployed('jetsms-gateway');
const both = [
  { who: 'a worker', job: scrapeJob, ...worker },
  { who: 'a gateway', job: gatewayJob, ...gateway },
] as const;
const defaultOf = (key: string): unknown => settingsTable.find((setting) => setting.key === key)?.default;

describe('docs/kubernetes.md', () => {
  it.each(both)('sets only what is a setting of $who, and secrets as files', ({ env }) => {
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
    const { env, pod } = worker;
    const shutdownMs = Number(env['JETSMS_SHUTDOWN_TIMEOUT_MS']);
    expect(pod.spec.terminationGracePeriodSeconds * 1000).toBeGreaterThan(shutdownMs);
    expect(shutdownMs).toBeGreaterThan(Number(defaultOf('requestTimeoutMs')));
  });

  it('gives a gateway longer to end than it takes and its proxies need', () => {
    const { env, pod, container } = gateway;
    const waitSeconds = container.lifecycle.preStop.sleep.seconds;
    const mostMs = waitSeconds * 1000 + Number(env['JETSMS_SHUTDOWN_TIMEOUT_MS']);
    expect(pod.spec.terminationGracePeriodSeconds * 1000).toBeGreaterThan(mostMs);
  });

  it('leads to the gateway where it listens, and only there', () => {
    const { service, pod, container, env } = gateway;
    expect(env['JETSMS_GATEWAY_HOST']).toBe('0.0.0.0');
    expect(container.ports).toContainEqual({ name: 'http', containerPort: defaultOf('gatewayPort') });
    expect(service.spec.selector).toEqual(pod.metadata.labels);
    expect(service.spec.ports).toMatchObject([{ targetPort: 'http' }]);
    // Or the Service gives the pods variables that are no settings.
    expect(pod.spec.enableServiceLinks).toBe(false);
  });

  it.each(both)('asks for pages that there are, at the port where $who has them', async (one) => {
    const { container, podMonitor, env } = one;
    expect(env['JETSMS_HEALTH_HOST']).toBe('0.0.0.0');
    expect(container.ports).toContainEqual({ name: 'health', containerPort: defaultOf('healthPort') });
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

  it.each(both)('monitors the pods of $who, under the job that the alerts look for', (one) => {
    const { deployment, podMonitor, pod, job } = one;
    expect(podMonitor.spec.selector.matchLabels).toEqual(pod.metadata.labels);
    expect(deployment.spec.selector.matchLabels).toEqual(pod.metadata.labels);
    const [{ relabelings }] = podMonitor.spec.podMetricsEndpoints;
    expect(relabelings).toContainEqual({ targetLabel: 'job', replacement: job });
  });

  it('has no label of the target in the way of a label of a metric', () => {
    const added = ['job', 'instance', 'namespace', 'pod', 'container', 'endpoint'];
    const labels = new Set(Object.values(metricTable).flatMap((row) => Object.keys(row.labels)));
    expect(added.filter((label) => labels.has(label))).toEqual([]);
  });
});
