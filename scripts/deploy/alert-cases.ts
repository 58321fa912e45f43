import type { alerts } from './alert-table.ts';

/** What the metrics look like, and whether the alert fires then; `promtool test rules` tries each. */
export interface AlertCase {
  readonly alert: (typeof alerts)[number]['name'];
  readonly title: string;
  /** Values by series, one every 30 seconds, as promtool writes them: `0+1x20` rises by 1 twenty times. */
  readonly given: Readonly<Record<string, string>>;
  readonly at: `${number}m`;
  /** The labels of each alert that fires, but for its name and severity; none = silent. */
  readonly firing: readonly Readonly<Record<string, string>>[];
}

const w1 = 'account="shop",job="jetsms",instance="w1:9464"';
const w2 = 'account="shop",job="jetsms",instance="w2:9464"';
const shop = { account: 'shop' };
const hook1 = 'webhook="crm",job="jetsms",instance="w1:9464"';
const hook2 = 'webhook="crm",job="jetsms",instance="w2:9464"';
const g1 = 'job="jetsms-gateway",instance="g1:9464"';
const g2 = 'job="jetsms-gateway",instance="g2:9464"';
const worker1 = { job: 'jetsms', instance: 'w1:9464' };

/** Half an hour at one value. */
const steady = (value: number): string => `${value}x60`;

