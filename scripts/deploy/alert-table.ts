import type { MetricKey } from '../../src/metrics/table.ts';
import { soonHours } from '../../src/worker/account/credit/forecast.ts';
import { bucketsOf, countOf, series, shared, sumRisen } from './promql.ts';

/** One alert: the Prometheus rules, the rules that Grafana manages and the checks are made from it. */
export interface Alert {
  /** Also its heading in docs/runbook.md. */
  readonly name: `Jetsms${string}`;
  /** PromQL that has a series for each thing that is wrong, and none where all is well. Never a negative value. */
  readonly expression: string;
  /** How long it must have been so. */
  readonly for: '0s' | `${number}m` | `${number}h`;
  /** Critical: people wait for a text, or texts can get lost, and somebody must act now. Warning: today. */
  readonly severity: 'critical' | 'warning';
  /** One line; `.Labels` are those of the expression. `$labels` would mean the same, but Grafana takes it for a variable of its environment. */
  readonly summary: string;
  readonly description: string;
}

/** The scrape job that all examples use; docs/monitoring.md says so. */
export const scrapeJob = 'jetsms';

/** That of gateways: one that is down is no missing worker. */
export const gatewayJob = 'jetsms-gateway';

const account = '{{ .Labels.account }}';
const instance = '{{ .Labels.instance }}';
const endpoint = '{{ .Labels.webhook }}';

/** Dead letters with an alert of their own, or made by an operator. */
const watchedElsewhere = 'unknown-code|uncertain|exhausted|cancelled';

const requests = (matchers = ''): string => sumRisen('account', countOf('requestDuration', matchers), '10m');

/** Far more than clocks that are set by NTP differ by, and well before a worker stands still (30 s by default). */
const clockSkewSeconds = 5;
/** Our choice: a healthy replica is some kilobytes behind. */
const replicationBehindBytes = 10_000_000;

/** Messages of which JetSMS said what became of them. */
const reported = (window: string): string =>
  sumRisen('account', series('reports', 'state!="unconfirmed"'), window);
const deliveredShare = (window: string): string =>
  `${sumRisen('account', series('reports', 'state="delivered"'), window)} / ${reported(window)}`;
/** Events that a group has not read or not acknowledged. */
const behind = `(${shared('account, group', series('eventsUnread'))} + ${shared('account, group', series('eventsUnacknowledged'))})`;

/** How often the gateways counted something in ten minutes. */
const atGateways = (key: MetricKey, matchers = ''): string => sumRisen('', series(key, matchers), '10m');

/** So much of what gateways are asked for may go without an answer that is of use. */
const failedShare = 0.05;

/** More than a typing error and a forgotten revocation make in ten minutes. */
const mostWrongKeys = 20;

/** So much of the stream may be unread before somebody is called. */
const unreadShare = 0.8;

