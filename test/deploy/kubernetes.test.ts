import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { gatewayJob, scrapeJob } from '../../scripts/deploy/alert-table.ts';
import { tools } from '../../scripts/tools.ts';
import { startHealthServer } from '../../src/metrics/health-server.ts';
import { metricTable } from '../../src/metrics/table.ts';
import { settingsTable } from '../../src/settings/table.ts';
import { projectFolder, runProcess } from '../support/process.ts';
import { describeWith } from '../support/tools.ts';
import { formProblem, typeProblems } from './kubernetes-schema.ts';
import {
  buildKustomization,
  type Labels,
  type Manifest,
  readEnvironment,
  readKustomization,
} from './kustomization.ts';

const root = join(projectFolder, 'deploy/kubernetes');
const overlays = globSync('overlays/*', { cwd: root });
const objects = buildKustomization(join(root, 'overlays/example'));
const page = readFileSync(`${projectFolder}docs/kubernetes.md`, 'utf8');

const find = (kind: string, name: string): Manifest => {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
};
const environmentOf = (container: { readonly env: readonly { name: string; value: string }[] }): Labels =>
  Object.fromEntries(container.env.map(({ name, value }) => [name, value]));

/** What is deployed under a name. */
function deployed(name: string) {
  const deployment = find('Deployment', name);
  const pod = deployment['spec'].template;
  const [container] = pod.spec.containers;
  return { name, deployment, pod, container, env: environmentOf(container) };
}

const worker = deployed('jetsms-worker');
const gateway = deployed('jetsms-gateway');
const dashboard = deployed('jetsms-dashboard');
const operator = deployed('jetsms-operator');
const all = [worker, gateway, dashboard, operator];
const watched = [
  { who: 'a worker', job: scrapeJob, ...worker },
  { who: 'a gateway', job: gatewayJob, ...gateway },
] as const;
const defaultOf = (key: string): unknown => settingsTable.find((setting) => setting.key === key)?.default;

/** Whether a selector chooses pods with these labels. */
function selects(
  selector: { readonly matchLabels?: Labels; readonly matchExpressions?: unknown },
  labels: Labels,
) {
  const expressions = (selector.matchExpressions ?? []) as readonly {
    key: string;
    values: readonly string[];
  }[];
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
    expressions.every(({ key, values }) => values.includes(labels[key] ?? ''))
  );
}

/** The policies that choose the pods of a Deployment. */
const policiesOf = (name: string): readonly Manifest[] =>
  objects.filter(
    ({ kind, ...policy }) =>
      kind === 'NetworkPolicy' && selects(policy['spec'].podSelector, deployed(name).pod.metadata.labels),
  );

const portsOf = (rules: readonly { readonly ports: readonly { readonly port: unknown }[] }[]) =>
  rules.flatMap(({ ports }) => ports.map(({ port }) => port));