export const alertCases: readonly AlertCase[] = [
  {
    alert: 'JetsmsAccountHeld',
    title: 'fires once for an account, however many workers tell it',
    given: {
      [`jetsms_held{${w1},reason="no-credit"}`]: steady(1),
      [`jetsms_held{${w2},reason="no-credit"}`]: steady(1),
      [`jetsms_held{${w1},reason="unreachable"}`]: steady(0),
    },
    at: '5m',
    firing: [{ ...shop, reason: 'no-credit' }],
  },
  {
    alert: 'JetsmsAccountHeld',
    title: 'is silent where an operator holds the account, and where a hold was short',
    given: {
      [`jetsms_held{${w1},reason="operator"}`]: steady(1),
      [`jetsms_held{${w1},reason="unreachable"}`]: '0x4 1x1 0x40',
    },
    at: '5m',
    firing: [],
  },
  {
    alert: 'JetsmsAccountHeldByOperator',
    title: 'fires after an hour',
    given: { [`jetsms_held{${w1},reason="operator"}`]: '1x200' },
    at: '65m',
    firing: [shop],
  },
  {
    alert: 'JetsmsAccountHeldByOperator',
    title: 'is silent during the first hour, and for other reasons',
    given: {
      [`jetsms_held{${w1},reason="operator"}`]: '1x200',
      [`jetsms_held{${w1.replace('shop', 'bank')},reason="no-credit"}`]: '1x200',
    },
    at: '55m',
    firing: [],
  },
  {
    alert: 'JetsmsCreditLow',
    title: 'fires once where the credit does not cover what waits, and where it ends soon',
    given: {
      [`jetsms_credit_left{${w1}}`]: steady(100),
      [`jetsms_credit_left{${w2}}`]: steady(100),
      [`jetsms_waiting_parts{${w1}}`]: steady(101),
      [`jetsms_waiting_parts{${w2}}`]: steady(101),
      [`jetsms_credit_hours_left{${w1.replace('shop', 'bank')}}`]: steady(5.9),
    },
    at: '10m',
    firing: [shop, { account: 'bank' }],
  },
  {
    alert: 'JetsmsCreditLow',
    title: 'is silent where it covers what waits and lasts, where nothing is used, and where it is not told',
    given: {
      [`jetsms_credit_left{${w1}}`]: steady(100),
      [`jetsms_waiting_parts{${w1}}`]: steady(100),
      [`jetsms_credit_hours_left{${w1}}`]: steady(6),
      [`jetsms_credit_left{${w1.replace('shop', 'bank')}}`]: steady(100),
      [`jetsms_waiting_parts{${w1.replace('shop', 'bank')}}`]: steady(0),
    },
    at: '10m',
    firing: [],
  },
  {
    alert: 'JetsmsDeadLettersGrowing',
    title: 'adds up the workers, and sees a series that begins with many at once',
    given: {
      [`jetsms_dead_letters_total{${w1},reason="terminal",code="12"}`]: '_x40 6x20',
      [`jetsms_dead_letters_total{${w2},reason="terminal",code="12"}`]: '0x40 4x20',
    },
    at: '25m',
    firing: [{ ...shop, reason: 'terminal', code: '12' }],
  },
  {
    alert: 'JetsmsDeadLettersGrowing',
    title: 'is silent for a few, for old ones, and for those with an alert of their own',
    given: {
      [`jetsms_dead_letters_total{${w1},reason="terminal",code="12"}`]: '0x40 9x20',
      [`jetsms_dead_letters_total{${w1},reason="terminal",code="85"}`]: '5000x60',
      [`jetsms_dead_letters_total{${w1},reason="uncertain",code="reply-timeout"}`]: '0+10x60',
      [`jetsms_dead_letters_total{${w1},reason="cancelled",code="none"}`]: '0+10x60',
    },
    at: '25m',
    firing: [],
  },
  {
    alert: 'JetsmsUnknownCode',
    title: 'fires for a single one',
    given: { [`jetsms_messages_total{${w1},lane="bulk",end="unknown-code"}`]: '0x20 1x40' },
    at: '25m',
    firing: [shop],
  },
  {
    alert: 'JetsmsUnknownCode',
    title: 'is silent for other ends, and an hour later',
    given: {
      [`jetsms_messages_total{${w1},lane="bulk",end="terminal"}`]: '0+1x300',
      [`jetsms_messages_total{${w1},lane="bulk",end="unknown-code"}`]: '0x4 1x300',
    },
    at: '70m',
    firing: [],
  },
  {
    alert: 'JetsmsUncertainOpen',
    title: 'fires once for an account, however many workers tell it',
    given: {
      [`jetsms_uncertain_open{${w1}}`]: steady(3),
      [`jetsms_uncertain_open{${w2}}`]: steady(3),
    },
    at: '15m',
    firing: [shop],
  },
  {
    alert: 'JetsmsUncertainOpen',
    title: 'is silent where none is open, and before 10 minutes',
    given: {
      [`jetsms_uncertain_open{${w1}}`]: steady(0),
      [`jetsms_uncertain_open{${w1.replace('shop', 'bank')}}`]: '0x15 1x40',
    },
    at: '15m',
    firing: [],
  },
  {
    alert: 'JetsmsDeliveredShareLow',
    title: 'fires where most were delivered over the day, and few are in the last hour',
    given: {
      [`jetsms_reports_total{${w1},lane="bulk",state="delivered"}`]: '0+10x1200 12000x300',
      [`jetsms_reports_total{${w2},lane="otp",state="failed"}`]: '0x1200 0+5x300',
      [`jetsms_reports_total{${w1},lane="bulk",state="unconfirmed"}`]: '0x1500',
    },
    at: '680m',
    firing: [shop],
  },
  {
    alert: 'JetsmsDeliveredShareLow',
    title:
      'is silent where the share is as it ever was, where few were reported on, and for what is unconfirmed',
    given: {
      [`jetsms_reports_total{${w1},lane="bulk",state="delivered"}`]: '0+5x1500',
      [`jetsms_reports_total{${w1},lane="bulk",state="failed"}`]: '0+5x1500',
      [`jetsms_reports_total{${w1},lane="bulk",state="unconfirmed"}`]: '0+50x1500',
      [`jetsms_reports_total{${w1.replace('shop', 'bank')},lane="bulk",state="delivered"}`]:
        '0+10x1200 12000x300',
      [`jetsms_reports_total{${w1.replace('shop', 'bank')},lane="bulk",state="failed"}`]: '0x1300 5x200',
    },
    at: '680m',
    firing: [],
  },
  {
    alert: 'JetsmsReportsMissing',
    title: 'fires where messages were accepted and nothing was said of any for an hour',
    given: {
      [`jetsms_messages_total{${w1},lane="bulk",end="accepted"}`]: '0+1x400',
      [`jetsms_reports_waiting{${w1}}`]: '400x400',
      [`jetsms_reports_total{${w1},lane="bulk",state="delivered"}`]: '0x400',
      [`jetsms_reports_total{${w1},lane="bulk",state="unconfirmed"}`]: '0+1x400',
    },
    at: '180m',
    firing: [shop],
  },
  {
    alert: 'JetsmsReportsMissing',
    title: 'fires where questions have been due for long',
    given: { [`jetsms_reports_overdue_seconds{${w1}}`]: '0+30x200' },
    at: '40m',
    firing: [shop],
  },
  {
    alert: 'JetsmsReportsMissing',
    title:
      'is silent where some come, where none is asked for, at a held account, and where nothing was sent',
    given: {
      [`jetsms_messages_total{${w1},lane="bulk",end="accepted"}`]: '0+1x400',
      [`jetsms_reports_waiting{${w1}}`]: '400x400',
      [`jetsms_reports_overdue_seconds{${w1}}`]: '600x400',
      [`jetsms_reports_total{${w2},lane="bulk",state="failed"}`]: '0+1x400',
      [`jetsms_messages_total{${w1.replace('shop', 'none')},lane="bulk",end="accepted"}`]: '0+1x400',
      [`jetsms_reports_waiting{${w1.replace('shop', 'none')}}`]: '0x400',
      [`jetsms_messages_total{${w1.replace('shop', 'held')},lane="bulk",end="accepted"}`]: '0+1x400',
      [`jetsms_reports_waiting{${w1.replace('shop', 'held')}}`]: '9x400',
      [`jetsms_held{${w1.replace('shop', 'held')},reason="account-fault"}`]: '1x400',
      [`jetsms_messages_total{${w1.replace('shop', 'idle')},lane="bulk",end="accepted"}`]: '5x400',
      [`jetsms_reports_waiting{${w1.replace('shop', 'idle')}}`]: '5x400',
    },
    at: '180m',
    firing: [],
  },
  {
    alert: 'JetsmsOtpWaiting',
    title: 'fires where a code has waited for two minutes',
    given: { [`jetsms_oldest_waiting_seconds{${w1},lane="otp"}`]: '0+30x20' },
    at: '5m',
    firing: [shop],
  },
  {
    alert: 'JetsmsOtpWaiting',
    title: 'is silent for a minute of waiting, and for other lanes',
    given: {
      [`jetsms_oldest_waiting_seconds{${w1},lane="otp"}`]: steady(60),
      [`jetsms_oldest_waiting_seconds{${w1},lane="bulk"}`]: steady(7200),
    },
    at: '5m',
    firing: [],
  },
  {
    alert: 'JetsmsTransactionalWaiting',
    title: 'fires where a confirmation has waited for 20 minutes',
    given: { [`jetsms_oldest_waiting_seconds{${w1},lane="transactional"}`]: '0+30x60' },
    at: '25m',
    firing: [shop],
  },
  {
    alert: 'JetsmsTransactionalWaiting',
    title: 'is silent for 15 minutes of waiting, and for other lanes',
    given: {
      [`jetsms_oldest_waiting_seconds{${w1},lane="transactional"}`]: steady(900),
      [`jetsms_oldest_waiting_seconds{${w1},lane="bulk"}`]: steady(7200),
    },
    at: '25m',
    firing: [],
  },
  {
    alert: 'JetsmsNothingAccepted',
    title: 'fires where messages wait and the last was accepted long ago',
    given: {
      [`jetsms_queue_jobs{${w1},queue="bulk",state="prioritized"}`]: steady(5),
      [`jetsms_queue_jobs{${w2},queue="bulk",state="prioritized"}`]: steady(5),
      [`jetsms_messages_total{${w1},lane="otp",end="accepted"}`]: steady(100),
      [`jetsms_held{${w1},reason="no-credit"}`]: steady(0),
    },
    at: '25m',
    firing: [shop],
  },
  {
    alert: 'JetsmsNothingAccepted',
    title: 'is silent while any worker gets one through',
    given: {
      [`jetsms_queue_jobs{${w1},queue="bulk",state="waiting"}`]: steady(5000),
      [`jetsms_messages_total{${w1},lane="otp",end="accepted"}`]: steady(100),
      [`jetsms_messages_total{${w2},lane="otp",end="accepted"}`]: '0+1x60',
    },
    at: '25m',
    firing: [],
  },
  {
    alert: 'JetsmsNothingAccepted',
    title: 'is silent where nothing waits, where all is for later, and where the account is held',
    given: {
      [`jetsms_queue_jobs{${w1},queue="bulk",state="waiting"}`]: steady(0),
      [`jetsms_queue_jobs{${w1},queue="bulk",state="delayed"}`]: steady(7),
      [`jetsms_queue_jobs{${w1},queue="dead",state="waiting"}`]: steady(7),
      [`jetsms_queue_jobs{${w1.replace('shop', 'bank')},queue="bulk",state="waiting"}`]: steady(7),
      [`jetsms_held{${w1.replace('shop', 'bank')},reason="no-credit"}`]: steady(1),
    },
    at: '25m',
    firing: [],
  },
  {
    alert: 'JetsmsProviderErrors',
    title: 'fires where one request in five goes without an answer',
    given: {
      [`jetsms_request_duration_seconds_count{${w1},surface="xml",outcome="accepted"}`]: '0+4x60',
      [`jetsms_request_duration_seconds_count{${w2},surface="xml",outcome="uncertain"}`]: '0+1x60',
    },
    at: '25m',
    firing: [shop],
  },
  {
    alert: 'JetsmsProviderErrors',
    title: 'is silent for a few in a hundred, for refusals, and where there was next to no traffic',
    given: {
      [`jetsms_request_duration_seconds_count{${w1},surface="xml",outcome="accepted"}`]: '0+50x60',
      [`jetsms_request_duration_seconds_count{${w1},surface="xml",outcome="unsent"}`]: '0+1x60',
      [`jetsms_request_duration_seconds_count{${w1},surface="xml",outcome="refused"}`]: '0+50x60',
      [`jetsms_request_duration_seconds_count{${w1.replace('shop', 'bank')},surface="xml",outcome="unsent"}`]:
        '0x30 3x30',
    },
    at: '20m',
    firing: [],
  },
  {
    alert: 'JetsmsProviderSlow',
    title: 'fires where a tenth of the requests takes 10 seconds',
    given: {
      [`jetsms_request_duration_seconds_bucket{${w1},surface="xml",outcome="accepted",le="5"}`]: '0+90x60',
      [`jetsms_request_duration_seconds_bucket{${w1},surface="xml",outcome="accepted",le="10"}`]: '0+100x60',
      [`jetsms_request_duration_seconds_bucket{${w1},surface="xml",outcome="accepted",le="+Inf"}`]:
        '0+100x60',
    },
    at: '25m',
    firing: [shop],
  },
  {
    alert: 'JetsmsProviderSlow',
    title: 'is silent where all but a few are quick',
    given: {
      [`jetsms_request_duration_seconds_bucket{${w1},surface="xml",outcome="accepted",le="5"}`]: '0+98x60',
      [`jetsms_request_duration_seconds_bucket{${w1},surface="xml",outcome="accepted",le="10"}`]: '0+100x60',
      [`jetsms_request_duration_seconds_bucket{${w1},surface="xml",outcome="accepted",le="+Inf"}`]:
        '0+100x60',
    },
    at: '25m',
    firing: [],
  },
  {
    alert: 'JetsmsNoWorker',
    title: 'fires where no worker of an account takes jobs',
    given: {
      [`jetsms_worker_consuming{${w1}}`]: steady(0),
      [`jetsms_worker_consuming{${w2}}`]: steady(0),
    },
    at: '5m',
    firing: [shop],
  },
  {
    alert: 'JetsmsNoWorker',
    title: 'fires for the account whose last worker is gone, though others work',
    given: {
      [`jetsms_worker_consuming{${w1}}`]: '1x6 stale',
      [`jetsms_worker_consuming{${w2.replace('shop', 'bank')}}`]: steady(1),
    },
    at: '10m',
    firing: [shop],
  },
  {
    alert: 'JetsmsNoWorker',
    title: 'fires where there never was a worker',
    given: { [`jetsms_build_info{${w1},version="1"}`]: steady(1) },
    at: '5m',
    firing: [{}],
  },
  {
    alert: 'JetsmsNoWorker',
    title: 'is silent while one of two takes jobs',
    given: {
      [`jetsms_worker_consuming{${w1}}`]: steady(0),
      [`jetsms_worker_consuming{${w2}}`]: steady(1),
    },
    at: '10m',
    firing: [],
  },
  {
    alert: 'JetsmsWorkerDown',
    title: 'fires for a worker that does not answer, and for one that takes no jobs',
    given: {
      [`up{job="jetsms",instance="w1:9464"}`]: steady(0),
      [`up{job="jetsms",instance="w2:9464"}`]: steady(1),
      [`jetsms_worker_consuming{${w2}}`]: steady(0),
    },
    at: '10m',
    firing: [worker1, { ...shop, job: 'jetsms', instance: 'w2:9464' }],
  },
  {
    alert: 'JetsmsWorkerDown',
    title: 'is silent for a restart, and for other scrape jobs',
    given: {
      [`up{job="jetsms",instance="w1:9464"}`]: '1x10 0x4 1x40',
      [`up{job="other",instance="w1:9464"}`]: steady(0),
      [`jetsms_worker_consuming{${w1}}`]: '1x10 0x4 1x40',
    },
    at: '7m',
    firing: [],
  },
  {
    alert: 'JetsmsRedisUnreachable',
    title: 'fires for the worker that cannot use Redis',
    given: {
      [`jetsms_redis_up{job="jetsms",instance="w1:9464"}`]: steady(0),
      [`jetsms_redis_up{job="jetsms",instance="w2:9464"}`]: steady(1),
    },
    at: '5m',
    firing: [worker1],
  },
  {
    alert: 'JetsmsRedisUnreachable',
    title: 'is silent for a failover of half a minute',
    given: { [`jetsms_redis_up{job="jetsms",instance="w1:9464"}`]: '1x8 0x0 1x40' },
    at: '5m',
    firing: [],
  },
  {
    alert: 'JetsmsRedisEvicting',
    title: 'fires at once',
    given: { [`jetsms_redis_evicting{job="jetsms",instance="w1:9464"}`]: '0x8 1x40' },
    at: '5m',
    firing: [worker1],
  },
  {
    alert: 'JetsmsRedisEvicting',
    title: 'is silent where Redis never evicts',
    given: { [`jetsms_redis_evicting{job="jetsms",instance="w1:9464"}`]: steady(0) },
    at: '5m',
    firing: [],
  },
  {
    alert: 'JetsmsReplicaMissing',
    title: 'fires where fewer replicas follow than must confirm',
    given: {
      [`jetsms_redis_replicas{job="jetsms",instance="w1:9464"}`]: '2x4 1x40',
      [`jetsms_redis_replicas_wanted{job="jetsms",instance="w1:9464"}`]: steady(2),
    },
    at: '5m',
    firing: [worker1],
  },
  {
    alert: 'JetsmsReplicaMissing',
    title: 'is silent where none need confirm, and during a failover of some seconds',
    given: {
      [`jetsms_redis_replicas{job="jetsms",instance="w1:9464"}`]: steady(0),
      [`jetsms_redis_replicas_wanted{job="jetsms",instance="w1:9464"}`]: steady(0),
      [`jetsms_redis_replicas{job="jetsms",instance="w2:9464"}`]: '2x8 1x1 2x40',
      [`jetsms_redis_replicas_wanted{job="jetsms",instance="w2:9464"}`]: steady(2),
    },
    at: '5m',
    firing: [],
  },
  {
    alert: 'JetsmsReplicationBehind',
    title: 'fires where a replica stays behind',
    given: { [`jetsms_redis_replication_behind_bytes{job="jetsms",instance="w1:9464"}`]: steady(20_000_000) },
    at: '8m',
    firing: [worker1],
  },
  {
    alert: 'JetsmsReplicationBehind',
    title: 'is silent for a moment, and for little',
    given: {
      [`jetsms_redis_replication_behind_bytes{job="jetsms",instance="w1:9464"}`]: '20000000x4 0x40',
      [`jetsms_redis_replication_behind_bytes{job="jetsms",instance="w2:9464"}`]: steady(1_000_000),
    },
    at: '8m',
    firing: [],
  },
  {
    alert: 'JetsmsClockWrong',
    title: 'fires for a clock that is ahead, and for one that is behind',
    given: {
      [`jetsms_clock_skew_seconds{job="jetsms",instance="w1:9464"}`]: steady(600),
      [`jetsms_clock_skew_seconds{job="jetsms",instance="w2:9464"}`]: steady(-6),
    },
    at: '5m',
    firing: [worker1, { job: 'jetsms', instance: 'w2:9464' }],
  },
  {
    alert: 'JetsmsClockWrong',
    title: 'is silent for a few seconds, and where NTP has set the clock right within a minute',
    given: {
      [`jetsms_clock_skew_seconds{job="jetsms",instance="w1:9464"}`]: steady(-4),
      [`jetsms_clock_skew_seconds{job="jetsms",instance="w2:9464"}`]: '0x4 600x2 0x40',
    },
    at: '4m',
    firing: [],
  },
  {
    alert: 'JetsmsQueuesUnread',
    title: 'fires where scrape after scrape finds no queues',
    given: { [`jetsms_failed_collections_total{job="jetsms",instance="w1:9464"}`]: '0+1x60' },
    at: '15m',
    firing: [worker1],
  },
  {
    alert: 'JetsmsQueuesUnread',
    title: 'is silent for one or two',
    given: { [`jetsms_failed_collections_total{job="jetsms",instance="w1:9464"}`]: '0x10 2x50' },
    at: '15m',
    firing: [],
  },
  {
    alert: 'JetsmsRetriesExhausted',
    title: 'fires for a single message, by its last answer',
    given: { [`jetsms_dead_letters_total{${w1},reason="exhausted",code="90"}`]: '_x20 1x40' },
    at: '15m',
    firing: [{ ...shop, code: '90' }],
  },
  {
    alert: 'JetsmsRetriesExhausted',
    title: 'is silent for other reasons, and an hour later',
    given: {
      [`jetsms_dead_letters_total{${w1},reason="terminal",code="12"}`]: '0+1x300',
      [`jetsms_dead_letters_total{${w1},reason="exhausted",code="90"}`]: '_x4 1x300',
    },
    at: '70m',
    firing: [],
  },
  {
    alert: 'JetsmsEventsFillingUp',
    title: 'fires for the group that is far behind, before anything is dropped',
    given: {
      [`jetsms_events_limit{${w1}}`]: steady(1_000_000),
      [`jetsms_events_limit{${w2}}`]: steady(1_000_000),
      [`jetsms_events_unread{${w1},group="app"}`]: steady(700_000),
      [`jetsms_events_unread{${w2},group="app"}`]: steady(700_000),
      [`jetsms_events_unacknowledged{${w1},group="app"}`]: steady(100_001),
      [`jetsms_events_unread{${w1},group="other"}`]: steady(10),
      [`jetsms_events_unacknowledged{${w1},group="other"}`]: steady(0),
    },
    at: '5m',
    firing: [{ ...shop, group: 'app' }],
  },
  {
    alert: 'JetsmsEventsFillingUp',
    title: 'is silent where every group is near enough, however full the stream is',
    given: {
      [`jetsms_events_limit{${w1}}`]: steady(1_000_000),
      [`jetsms_events_stored{${w1}}`]: steady(1_000_000),
      [`jetsms_events_unread{${w1},group="app"}`]: steady(700_000),
      [`jetsms_events_unacknowledged{${w1},group="app"}`]: steady(100_000),
    },
    at: '5m',
    firing: [],
  },
  {
    alert: 'JetsmsEventsNobodyReads',
    title: 'fires where events wait and nobody has read for a while',
    given: {
      [`jetsms_events_unread{${w1},group="app"}`]: steady(0),
      [`jetsms_events_unacknowledged{${w1},group="app"}`]: steady(3),
      [`jetsms_events_read{${w1},group="app"}`]: steady(0),
    },
    at: '20m',
    firing: [{ ...shop, group: 'app' }],
  },
  {
    alert: 'JetsmsEventsNobodyReads',
    title: 'is silent where somebody reads, and where nothing waits',
    given: {
      [`jetsms_events_unread{${w1},group="app"}`]: steady(50),
      [`jetsms_events_unacknowledged{${w1},group="app"}`]: steady(3),
      [`jetsms_events_read{${w1},group="app"}`]: steady(1),
      [`jetsms_events_unread{${w1},group="idle"}`]: steady(0),
      [`jetsms_events_unacknowledged{${w1},group="idle"}`]: steady(0),
      [`jetsms_events_read{${w1},group="idle"}`]: steady(0),
    },
    at: '20m',
    firing: [],
  },
  {
    alert: 'JetsmsWebhookFailing',
    title: 'fires for an endpoint that takes nothing, whichever worker tries',
    given: {
      [`jetsms_webhook_tries_total{${hook1},result="failed"}`]: '0+1x100',
      [`jetsms_webhook_tries_total{${hook2},result="failed"}`]: '0+1x100',
      [`jetsms_webhook_tries_total{${hook1},result="delivered"}`]: steady(7),
    },
    at: '50m',
    firing: [{ webhook: 'crm' }],
  },
  {
    alert: 'JetsmsWebhookFailing',
    title: 'is silent where some deliveries fail, and where nothing is sent',
    given: {
      [`jetsms_webhook_tries_total{${hook1},result="failed"}`]: '0+1x100',
      [`jetsms_webhook_tries_total{${hook2},result="delivered"}`]: '0+1x100',
      [`jetsms_webhook_tries_total{${hook1.replace('crm', 'idle')},result="failed"}`]: '7x100',
    },
    at: '50m',
    firing: [],
  },
  {
    alert: 'JetsmsWebhookDead',
    title: 'fires once where deliveries were given up',
    given: { [`jetsms_webhook_dead{${hook1}}`]: steady(2), [`jetsms_webhook_dead{${hook2}}`]: steady(2) },
    at: '10m',
    firing: [{ webhook: 'crm' }],
  },
  {
    alert: 'JetsmsWebhookDead',
    title: 'is silent where none was',
    given: { [`jetsms_webhook_dead{${hook1}}`]: steady(0) },
    at: '10m',
    firing: [],
  },
  {
    alert: 'JetsmsWebhookEnded',
    title: 'fires once for an endpoint that is gone',
    given: { [`jetsms_webhook_ended{${hook1}}`]: steady(1), [`jetsms_webhook_ended{${hook2}}`]: steady(1) },
    at: '10m',
    firing: [{ webhook: 'crm' }],
  },
  {
    alert: 'JetsmsWebhookEnded',
    title: 'is silent for one that is on',
    given: { [`jetsms_webhook_ended{${hook1}}`]: steady(0) },
    at: '10m',
    firing: [],
  },
  {
    alert: 'JetsmsGatewayDown',
    title: 'fires for each gateway that does not answer',
    given: { [`up{${g1}}`]: steady(0), [`up{${g2}}`]: steady(1) },
    at: '5m',
    firing: [{ job: 'jetsms-gateway', instance: 'g1:9464' }],
  },
  {
    alert: 'JetsmsGatewayDown',
    title: 'is silent for a restart, for workers, and where there is no gateway',
    given: { [`up{${g1}}`]: '1x10 0x2 1x40', [`up{job="jetsms",instance="w1:9464"}`]: steady(0) },
    at: '6m',
    firing: [],
  },
  {
    alert: 'JetsmsWorkerDown',
    title: 'is silent for a gateway that does not answer',
    given: { [`up{${g1}}`]: steady(0) },
    at: '10m',
    firing: [],
  },
  {
    alert: 'JetsmsGatewayFailing',
    title: 'fires for requests, adding up the gateways',
    given: {
      [`jetsms_gateway_requests_total{${g1},operation="sendMessage",status="2xx"}`]: '0+94x60',
      [`jetsms_gateway_requests_total{${g2},operation="sendMessage",status="5xx"}`]: '0+6x60',
    },
    at: '20m',
    firing: [{}],
  },
  {
    alert: 'JetsmsGatewayFailing',
    title: 'fires for messages of batches, which are answered with 207',
    given: {
      [`jetsms_gateway_requests_total{${g1},operation="sendBatch",status="2xx"}`]: '0+1x60',
      [`jetsms_gateway_messages_total{${g1},result="stored"}`]: '0+900x60',
      [`jetsms_gateway_messages_total{${g1},result="failed"}`]: '0+100x60',
    },
    at: '20m',
    firing: [{}],
  },
  {
    alert: 'JetsmsGatewayFailing',
    title: 'is silent for what callers did wrong, for a few in a hundred, and where next to nothing is asked',
    given: {
      [`jetsms_gateway_requests_total{${g1},operation="sendMessage",status="2xx"}`]: '0+50x60',
      [`jetsms_gateway_requests_total{${g1},operation="sendMessage",status="4xx"}`]: '0+50x60',
      [`jetsms_gateway_requests_total{${g1},operation="sendMessage",status="5xx"}`]: '0+4x60',
      [`jetsms_gateway_messages_total{${g1},result="refused"}`]: '0+50x60',
      [`jetsms_gateway_messages_total{${g1},result="failed"}`]: '0x30 9x30',
    },
    at: '20m',
    firing: [],
  },
  {
    alert: 'JetsmsGatewaySlow',
    title: 'fires where a fiftieth of the messages takes two seconds to be stored',
    given: {
      [`jetsms_gateway_request_duration_seconds_bucket{${g1},operation="sendMessage",le="1"}`]: '0+98x60',
      [`jetsms_gateway_request_duration_seconds_bucket{${g1},operation="sendMessage",le="2.5"}`]: '0+100x60',
      [`jetsms_gateway_request_duration_seconds_bucket{${g1},operation="sendMessage",le="+Inf"}`]: '0+100x60',
    },
    at: '20m',
    firing: [{}],
  },
  {
    alert: 'JetsmsGatewaySlow',
    title: 'is silent where messages are stored at once, and for campaigns, which take as long as they come',
    given: {
      [`jetsms_gateway_request_duration_seconds_bucket{${g1},operation="sendMessage",le="0.05"}`]: '0+100x60',
      [`jetsms_gateway_request_duration_seconds_bucket{${g1},operation="sendMessage",le="+Inf"}`]: '0+100x60',
      [`jetsms_gateway_request_duration_seconds_bucket{${g1},operation="sendCampaign",le="10"}`]: '0x60',
      [`jetsms_gateway_request_duration_seconds_bucket{${g1},operation="sendCampaign",le="60"}`]: '0+10x60',
      [`jetsms_gateway_request_duration_seconds_bucket{${g1},operation="sendCampaign",le="+Inf"}`]: '0+10x60',
    },
    at: '20m',
    firing: [],
  },
  {
    alert: 'JetsmsGatewayKeysRefused',
    title: 'fires for wrong keys, at whichever gateway',
    given: {
      [`jetsms_gateway_keys_refused_total{${g1}}`]: '0x30 11x30',
      [`jetsms_gateway_keys_refused_total{${g2}}`]: '0x30 12x30',
    },
    at: '18m',
    firing: [{}],
  },
  {
    alert: 'JetsmsGatewayKeysRefused',
    title: 'is silent for some, and for those of an hour ago',
    given: {
      [`jetsms_gateway_keys_refused_total{${g1}}`]: '0x30 18x200',
      [`jetsms_gateway_keys_refused_total{${g2}}`]: '500x200',
    },
    at: '18m',
    firing: [],
  },
  {
    alert: 'JetsmsUnexpectedErrors',
    title: 'fires for a single one',
    given: { [`jetsms_unexpected_errors_total{job="jetsms",instance="w1:9464"}`]: '0x20 1x40' },
    at: '25m',
    firing: [{}],
  },
  {
    alert: 'JetsmsUnexpectedErrors',
    title: 'is silent where there were none, and after a restart',
    given: {
      [`jetsms_unexpected_errors_total{job="jetsms",instance="w1:9464"}`]: '9x20 0x40',
      [`jetsms_unexpected_errors_total{job="jetsms",instance="w2:9464"}`]: steady(0),
    },
    at: '25m',
    firing: [],
  },
];
