import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { alertCases } from '../../scripts/deploy/alert-cases.ts';
import { alerts } from '../../scripts/deploy/alert-table.ts';
import { tools } from '../../scripts/tools.ts';
import { projectFolder, runProcess } from '../support/process.ts';
import { describeWith } from '../support/tools.ts';
import { panelQueries } from './panels.ts';

const deploy = (path: string): string => `${projectFolder}deploy/${path}`;

describe('the alerts', () => {
  it.each(alerts)('$name has a case that fires and ends, and one that stays silent', ({ name }) => {
    const cases = alertCases.filter(({ alert }) => alert === name);
    expect(cases.some(({ firing, ends }) => firing.length > 0 && ends !== undefined)).toBe(true);
    expect(cases.some(({ firing }) => firing.length === 0)).toBe(true);
  });

  it('say the same in Prometheus and in Grafana', async () => {
    const prometheus = parse(await readFile(deploy('prometheus/alerts.yml'), 'utf8'));
    const grafana = parse(await readFile(deploy('grafana/provisioning/alerting/rules.yml'), 'utf8'));
    const [rules, grafanaRules] = [prometheus.groups[0].rules, grafana.groups[0].rules] as [
      PrometheusRule[],
      GrafanaRule[],
    ];
    const facts = rules.map((rule) => [rule.alert, rule.expr, rule.for, rule.labels, rule.annotations]);
    const grafanaFacts = grafanaRules.map((rule) => [
      rule.title,
      rule.data[0]?.model.expr,
      rule.for,
      rule.labels,
      rule.annotations,
    ]);
    expect(grafanaFacts).toEqual(facts);
    expect(facts).toHaveLength(alerts.length);
    expect(prometheus.groups[0].interval).toBe(grafana.groups[0].interval);
  });

  it('use nothing that Grafana would take for a variable of its environment', async () => {
    expect(await readFile(deploy('grafana/provisioning/alerting/rules.yml'), 'utf8')).not.toContain('$');
  });

  it('have ids that Grafana takes, each its own', async () => {
    const { groups } = parse(await readFile(deploy('grafana/provisioning/alerting/rules.yml'), 'utf8'));
    const ids = (groups[0].rules as GrafanaRule[]).map(({ uid }) => uid);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9-]{1,40}$/);
    expect(new Set(ids).size).toBe(alerts.length);
  });
});

interface PrometheusRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: unknown;
  readonly annotations: unknown;
}

interface GrafanaRule {
  readonly uid: string;
  readonly title: string;
  readonly for: string;
  readonly labels: unknown;
  readonly annotations: unknown;
  readonly data: readonly { readonly model: { readonly expr?: string } }[];
}

describeWith([tools.promtool], 'promtool', () => {
  it('accepts the alert rules', () => promtool('check', 'rules', deploy('prometheus/alerts.yml')));

  it('accepts the configuration of Prometheus', () =>
    promtool('check', 'config', deploy('prometheus/prometheus.yml')));

  it('sees every alert fire, end, and stay silent when it should', () =>
    promtool('test', 'rules', deploy('prometheus/tests/alerts.yml')));

  it('accepts the query of every panel', async () => {
    const rules = panelQueries().map(({ expression }, index) => ({
      record: `panel:${index}`,
      expr: expression,
    }));
    expect(rules.length).toBeGreaterThan(30);
    const folder = await mkdtemp(join(tmpdir(), 'jetsms-panels-'));
    try {
      const file = join(folder, 'panels.yml');
      await writeFile(file, stringify({ groups: [{ name: 'panels', rules }] }));
      await promtool('check', 'rules', file);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describeWith([tools.amtool], 'amtool', () => {
  it('accepts the example for Alertmanager', async () => {
    const { code, stdout, stderr } = await runProcess([
      'amtool',
      'check-config',
      deploy('alertmanager/alertmanager.yml'),
    ]);
    expect(`${stdout}\n${stderr}`).toContain('SUCCESS');
    expect(code).toBe(0);
  });
});

async function promtool(...args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await runProcess(['promtool', ...args]);
  expect(code, `${stdout}\n${stderr}`).toBe(0);
}