describe('deploy/kubernetes', () => {
  it('leaves no file out, and names none that is not there', () => {
    const used = ['base', ...globSync('{components,overlays}/*', { cwd: root })].flatMap((folder) => {
      const {
        resources = [],
        components = [],
        configMapGenerator = [],
      } = readKustomization(join(root, folder));
      const files = [...resources, ...configMapGenerator.flatMap(({ envs }) => envs)].map((path) =>
        join(folder, path),
      );
      return [join(folder, 'kustomization.yaml'), ...files, ...components.map((path) => join(folder, path))];
    });
    const files = globSync('**/*.{yaml,env}', { cwd: root });
    expect(files.filter((file) => !used.includes(file))).toEqual([]);
    const folders = globSync('{base,components/*}', { cwd: root });
    expect(folders.filter((folder) => !used.includes(folder))).toEqual([]);
  });

  it.each(overlays)(
    '%s is built of objects that Kubernetes, KEDA and the Prometheus Operator know',
    async (overlay) => {
      const built = buildKustomization(join(root, overlay));
      expect(built.flatMap((object) => formProblem(object) ?? [])).toEqual([]);
      expect(await typeProblems(built)).toBe('');
    },
  );

  it('would be told of a field that does not exist, and of one that is missing', async () => {
    const broken = structuredClone(worker.deployment);
    broken['spec'].template.spec.automountServiceAcountToken = false;
    expect(await typeProblems([broken])).toContain('automountServiceAcountToken');
    broken['spec'].selector = undefined;
    expect(formProblem(broken)).toContain('selector');
  });

  it('holds no secret, and mounts those that the page tells to make', () => {
    expect(objects.map(({ kind }) => kind)).not.toContain('Secret');
    for (const { name, pod, env } of all) {
      expect(pod.spec.volumes).toEqual([
        { name: 'secrets', secret: { secretName: name, defaultMode: 0o440 } },
      ]);
      const command = page
        .split('\n')
        .join(' ')
        .match(new RegExp(`secret generic ${name} ([^\`]*?)(?=kubectl|\`|$)`))?.[1];
      const made = [...(command ?? '').matchAll(/--from-file=([a-z-]+)/g)].map(
        ([, key]) => `/var/run/jetsms/${key}`,
      );
      const read = Object.entries(env).flatMap(([key, value]) => (key.endsWith('_FILE') ? [value] : []));
      expect(made.toSorted(), name).toEqual(read.toSorted());
    }
  });

  it.each(all)('$name sets only what is a setting, and secrets as files', ({ env, container }) => {
    const known = settingsTable.flatMap(({ env: name, fromFile, secret }) => [
      ...(secret ? [] : [name]),
      ...(fromFile === false ? [] : [`${name}_FILE`]),
    ]);
    for (const name of Object.keys(env)) expect(known).toContain(name);
    expect(container.envFrom).toEqual([{ configMapRef: { name: 'jetsms-settings' } }]);
    const shared = readEnvironment(join(root, 'overlays/example/settings.env'));
    expect(find('ConfigMap', 'jetsms-settings')['data']).toEqual(shared);
    for (const name of Object.keys(shared)) expect(known).toContain(name);
  });

  it.each(all)('$name has no right that it does not need', ({ pod, container, deployment }) => {
    expect(pod.spec).toMatchObject({
      serviceAccountName: find('ServiceAccount', 'jetsms').metadata.name,
      automountServiceAccountToken: false,
      // Or a Service gives the pods variables that are no settings.
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.resources).toMatchObject({ requests: {}, limits: {} });
    expect(deployment['spec'].selector.matchLabels).toEqual({ app: pod.metadata.labels.app });
    expect(find('ServiceAccount', 'jetsms')['automountServiceAccountToken']).toBe(false);
  });

  it('has its image where a user can pin it', () => {
    for (const { container } of all)
      expect(container.image).toBe('registry.example.com/jetsms-delivery:0.1.0');
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

  it.each([
    { ...gateway, host: 'JETSMS_GATEWAY_HOST', port: 'gatewayPort' },
    { ...dashboard, host: 'JETSMS_DASHBOARD_HOST', port: 'dashboardPort' },
  ])('leads to $name where it listens, and only there', ({ name, host, port, env, container, pod }) => {
    const service = find('Service', name);
    expect(env[host]).toBe('0.0.0.0');
    expect(container.ports).toContainEqual({ name: 'http', containerPort: defaultOf(port) });
    expect(selects({ matchLabels: service['spec'].selector }, pod.metadata.labels)).toBe(true);
    expect(service['spec'].ports).toMatchObject([{ targetPort: 'http' }]);
  });

  it.each(watched)('asks for pages that there are, at the port where $who has them', async (one) => {
    const { container, name, env } = one;
    expect(env['JETSMS_HEALTH_HOST']).toBe('0.0.0.0');
    expect(container.ports).toContainEqual({ name: 'health', containerPort: defaultOf('healthPort') });
    const metrics = { contentType: 'text/plain', render: () => Promise.resolve('') };
    const readiness = () => ({ ready: true });
    await using server = await startHealthServer({ host: '127.0.0.1', port: 0, readiness, metrics });
    const wanted = { startupProbe: '/healthz', livenessProbe: '/healthz', readinessProbe: '/readyz' };
    for (const [probe, path] of Object.entries(wanted)) {
      expect(container[probe].httpGet).toEqual({ path, port: 'health' });
      expect((await fetch(`${server.url}${path}`)).status).toBe(200);
    }
    const [endpoint] = find('PodMonitor', name)['spec'].podMetricsEndpoints;
    expect(endpoint.port).toBe('health');
    expect((await fetch(`${server.url}${endpoint.path}`)).status).toBe(200);
  });

  it.each(watched)(
    'monitors the pods of $who, under the job that the alerts look for',
    ({ name, pod, job }) => {
      const { spec } = find('PodMonitor', name) as Manifest;
      expect(selects(spec.selector, pod.metadata.labels)).toBe(true);
      const [{ relabelings }] = spec.podMetricsEndpoints;
      expect(relabelings).toContainEqual({ targetLabel: 'job', replacement: job });
    },
  );

  it.each([worker, gateway])('keeps one $name while nodes are drained', ({ name, pod, deployment }) => {
    const { spec } = find('PodDisruptionBudget', name) as Manifest;
    expect(selects(spec.selector, pod.metadata.labels)).toBe(true);
    expect(spec.maxUnavailable).toBeLessThan(deployment['spec'].replicas ?? scaled['spec'].minReplicaCount);
  });

  it('has no label of the target in the way of a label of a metric', () => {
    const added = ['job', 'instance', 'namespace', 'pod', 'container', 'endpoint'];
    const labels = new Set(Object.values(metricTable).flatMap((row) => Object.keys(row.labels)));
    expect(added.filter((label) => labels.has(label))).toEqual([]);
  });
});

describe('the network of deploy/kubernetes', () => {
  it.each(all)('denies $name whatever no policy allows', ({ name }) => {
    const names = policiesOf(name).map(({ metadata }) => metadata.name);
    expect(names).toEqual(expect.arrayContaining(['jetsms-deny', 'jetsms-dns', 'jetsms-redis']));
    expect(find('NetworkPolicy', 'jetsms-deny')['spec']).toEqual({
      podSelector: { matchLabels: { 'app.kubernetes.io/part-of': 'jetsms-delivery' } },
      policyTypes: ['Ingress', 'Egress'],
    });
  });

  it('lets workers out over TLS, and into nothing inside', () => {
    const outside = policiesOf('jetsms-worker').find(({ metadata }) => metadata.name === 'jetsms-worker');
    const [rule] = outside?.['spec'].egress ?? [];
    expect(portsOf([rule])).toEqual([443]);
    expect(rule.to).toMatchObject([{ ipBlock: { cidr: '0.0.0.0/0' } }]);
    expect(rule.to[0].ipBlock.except).toEqual(expect.arrayContaining(['169.254.0.0/16', '10.0.0.0/8']));
    for (const name of ['jetsms-gateway', 'jetsms-dashboard'])
      expect(policiesOf(name).map(({ metadata }) => metadata.name)).not.toContain('jetsms-worker');
  });

  it.each([
    { name: 'jetsms-worker', reached: ['health'] },
    { name: 'jetsms-gateway', reached: ['http', 'health'] },
    { name: 'jetsms-dashboard', reached: ['http'] },
  ])('$name is reached at $reached, and Prometheus reaches health ports only', ({ name, reached }) => {
    const policies = policiesOf(name);
    expect(policies.flatMap((policy) => portsOf(policy['spec'].ingress ?? []))).toEqual(reached);
    const named = deployed(name).container.ports.map((port: { readonly name: string }) => port.name);
    for (const port of reached) expect(named).toContain(port);
    const monitoring = find('NetworkPolicy', 'jetsms-monitoring');
    expect(portsOf(monitoring['spec'].ingress)).toEqual(['health']);
  });
});

const scaled = find('ScaledObject', 'jetsms-worker');

describe('the autoscaling of deploy/kubernetes', () => {
  it('scales the workers, never to none, and is alone in saying how many there are', () => {
    expect(scaled['spec'].scaleTargetRef.name).toBe(worker.name);
    expect(scaled['spec'].minReplicaCount).toBeGreaterThan(0);
    expect(worker.deployment['spec']).not.toHaveProperty('replicas');
  });

  it('can be left out: then there are two workers', () => {
    const base = buildKustomization(join(root, 'base'));
    const alone = base.find(({ kind }) => kind === 'Deployment');
    expect(alone?.['spec'].replicas).toBe(2);
  });
});

describeWith([tools.promtool], 'the query of the autoscaling', () => {
  it('gives the age of what waits, but not of a held account, nor of bulk', async () => {
    const waits = (account: string, lane: string, age: number) => ({
      series: `jetsms_oldest_waiting_seconds{account="${account}",lane="${lane}",instance="a"}`,
      values: `${age}x5`,
    });
    const query = scaled['spec'].triggers[0].metadata.query;
    const cases = [
      { series: [waits('shop', 'otp', 45), waits('shop', 'bulk', 9000)], value: 45 },
      {
        series: [
          waits('shop', 'otp', 5),
          waits('poor', 'otp', 700),
          { series: 'jetsms_held{account="poor",reason="no-credit",instance="a"}', values: '1x5' },
          { series: 'jetsms_held{account="shop",reason="no-credit",instance="a"}', values: '0x5' },
        ],
        value: 5,
      },
      { series: [], value: 0 },
    ];
    const folder = await mkdtemp(join(tmpdir(), 'jetsms-scaling-'));
    const file = join(folder, 'test.yml');
    const tests = cases.map(({ series, value }) => ({
      interval: '1m',
      input_series: series,
      promql_expr_test: [{ expr: query, eval_time: '2m', exp_samples: [{ labels: '{}', value }] }],
    }));
    await writeFile(file, stringify({ tests }));
    const { code, stdout, stderr } = await runProcess(['promtool', 'test', 'rules', file]);
    await rm(folder, { recursive: true });
    expect(code, `${stdout}\n${stderr}`).toBe(0);
  });
});

describe('docs/kubernetes.md', () => {
  it('names only variables that are settings', () => {
    const known = settingsTable.flatMap(({ env: name }) => [name, `${name}_FILE`]);
    for (const [name] of page.matchAll(/JETSMS_[A-Z_]*[A-Z]/g)) expect(known).toContain(name);
  });

  it('points to the files instead of repeating them, and to each part', () => {
    expect(page).not.toContain('```yaml\napiVersion');
    for (const file of globSync('{base,components/*,overlays/*}', { cwd: root }))
      expect(page, file).toContain(`deploy/kubernetes/${file}`);
  });
});
