import { stringify } from 'yaml';
import { type AlertCase, alertCases } from './alert-cases.ts';
import { type Alert, alerts, runbookOf } from './alert-table.ts';

/** The data source that deploy/grafana/provisioning/datasources names. */
export const datasourceUid = 'jetsms-prometheus';

const evaluationInterval = '30s';

/** deploy/prometheus/alerts.yml */
export function renderPrometheusRules(): string {
  return yamlFile('The alerts, for Prometheus.', {
    groups: [{ name: 'jetsms', interval: evaluationInterval, rules: alerts.map(prometheusRule) }],
  });
}

function prometheusRule(alert: Alert) {
  return {
    alert: alert.name,
    expr: alert.expression,
    for: alert.for,
    labels: { severity: alert.severity },
    annotations: annotationsOf(alert),
  };
}

function annotationsOf(alert: Alert) {
  const { summary, command, description } = alert;
  return { summary: `${summary}. First: ${command}`, description, runbook: runbookOf(alert) };
}

/** deploy/prometheus/tests/alerts.yml, for `promtool test rules`. */
export function renderPrometheusTests(): string {
  return yamlFile('When each alert fires and when it is silent: promtool test rules.', {
    rule_files: ['../alerts.yml'],
    evaluation_interval: evaluationInterval,
    tests: alertCases.map((one) => ({
      name: `${one.alert} ${one.title}`,
      interval: evaluationInterval,
      input_series: Object.entries(one.given).map(([series, values]) => ({
        series,
        values: `${values}${afterwards(series, values, one)}`,
      })),
      promql_expr_test: [
        firingAt(one.alert, one.at, one.firing),
        ...(one.ends ? [firingAt(one.alert, one.ends.at, [])] : []),
      ],
    })),
  });
}

const firingAt = (alert: Alert['name'], at: string, firing: AlertCase['firing']) => ({
  expr: `ALERTS{alertname="${alert}", alertstate="firing"}`,
  eval_time: at,
  exp_samples: firing.map((labels) => ({ labels: firingSeries(alert, labels), value: 1 })),
});

/** Longer than any case looks. */
const long = 400;

/** How a series goes on when what was wrong is mended. */
function afterwards(series: string, values: string, { ends }: AlertCase): string {
  if (ends === undefined) return '';
  const { after } = ends;
  if (typeof after === 'number') return ` ${after}x${long}`;
  return ` ${after[series] ?? `${lastOf(values)}x${long}`}`;
}

/** The last value of `0+2x30`, `7x60` and the like. */
function lastOf(values: string): number {
  const [, first = '0', step = '0', times = '0'] = /(-?[\d.]+)(?:\+([\d.]+))?x(\d+)$/.exec(values) ?? [];
  return Number(first) + Number(step) * Number(times);
}

function firingSeries(name: Alert['name'], labels: Readonly<Record<string, string>>): string {
  const severity = alerts.find((alert) => alert.name === name)?.severity ?? '';
  const all = { alertname: name, alertstate: 'firing', severity, ...labels };
  return `ALERTS{${Object.entries(all)
    .map(([label, value]) => `${label}="${value}"`)
    .join(', ')}}`;
}

/** deploy/grafana/provisioning/alerting/rules.yml */
export function renderGrafanaRules(): string {
  return yamlFile('The alerts, as rules that Grafana manages: for teams without Alertmanager.', {
    apiVersion: 1,
    groups: [
      {
        orgId: 1,
        name: 'jetsms',
        folder: 'JetSMS delivery',
        interval: evaluationInterval,
        rules: alerts.map(grafanaRule),
      },
    ],
  });
}

/** Grafana's ids of rules are at most 40 letters, digits, hyphens. */
const uidOf = ({ name }: Alert): string =>
  name.replace(/[A-Z]/g, (letter, at) => `${at > 0 ? '-' : ''}${letter.toLowerCase()}`);

function grafanaRule(alert: Alert) {
  return {
    uid: uidOf(alert),
    title: alert.name,
    condition: 'B',
    for: alert.for,
    // As in Prometheus: no series means that all is well.
    noDataState: 'OK',
    execErrState: 'Error',
    labels: { severity: alert.severity },
    annotations: annotationsOf(alert),
    data: [
      {
        refId: 'A',
        datasourceUid,
        relativeTimeRange: { from: 600, to: 0 },
        model: { refId: 'A', expr: alert.expression, instant: true, range: false },
      },
      {
        refId: 'B',
        datasourceUid: '__expr__',
        relativeTimeRange: { from: 0, to: 0 },
        // The expression gives a series only for what is wrong, and no value below 0: any series fires.
        model: {
          refId: 'B',
          type: 'threshold',
          expression: 'A',
          conditions: [{ evaluator: { type: 'gt', params: [-1] } }],
        },
      },
    ],
  };
}

function yamlFile(title: string, content: unknown): string {
  const head = `# ${title}\n# Made from scripts/deploy/alert-table.ts by \`npm run docs\`; do not edit.\n`;
  return head + stringify(content, { lineWidth: 0, aliasDuplicateObjects: false });
}
