import { type Dashboard, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { metricTable } from '../../../src/metrics/table.ts';
import { bucketsOf, countOf, series } from '../promql.ts';
import { choice, dashboard, figure, finish, graph } from './panels.ts';

const chosen = 'instance=~"$instance"';

const perMinute = (by: string, selector: string): string =>
  `60 * sum by (${by}) (rate(${selector}[$__rate_interval]))`;

/** Of the metrics of the process, which prom-client names; only where our own say that it is one of ours. */
const ofProcess = (metric: string): string => `${metric}{${chosen}} and on (instance) ${series('buildInfo')}`;

/** One worker: does it work, and does it stand in its own way? */
export function worker(): Dashboard {
  const builder = dashboard('JetSMS delivery: worker', 'jetsms-worker')
    .description(
      'What each worker process does; a gateway shows what all processes have. Alerts and what to do: docs/runbook.md.',
    )
    .withVariable(choice('instance', metricTable.buildInfo.name))
    .withRow(new RowBuilder('Does it work?'))
    .withPanel(
      figure({
        title: 'Version',
        about: 'The versions of workers and gateways.',
        width: 6,
        queries: [
          { expression: `count by (version) (${series('buildInfo', chosen)})`, legend: '{{version}}' },
        ],
      }),
    )
    .withPanel(
      figure({
        title: 'Redis answers and takes writes',
        about: '1, or 0 where one of the workers chosen cannot use Redis.',
        width: 6,
        queries: [{ expression: `min(${series('redisUp', chosen)})` }],
        goodFrom: 1,
      }),
    )
    .withPanel(
      figure({
        title: 'Redis may evict',
        about: '1 where Redis may throw messages away when its memory is full.',
        width: 6,
        queries: [{ expression: `max(${series('redisEvicting', chosen)})` }],
        badFrom: 1,
      }),
    )
    .withPanel(
      figure({
        title: 'Unexpected errors',
        about: 'In the time shown. Each is a bug, with a log line unexpected.error.',
        width: 6,
        queries: [{ expression: `round(sum(increase(${series('unexpectedErrors', chosen)}[$__range])))` }],
        badFrom: 1,
      }),
    )
    .withPanel(
      graph({
        title: 'Takes jobs, by account',
        about: '1 while the worker takes jobs of the account, or would if there were any.',
        queries: [{ expression: series('consuming', chosen), legend: '{{instance}} {{account}}' }],
      }),
    )
    .withPanel(
      graph({
        title: 'Messages ended a minute',
        about: 'Accepted or given up, by the worker that did it.',
        unit: 'cpm',
        queries: [{ expression: perMinute('instance', series('messages', chosen)), legend: '{{instance}}' }],
      }),
    )
    .withPanel(
      graph({
        title: "Clock ahead of Redis'",
        about: 'Negative: behind. Beyond maxClockSkewMs (30 s by default) the worker takes nothing.',
        unit: 's',
        queries: [{ expression: series('clockSkew', chosen), legend: '{{instance}}' }],
      }),
    )
    .withRow(new RowBuilder('How does it speak with JetSMS?'))
    .withPanel(
      graph({
        title: 'Requests a minute, by outcome',
        about: 'One request may carry many messages.',
        unit: 'cpm',
        queries: [
          {
            expression: perMinute('instance, outcome', countOf('requestDuration', chosen)),
            legend: '{{instance}} {{outcome}}',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Answer time of JetSMS, 95 %',
        about: 'Slow for one worker only: look at its network and its event loop.',
        unit: 's',
        queries: [
          {
            expression: `histogram_quantile(0.95, sum by (instance, le) (rate(${bucketsOf('requestDuration', chosen)}[$__rate_interval])))`,
            legend: '{{instance}}',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Locks lost, possible second texts, late replies',
        about:
          'In the time of one point. Locks are lost where Redis or the worker stood still; a message sent again after an uncertain attempt may reach a person twice.',
        queries: [
          {
            expression: `sum by (instance) (increase(${series('locksLost', chosen)}[$__rate_interval]))`,
            legend: '{{instance}} locks lost',
          },
          {
            expression: `sum(increase(${series('resent', chosen)}[$__rate_interval])) or vector(0)`,
            legend: 'sent again',
          },
          {
            expression: `sum(increase(${series('lateReplies', chosen)}[$__rate_interval])) or vector(0)`,
            legend: 'late replies',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Requests divided, a minute',
        about: 'Requests refused because of one of their messages, and sent again in halves.',
        unit: 'cpm',
        queries: [{ expression: perMinute('instance', series('splits', chosen)), legend: '{{instance}}' }],
      }),
    )
    .withRow(new RowBuilder('Does it stand in its own way?'))
    .withPanel(
      graph({
        title: 'Event loop, slowest hundredth',
        about: 'Above 0.1 s the worker is busy with itself, and locks are renewed late.',
        unit: 's',
        queries: [{ expression: ofProcess('nodejs_eventloop_lag_p99_seconds'), legend: '{{instance}}' }],
      }),
    )
    .withPanel(
      graph({
        title: 'Processor',
        about: 'Seconds of processor time a second; 1 is a whole core, and all that one worker can use.',
        queries: [
          {
            expression: `rate(process_cpu_seconds_total{${chosen}}[$__rate_interval]) and on (instance) ${series('buildInfo')}`,
            legend: '{{instance}}',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Memory',
        about: 'Resident memory of the process.',
        unit: 'bytes',
        queries: [{ expression: ofProcess('process_resident_memory_bytes'), legend: '{{instance}}' }],
      }),
    )
    .withPanel(
      graph({
        title: 'Scrapes that could not read the queues',
        about: 'Redis was too slow or away; the metrics of the queues were left out.',
        queries: [
          {
            expression: `increase(${series('failedCollections', chosen)}[$__rate_interval])`,
            legend: '{{instance}}',
          },
        ],
      }),
    );
  return finish(builder);
}
