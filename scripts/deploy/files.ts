import { renderGrafanaRules, renderPrometheusRules } from './alert-files.ts';
import { overview } from './dashboards/overview.ts';
import { worker } from './dashboards/worker.ts';
import { renderUsers, renderUsers62 } from './redis-users.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Every generated file of deploy/. */
export const deployFiles: readonly { readonly path: string; readonly render: () => string }[] = [
  { path: 'deploy/prometheus/alerts.yml', render: renderPrometheusRules },
  { path: 'deploy/grafana/provisioning/alerting/rules.yml', render: renderGrafanaRules },
  { path: 'deploy/grafana/dashboards/jetsms-overview.json', render: () => json(overview()) },
  { path: 'deploy/grafana/dashboards/jetsms-worker.json', render: () => json(worker()) },
  { path: 'deploy/redis/users.acl', render: renderUsers },
  { path: 'deploy/redis/users-6.2.acl', render: renderUsers62 },
];