export const alerts: readonly Alert[] = [
  {
    name: 'JetsmsAccountHeld',
    expression: `${shared('account, reason', series('held', 'reason!="operator"'))} == 1`,
    for: '1m',
    severity: 'critical',
    summary: `Account ${account} is held: {{ .Labels.reason }}`,
    description:
      'Its messages wait in the queue and use up no attempt. Nobody gets a text through this account until the hold ends.',
  },
  {
    name: 'JetsmsAccountHeldByOperator',
    expression: `${shared('account', series('held', 'reason="operator"'))} == 1`,
    for: '1h',
    severity: 'warning',
    summary: `Account ${account} has been held by an operator for an hour`,
    description:
      'Somebody stopped it and may have forgotten it. Its messages wait until somebody resumes it.',
  },
  {
    name: 'JetsmsCreditLow',
    expression: [
      `${shared('account', series('creditLeft'))} < ${shared('account', series('waitingParts'))}`,
      `or ${shared('account', series('creditHoursLeft'))} < ${soonHours}`,
    ].join('\n'),
    for: '5m',
    severity: 'warning',
    summary: `Account ${account}: the credit will not last`,
    description: `It does not cover what waits, or ends within ${soonHours} hours at the present rate. When it is gone JetSMS answers 11, and the account is held until there is more.`,
  },
  {
    name: 'JetsmsDeadLettersGrowing',
    expression: `${sumRisen('account, reason, code', series('deadLetters', `reason!~"${watchedElsewhere}"`), '15m')} >= 10`,
    for: '0s',
    severity: 'warning',
    summary: `Account ${account}: messages are given up, {{ .Labels.reason }} with answer {{ .Labels.code }}`,
    description:
      'Ten or more messages in 15 minutes were given up for the same reason. Those people get no text unless the messages are replayed.',
  },
  {
    name: 'JetsmsUnknownCode',
    expression: `${sumRisen('account', series('messages', 'end="unknown-code"'), '1h')} > 0`,
    for: '0s',
    severity: 'warning',
    summary: `Account ${account}: JetSMS answered with a code that it does not list`,
    description:
      'An unknown code is never taken for success: the messages are dead letters. What it means only JetSMS can tell.',
  },
  {
    name: 'JetsmsUncertainOpen',
    expression: `${shared('account', series('uncertainOpen'))} > 0`,
    for: '10m',
    severity: 'warning',
    summary: `Account ${account}: nobody knows whether some people got their text`,
    description:
      'The answer to their request never came. They are not sent again by themselves, because the people may have been texted already.',
  },
  {
    name: 'JetsmsDeliveredShareLow',
    expression: [
      deliveredShare('1h'),
      `< 0.7 * ${deliveredShare('1d')}`,
      `and on (account) ${reported('1h')} >= 20`,
    ].join('\n'),
    for: '10m',
    severity: 'warning',
    summary: `Account ${account}: fewer of its messages reach their phones`,
    description:
      'Of the messages that JetSMS reported on in the last hour, the delivered share is less than 70 % of what it was over the day. JetSMS accepted them all: an operator, a title or a list of numbers is at fault.',
  },
  {
    name: 'JetsmsReportsMissing',
    expression: [
      `sum by (account) (increase(${series('messages', 'end="accepted"')}[1h] offset 30m)) >= 10`,
      `and on (account) ${shared('account', series('reportsWaiting'))} > 0`,
      `unless on (account) ${reported('1h')} > 0`,
      `unless on (account) ${shared('account', series('held'))} == 1`,
      `or ${shared('account', series('reportsOverdueSeconds'))} > 900`,
    ].join('\n'),
    for: '10m',
    severity: 'warning',
    summary: `Account ${account}: no delivery reports come`,
    description:
      'Messages were accepted, and for an hour JetSMS has said of none what became of it; or questions about them have been due for more than 15 minutes. Texts go out all the same.',
  },
  {
    name: 'JetsmsOtpWaiting',
    expression: `${shared('account', series('oldestWaiting', 'lane="otp"'))} > 60`,
    for: '1m',
    severity: 'critical',
    summary: `Account ${account}: a message of lane otp has waited for more than a minute`,
    description:
      'Somebody sits before a login and waits for a code. Most people ask for a new one, or give up.',
  },
  {
    name: 'JetsmsTransactionalWaiting',
    expression: `${shared('account', series('oldestWaiting', 'lane="transactional"'))} > 900`,
    for: '5m',
    severity: 'warning',
    summary: `Account ${account}: a message of lane transactional has waited for more than 15 minutes`,
    description: 'Confirmations and reminders come late. More arrives than leaves, or nothing leaves.',
  },
  {
    name: 'JetsmsNothingAccepted',
    expression: [
      `sum by (account) (${shared('account, queue, state', series('queueJobs', 'queue!="dead", state=~"waiting|prioritized|active"'))}) > 0`,
      `unless on (account) ${sumRisen('account', series('messages', 'end="accepted"'), '10m')} > 0`,
      `unless on (account) ${shared('account', series('held'))} == 1`,
    ].join('\n'),
    for: '10m',
    severity: 'critical',
    summary: `Account ${account}: messages wait, and JetSMS has accepted none for 10 minutes`,
    description: 'The account is not held, and yet nothing gets through. Nobody gets a text.',
  },
  {
    name: 'JetsmsProviderErrors',
    expression: [
      `${requests('outcome=~"unsent|uncertain"')}`,
      `/ ${requests()} > 0.1`,
      `and ${requests()} >= 10`,
    ].join('\n'),
    for: '5m',
    severity: 'warning',
    summary: `Account ${account}: more than a tenth of the requests get no answer`,
    description:
      'JetSMS cannot be reached, or takes requests and does not answer. What was not sent is tried again; what may have been taken becomes uncertain.',
  },
  {
    name: 'JetsmsProviderSlow',
    expression: `histogram_quantile(0.95, sum by (account, le) (rate(${bucketsOf('requestDuration')}[5m]))) > 5`,
    for: '10m',
    severity: 'warning',
    summary: `Account ${account}: JetSMS takes more than 5 seconds to answer`,
    description:
      'One request in twenty takes that long. Throughput falls, and requests that run into their time limit become uncertain.',
  },
  {
    name: 'JetsmsNoWorker',
    expression: [
      `${shared('account', series('consuming'))} == 0`,
      `or group by (account) (last_over_time(${series('consuming')}[1h])) unless group by (account) (${series('consuming')})`,
      `or absent(${series('consuming')})`,
    ].join('\n'),
    for: '2m',
    severity: 'critical',
    summary: `No worker takes the messages of {{ with .Labels.account }}account {{ . }}{{ else }}any account{{ end }}`,
    description:
      'What backend apps enqueue is stored and waits. Nobody gets a text until a worker runs. (For an account that was taken out of the settings this ends by itself after an hour.)',
  },
  {
    name: 'JetsmsWorkerDown',
    expression: `up{job="${scrapeJob}"} == 0 or ${series('consuming')} == 0`,
    for: '5m',
    severity: 'warning',
    summary: `Worker ${instance} does not answer, or takes no jobs{{ with .Labels.account }} of account {{ . }}{{ end }}`,
    description: 'The other workers, if there are any, do its work. One fewer is left to fail.',
  },
  {
    name: 'JetsmsRedisUnreachable',
    expression: `${series('redisUp')} == 0`,
    for: '1m',
    severity: 'critical',
    summary: `${instance} cannot use Redis`,
    description:
      'It does not answer, or takes no writes. A worker sends nothing meanwhile, a gateway answers 503, and send() fails in the backend apps: what they do then decides who gets a text.',
  },
  {
    name: 'JetsmsRedisEvicting',
    expression: `${series('redisEvicting')} == 1`,
    for: '0s',
    severity: 'critical',
    summary: `Redis may throw messages away (seen by worker ${instance})`,
    description:
      'Its maxmemory-policy is not noeviction: when its memory is full it deletes keys, and messages with them, without a trace.',
  },
  {
    name: 'JetsmsReplicaMissing',
    expression: `${series('redisReplicas')} < ${series('redisReplicasWanted')}`,
    for: '1m',
    severity: 'critical',
    summary: `Redis has fewer replicas than replicasToConfirm (seen by worker ${instance})`,
    description:
      'No request leaves, and producers are told REDIS_UNCONFIRMED, until enough replicas follow the primary.',
  },
  {
    name: 'JetsmsReplicationBehind',
    expression: `${series('redisBehind')} > ${replicationBehindBytes}`,
    for: '5m',
    severity: 'warning',
    summary: `A replica of Redis is behind (seen by worker ${instance})`,
    description: `It lacks more than ${replicationBehindBytes / 1_000_000} MB of what the primary has: a failover to it would lose that much. With replicasToConfirm, stores and requests wait for it.`,
  },
  {
    name: 'JetsmsClockWrong',
    expression: `abs(${series('clockSkew')}) > ${clockSkewSeconds}`,
    for: '2m',
    severity: 'warning',
    summary: `The clock of worker ${instance} and that of Redis do not agree`,
    description: `They are more than ${clockSkewSeconds} seconds apart. Beyond maxClockSkewMs this worker takes nothing. Where it is Redis' clock that is wrong, all workers stand still.`,
  },
  {
    name: 'JetsmsQueuesUnread',
    expression: `increase(${series('failedCollections')}[10m]) > 3`,
    for: '5m',
    severity: 'warning',
    summary: `Worker ${instance} cannot read the queues for its metrics`,
    description:
      'Redis is too slow or away. Holds, waiting times and queue lengths are missing, and the alerts on them are blind.',
  },
  {
    name: 'JetsmsRetriesExhausted',
    expression: `${sumRisen('account, code', series('deadLetters', 'reason="exhausted"'), '1h')} > 0`,
    for: '0s',
    severity: 'warning',
    summary: `Account ${account}: messages were given up after all their attempts, last answer {{ .Labels.code }}`,
    description:
      'They were tried for as long as their schedule allows. Those people get no text unless the messages are replayed.',
  },
  {
    name: 'JetsmsEventsFillingUp',
    expression: `${behind} > on (account) group_left () (${unreadShare} * ${shared('account', series('eventsLimit'))})`,
    for: '1m',
    severity: 'critical',
    summary: `Account ${account}: group {{ .Labels.group }} is about to miss events`,
    description: `What it has not read, or not acknowledged, fills ${unreadShare * 100} % of the stream. Soon the oldest entries are dropped, and it is never told of those ends.`,
  },
  {
    name: 'JetsmsEventsNobodyReads',
    expression: `${behind} > 0 and on (account, group) ${shared('account, group', series('eventsRead'))} == 0`,
    for: '15m',
    severity: 'warning',
    summary: `Account ${account}: nobody reads the events of group {{ .Labels.group }}`,
    description:
      'Events wait for it and no consumer has read for 15 minutes. An app is down, or the group was forgotten: then it keeps the stream for nothing.',
  },
  {
    name: 'JetsmsWebhookFailing',
    expression: [
      `${sumRisen('webhook', series('webhookTries', 'result!="delivered"'), '30m')} > 0`,
      `unless on (webhook) ${sumRisen('webhook', series('webhookTries', 'result="delivered"'), '30m')} > 0`,
    ].join('\n'),
    for: '15m',
    severity: 'warning',
    summary: `Webhook endpoint ${endpoint} has taken nothing for half an hour`,
    description:
      'Whatever is sent to it fails. Deliveries are tried for 24 hours and then given up; messages are sent all the same.',
  },
  {
    name: 'JetsmsWebhookDead',
    expression: `${shared('webhook', series('webhookDead'))} > 0`,
    for: '5m',
    severity: 'warning',
    summary: `Webhook endpoint ${endpoint}: deliveries were given up`,
    description:
      'It did not take them for 24 hours, or it is gone. It does not know of these ends unless the deliveries are replayed.',
  },
  {
    name: 'JetsmsWebhookEnded',
    expression: `${shared('webhook', series('webhookEnded'))} == 1`,
    for: '5m',
    severity: 'warning',
    summary: `Webhook endpoint ${endpoint} has said that it is gone`,
    description: 'It answered 410. Nothing is sent to it until somebody switches it on again, or removes it.',
  },
  {
    name: 'JetsmsGatewayDown',
    expression: `up{job="${gatewayJob}"} == 0`,
    for: '2m',
    severity: 'critical',
    summary: `Gateway ${instance} does not answer`,
    description:
      'Where it is the only one, apps that send over HTTP cannot hand over a message. Workers and apps with a producer of their own go on.',
  },
  {
    name: 'JetsmsGatewayFailing',
    expression: [
      `${atGateways('gatewayRequests', 'status="5xx"')} / ${atGateways('gatewayRequests')} > ${failedShare}`,
      `and ${atGateways('gatewayRequests', 'status="5xx"')} >= 10`,
      `or ${atGateways('gatewayMessages', 'result="failed"')} / ${atGateways('gatewayMessages')} > ${failedShare}`,
      `and ${atGateways('gatewayMessages', 'result="failed"')} >= 10`,
    ].join('\n'),
    for: '2m',
    severity: 'critical',
    summary: `The gateways fail more than ${failedShare * 100} % of what they are asked`,
    description:
      'Requests are answered with 503 or 500, or messages of a batch cannot be stored. What apps do then decides who gets a text.',
  },
  {
    name: 'JetsmsGatewaySlow',
    expression: `histogram_quantile(0.99, sum by (le) (rate(${bucketsOf('gatewayDuration', 'operation="sendMessage"')}[5m]))) > 1`,
    for: '10m',
    severity: 'warning',
    summary: 'The gateways take more than a second to store a message',
    description:
      'One request in a hundred that sends a single message takes that long; some milliseconds are usual. Apps wait meanwhile, and may give up and send again.',
  },
  {
    name: 'JetsmsGatewayKeysRefused',
    expression: `${atGateways('gatewayKeysRefused')} > ${mostWrongKeys}`,
    for: '0s',
    severity: 'warning',
    summary: 'The gateways refuse API keys again and again',
    description: `More than ${mostWrongKeys} requests in ten minutes came with a key that is unknown, revoked or expired: an app whose key has ended, or somebody who guesses.`,
  },
  {
    name: 'JetsmsUnexpectedErrors',
    expression: `sum(increase(${series('unexpectedErrors')}[1h])) > 0`,
    for: '0s',
    severity: 'warning',
    summary: 'A worker met an error that should not happen: a bug',
    description:
      'Each has a log line unexpected.error. The message concerned is tried again within its limits, and is not lost.',
  },
];

/** Where the runbook explains an alert: a path in the repository and in the package. */
export function runbookOf({ name }: Pick<Alert, 'name'>): string {
  return `docs/runbook.md#${name.toLowerCase()}`;
}
