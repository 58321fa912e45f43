import type { LabelSet } from '../../src/metrics/labels.ts';
import { type MetricRow, metricTable } from '../../src/metrics/table.ts';

/** docs/metrics.md: every metric, for people. */
export function renderMetricsMarkdown(): string {
  const rows = Object.values(metricTable);
  return [
    '# Metrics',
    '',
    'Every worker serves them at `/metrics`, on the port of its health pages. Those of the process and of Node',
    '(`process_*`, `nodejs_*`) come along. No label ever holds a number, a text, a title, or an id.',
    '',
    '| metric | type | labels | meaning |',
    '|---|---|---|---|',
    ...rows.map(overviewRow),
    '',
    ...howToRead(),
    '',
    '## Metric by metric',
    '',
    ...rows.flatMap(section),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

function overviewRow({ name, type, labels, help }: MetricRow): string {
  const labelNames = Object.keys(labels).join(', ');
  return `| [${name}](#${name}) | ${type} | ${labelNames || '–'} | ${help} |`;
}

function howToRead(): readonly string[] {
  const shared = Object.values(metricTable).filter((row) => row.shared);
  return [
    '## Several workers',
    '',
    'Counters and histograms are counted by the worker that does the work: add them up over workers, as in',
    '`sum by (account, end) (rate(jetsms_messages_total[5m]))`. These gauges are read from Redis at every scrape,',
    'so each worker tells the same; adding them up would count everything twice. Take the maximum, as in',
    '`max by (account, queue, state) (jetsms_queue_jobs)`:',
    '',
    ...shared.map(({ name }) => `- \`${name}\``),
    '',
    'A scrape costs a fixed number of Redis calls per account, whatever the backlog. Where Redis does not answer',
    'in time, these gauges are left out of the scrape (and `jetsms_failed_collections_total` rises): old numbers',
    'would look like new ones.',
  ];
}

function section(row: MetricRow): readonly string[] {
  return [
    `### ${row.name}`,
    '',
    `A ${row.type}. ${row.help}`,
    '',
    ...Object.entries(row.labels).map(([label, set]) => `- \`${label}\`: ${describeLabel(set)}`),
    ...(row.buckets === undefined ? [] : [`- Buckets: ${row.buckets.map(bucketName).join(', ')}.`]),
    '',
  ];
}

function describeLabel({ meaning, values }: LabelSet): string {
  if (values === undefined) return `${meaning}.`;
  return `${meaning}. One of ${values.map((value) => `\`${value}\``).join(', ')}.`;
}

function bucketName(seconds: number): string {
  if (seconds < 1) return `${seconds * 1000} ms`;
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3600 ? `${seconds / 60} min` : `${seconds / 3600} h`;
}
