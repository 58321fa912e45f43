import { overview } from '../../scripts/deploy/dashboards/overview.ts';
import { worker } from '../../scripts/deploy/dashboards/worker.ts';

/** One query of one panel of the dashboards. */
export interface PanelQuery {
  /** `overview / Waiting / A` */
  readonly name: string;
  readonly expression: string;
}

/** Every query of every panel, with Grafana's variables filled in. */
export function panelQueries(): readonly PanelQuery[] {
  return [overview(), worker()].flatMap((dashboard) =>
    (dashboard.panels ?? []).flatMap((panel) => {
      const targets = 'targets' in panel ? (panel.targets ?? []) : [];
      return targets.map((target, index) => ({
        name: [dashboard.uid, panel.title, String.fromCharCode(65 + index)].join(' / '),
        expression: fillIn('expr' in target ? String(target.expr) : ''),
      }));
    }),
  );
}

/** As Grafana does it, for a short run of traffic. */
function fillIn(expression: string): string {
  return expression
    .replaceAll('$__rate_interval', '10s')
    .replaceAll('$__range', '5m')
    .replaceAll(/\$(account|instance)\b/g, '.*');
}
