import { type Dashboard, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { metricTable, otpInTimeMs } from '../../../src/metrics/table.ts';
import { bucketsOf, countOf, series, shared, sumRisen } from '../promql.ts';
import { choice, dashboard, figure, finish, graph, table } from './panels.ts';

const chosen = 'account=~"$account"';

const perMinute = (by: string, selector: string): string =>
  `60 * sum by (${by}) (rate(${selector}[$__rate_interval]))`;

const quantile = (share: number, by: string, buckets: string): string =>
  `histogram_quantile(${share}, sum by (${by}, le) (rate(${buckets}[$__rate_interval])))`;

const given = (matchers: string): string => series('messages', `${chosen}, ${matchers}`);

/** The question of whoever is on duty: do people get their texts, and if not, why not? */
export function overview(): Dashboard {
  const builder = dashboard('JetSMS delivery: overview', 'jetsms-overview')
    .description('Do people get their texts, how fast, and why not. Alerts and what to do: docs/runbook.md.')
    .withVariable(choice('account', metricTable.messages.name))
    .withRow(new RowBuilder('Is it delivering?'))
    .withPanel(
      figure({
        title: 'Accepted a minute',
        about: 'Messages that JetSMS accepted, all accounts chosen.',
        queries: [{ expression: `60 * sum(rate(${given('end="accepted"')}[$__rate_interval]))` }],
      }),
    )
    .withPanel(
      figure({
        title: 'Given up',
        about: 'Messages that became dead letters in the time shown.',
        queries: [{ expression: `round(sum(increase(${given('end!="accepted"')}[$__range])))` }],
        badFrom: 1,
      }),
    )
    .withPanel(
      figure({
        title: 'Waiting',
        about: 'Send jobs that could be sent now. Those for later are not counted.',
        queries: [
          {
            expression: `sum(${shared('account, queue, state', series('queueJobs', `${chosen}, queue!="dead", state=~"waiting|prioritized"`))})`,
          },
        ],
      }),
    )
    .withPanel(
      figure({
        title: 'Accounts held',
        about: 'Accounts whose messages stand still.',
        queries: [{ expression: `sum(${shared('account, reason', series('held', chosen))})` }],
        badFrom: 1,
      }),
    )
    .withPanel(
      figure({
        title: 'Uncertain, open',
        about: 'Dead letters of which nobody knows whether the person got the text.',
        queries: [{ expression: `sum(${shared('account', series('uncertainOpen', chosen))})` }],
        badFrom: 1,
      }),
    )
    .withPanel(
      figure({
        title: 'Workers',
        about: 'Worker processes that answer Prometheus.',
        queries: [{ expression: `count(group by (instance) (${series('consuming')}))` }],
        goodFrom: 1,
      }),
    )
    .withPanel(
      graph({
        title: 'Ends of messages, a minute',
        about: 'Accepted by JetSMS, or given up for a reason.',
        unit: 'cpm',
        stacked: true,
        queries: [{ expression: perMinute('end', given('')), legend: '{{end}}' }],
      }),
    )
    .withPanel(
      graph({
        title: 'Accepted a minute, by account and lane',
        about: 'Messages that JetSMS accepted.',
        unit: 'cpm',
        queries: [
          { expression: perMinute('account, lane', given('end="accepted"')), legend: '{{account}} {{lane}}' },
        ],
      }),
    )
    .withRow(new RowBuilder('How fast, how late?'))
    .withPanel(
      graph({
        title: 'Codes accepted in time, in an hour',
        about: `The share of the messages of lane otp that JetSMS accepted within ${otpInTimeMs / 1_000} seconds, and what is aimed at (otpObjectivePercent).`,
        unit: 'percentunit',
        queries: [
          {
            expression: `${sumRisen('account', series('otpInTime', chosen), '1h')} / ${sumRisen('account', given('lane="otp", end!="cancelled"'), '1h')}`,
            legend: '{{account}}',
          },
          { expression: `max(${series('objective', 'objective="otp-in-time"')})`, legend: 'aimed at' },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Accepted, in an hour',
        about:
          'The share of the messages that JetSMS accepted, without those that were called off, and what is aimed at (acceptedObjectivePercent).',
        unit: 'percentunit',
        queries: [
          {
            expression: `${sumRisen('account', given('end="accepted"'), '1h')} / ${sumRisen('account', given('end!="cancelled"'), '1h')}`,
            legend: '{{account}}',
          },
          { expression: `max(${series('objective', 'objective="accepted"')})`, legend: 'aimed at' },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'From enqueued to accepted, by lane',
        about: 'How long people waited, as far as it lies with us: the half, and the slowest twentieth.',
        unit: 's',
        queries: [
          {
            expression: quantile(0.5, 'lane', bucketsOf('acceptedLatency', chosen)),
            legend: '{{lane}} 50 %',
          },
          {
            expression: quantile(0.95, 'lane', bucketsOf('acceptedLatency', chosen)),
            legend: '{{lane}} 95 %',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Oldest waiting, by account and lane',
        about: 'Age of the oldest send job that could be sent now.',
        unit: 's',
        queries: [
          {
            expression: shared('account, lane', series('oldestWaiting', chosen)),
            legend: '{{account}} {{lane}}',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Send jobs in the queue, by state',
        about: 'Delayed are those for later and those that are tried again.',
        stacked: true,
        queries: [
          {
            expression: `sum by (state) (${shared('account, queue, state', series('queueJobs', `${chosen}, queue!="dead", state!~"completed|failed"`))})`,
            legend: '{{state}}',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Answer time of JetSMS',
        about: 'From connect to the last byte of the reply.',
        unit: 's',
        queries: [0.5, 0.95, 0.99].map((share) => ({
          expression: quantile(share, 'account', bucketsOf('requestDuration', chosen)),
          legend: `{{account}} ${share * 100} %`,
        })),
      }),
    )
    .withPanel(
      graph({
        title: 'Requests a minute, by outcome',
        about: 'One request may carry many messages.',
        unit: 'cpm',
        stacked: true,
        queries: [
          { expression: perMinute('outcome', countOf('requestDuration', chosen)), legend: '{{outcome}}' },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'SMS parts sent a minute',
        about: 'By partsModel: an assumption about what JetSMS charges.',
        unit: 'cpm',
        queries: [
          {
            expression: perMinute('account, lane', series('partsSent', chosen)),
            legend: '{{account}} {{lane}}',
          },
        ],
      }),
    )
    .withRow(new RowBuilder('How long does the credit last?'))
    .withPanel(
      graph({
        title: 'Credit left, and SMS parts that wait',
        about: 'As JetSMS told it last. Where the second is above the first, not all that waits can be sent.',
        queries: [
          { expression: shared('account', series('creditLeft', chosen)), legend: '{{account}} credit' },
          { expression: shared('account', series('waitingParts', chosen)), legend: '{{account}} waiting' },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Hours until the credit ends',
        about: 'At the rate of the last hour; nothing is shown where nothing is used.',
        queries: [
          { expression: shared('account', series('creditHoursLeft', chosen)), legend: '{{account}}' },
        ],
      }),
    )
    .withRow(new RowBuilder('Did they arrive?'))
    .withPanel(
      graph({
        title: 'Delivered share, by account',
        about: 'Of the messages that JetSMS reported on in the last hour.',
        unit: 'percentunit',
        queries: [
          {
            expression: `${sumRisen('account', series('reports', `${chosen}, state="delivered"`), '1h')} / ${sumRisen('account', series('reports', `${chosen}, state!="unconfirmed"`), '1h')}`,
            legend: '{{account}}',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Reports a minute, by state',
        about:
          'What JetSMS said became of accepted messages; unconfirmed: it did not say for as long as it was asked.',
        unit: 'cpm',
        stacked: true,
        queries: [{ expression: perMinute('state', series('reports', chosen)), legend: '{{state}}' }],
      }),
    )
    .withPanel(
      graph({
        title: 'From accepted to delivered, by lane',
        about: 'The half, and the slowest twentieth of the messages that were delivered.',
        unit: 's',
        queries: [0.5, 0.95].map((share) => ({
          expression: quantile(share, 'lane', bucketsOf('deliveredLatency', chosen)),
          legend: `{{lane}} ${share * 100} %`,
        })),
      }),
    )
    .withPanel(
      graph({
        title: 'Waiting for a report, and questions',
        about: 'Send jobs of which not everything is known; questions a minute, by what came of them.',
        queries: [
          {
            expression: shared('account', series('reportsWaiting', chosen)),
            legend: '{{account}} waiting',
          },
          {
            expression: perMinute('result', series('reportQuestions', chosen)),
            legend: 'questions a minute: {{result}}',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Asked whether JetSMS has it, a minute',
        about:
          'Messages whose request got no answer, by what JetSMS says; each as often as it is asked about.',
        unit: 'cpm',
        stacked: true,
        queries: [{ expression: perMinute('result', series('asks', chosen)), legend: '{{result}}' }],
      }),
    )
    .withRow(new RowBuilder('Are apps told?'))
    .withPanel(
      graph({
        title: 'Entries of events not dealt with, by group',
        about: 'Not read yet, and read but not acknowledged. Nothing is shown where nobody has subscribed.',
        queries: [
          {
            expression: shared('account, group', series('eventsUnread', chosen)),
            legend: '{{account}} {{group}} unread',
          },
          {
            expression: shared('account, group', series('eventsUnacknowledged', chosen)),
            legend: '{{account}} {{group}} unacknowledged',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'How full the streams of events are',
        about:
          'A stream that is full drops its oldest entry with each new one, whether all groups have read it or not.',
        unit: 'percentunit',
        queries: [
          {
            expression: `${shared('account', series('eventsStored', chosen))} / ${shared('account', series('eventsLimit', chosen))}`,
            legend: '{{account}}',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Requests to webhook endpoints, a minute',
        about: 'Of all accounts: delivered, failed and tried again later, or given up (dead).',
        unit: 'cpm',
        queries: [
          {
            expression: perMinute('webhook, result', series('webhookTries')),
            legend: '{{webhook}} {{result}}',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Webhook deliveries that wait, or were given up',
        about: 'Of all accounts. Those that were given up: `jetsms webhooks list`.',
        queries: [
          { expression: shared('webhook', series('webhookWaiting')), legend: '{{webhook}} waiting' },
          { expression: shared('webhook', series('webhookDead')), legend: '{{webhook}} dead' },
        ],
      }),
    )
    .withRow(new RowBuilder('Do apps get their messages in over the gateway?'))
    .withPanel(
      graph({
        title: 'Requests to the gateways a minute, by status',
        about: 'Of all operations and accounts. 4xx: the caller can mend it; 5xx: we must.',
        unit: 'cpm',
        stacked: true,
        queries: [{ expression: perMinute('status', series('gatewayRequests')), legend: '{{status}}' }],
      }),
    )
    .withPanel(
      graph({
        title: 'Answer time of the gateways, by operation',
        about: 'The half, and the slowest hundredth. A campaign takes as long as its list comes in.',
        unit: 's',
        queries: [0.5, 0.99].map((share) => ({
          expression: quantile(share, 'operation', bucketsOf('gatewayDuration')),
          legend: `{{operation}} ${share * 100} %`,
        })),
      }),
    )
    .withPanel(
      graph({
        title: 'Messages given to the gateways a minute',
        about: 'Of all accounts, those of batches and campaigns included.',
        unit: 'cpm',
        stacked: true,
        queries: [{ expression: perMinute('result', series('gatewayMessages')), legend: '{{result}}' }],
      }),
    )
    .withPanel(
      graph({
        title: 'API keys refused a minute, by gateway',
        about: 'Unknown, revoked or expired ones.',
        unit: 'cpm',
        queries: [
          { expression: perMinute('instance', series('gatewayKeysRefused')), legend: '{{instance}}' },
        ],
      }),
    )
    .withRow(new RowBuilder('What is held?'))
    .withPanel(
      graph({
        title: 'Holds, by account and reason',
        about: '1 while the account is held. Its messages wait and use up no attempt.',
        queries: [
          {
            expression: shared('account, reason', series('held', chosen)),
            legend: '{{account}} {{reason}}',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'What was done about attempts, a minute',
        about: 'Verdicts: complete, tried again, deferred, held, given up, divided.',
        unit: 'cpm',
        stacked: true,
        queries: [{ expression: perMinute('verdict', series('verdicts', chosen)), legend: '{{verdict}}' }],
      }),
    )
    .withRow(new RowBuilder('What died, and why?'))
    .withPanel(
      table({
        title: 'Given up, by reason and last answer',
        about:
          'Messages that became dead letters in the time shown. What each code means in full: docs/codes.md.',
        queries: [
          {
            expression: `round(${sumRisen('account, reason, code', series('deadLetters', chosen), '$__range')}) > 0`,
          },
        ],
        columns: { account: 'Account', reason: 'Reason', code: 'Last answer', Value: 'Messages' },
      }),
    )
    .withPanel(
      table({
        title: 'Attempts, by answer',
        about: 'Send jobs that travelled in a request, in the time shown, whatever was done about them.',
        queries: [
          { expression: `round(${sumRisen('outcome, code', series('attempts', chosen), '$__range')}) > 0` },
        ],
        columns: { outcome: 'Outcome', code: 'Answer', Value: 'Attempts' },
      }),
    )
    .withPanel(
      graph({
        title: 'Given up a minute, by reason',
        about: 'Messages that became dead letters.',
        unit: 'cpm',
        stacked: true,
        queries: [{ expression: perMinute('end', given('end!="accepted"')), legend: '{{end}}' }],
      }),
    )
    .withPanel(
      graph({
        title: 'Dead letters kept',
        about: 'What lies in the dead-letter queues, until it is replayed or discarded.',
        queries: [
          {
            expression: `sum by (account) (${shared('account, queue, state', series('queueJobs', `${chosen}, queue="dead"`))})`,
            legend: '{{account}}',
          },
        ],
      }),
    );
  return finish(builder);
}
