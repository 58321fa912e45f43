import { type LabelSet, labelSets } from './labels.ts';

/** One metric: everything that the registry, the docs and the checks know of it. */
export interface MetricRow {
  readonly name: `jetsms_${string}`;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** By label name, in the order of the docs. */
  readonly labels: Readonly<Record<string, LabelSet>>;
  /** Upper bounds, in the unit that the name ends in. */
  readonly buckets?: readonly number[];
  /** Read from Redis at a scrape, so that every worker tells the same: take the maximum, not the sum. */
  readonly shared?: true;
}

/** By type, so that nobody can count with a gauge. */
export type CounterKey =
  | 'attempts'
  | 'acceptedWithoutId'
  | 'verdicts'
  | 'messages'
  | 'deadLetters'
  | 'partsSent'
  | 'resent'
  | 'lateReplies'
  | 'asks'
  | 'reports'
  | 'reportQuestions'
  | 'splits'
  | 'locksLost'
  | 'marksUnconfirmed'
  | 'swept'
  | 'webhookTries'
  | 'gatewayRequests'
  | 'gatewayMessages'
  | 'gatewayKeysRefused'
  | 'unexpectedErrors'
  | 'failedCollections';

export type HistogramKey = 'requestDuration' | 'acceptedLatency' | 'deliveredLatency' | 'gatewayDuration';

export type GaugeKey =
  | 'queueJobs'
  | 'oldestWaiting'
  | 'held'
  | 'uncertainOpen'
  | 'reportsWaiting'
  | 'reportsOverdueSeconds'
  | 'creditLeft'
  | 'creditHoursLeft'
  | 'waitingParts'
  | 'webhookWaiting'
  | 'webhookDead'
  | 'webhookEnded'
  | 'eventsStored'
  | 'eventsLimit'
  | 'eventsUnread'
  | 'eventsUnacknowledged'
  | 'eventsRead'
  | 'redisUp'
  | 'redisEvicting'
  | 'redisReplicas'
  | 'redisReplicasWanted'
  | 'redisBehind'
  | 'clockSkew'
  | 'consuming'
  | 'buildInfo';

export type MetricKey = CounterKey | HistogramKey | GaugeKey;

const { account, surface, lane, outcome, answer, queue, state, group } = labelSets;

/** Every metric of this product. Counters are counted where the work is done, by the worker that does it. */
export const metricTable: Readonly<Record<MetricKey, MetricRow>> = {
  attempts: {
    name: 'jetsms_attempts_total',
    type: 'counter',
    help: 'Send jobs that travelled in a request, by what the request came to.',
    labels: { account, surface, code: answer, outcome },
  },
  acceptedWithoutId: {
    name: 'jetsms_accepted_without_id_total',
    type: 'counter',
    help: 'Requests that JetSMS accepted with a reply that had no group id which is certainly whole.',
    labels: { account, surface },
  },
  verdicts: {
    name: 'jetsms_verdicts_total',
    type: 'counter',
    help: 'What was done about attempts, and why.',
    labels: { account, verdict: labelSets.verdict, reason: labelSets.verdictReason },
  },
  messages: {
    name: 'jetsms_messages_total',
    type: 'counter',
    help: 'Messages that came to their end: accepted, or given up for a reason.',
    labels: { account, lane, end: labelSets.end },
  },
  deadLetters: {
    name: 'jetsms_dead_letters_total',
    type: 'counter',
    help: 'Messages that were given up, by reason and by the last answer.',
    labels: { account, reason: labelSets.deadReason, code: answer },
  },
  partsSent: {
    name: 'jetsms_parts_sent_total',
    type: 'counter',
    help: 'SMS parts of accepted messages, counted by partsModel: an assumption about what JetSMS charges.',
    labels: { account, lane },
  },
  resent: {
    name: 'jetsms_resent_total',
    type: 'counter',
    help: 'Send jobs sent again although JetSMS may have taken them before: possible second texts.',
    labels: { account, lane, cause: labelSets.cause },
  },
  lateReplies: {
    name: 'jetsms_late_replies_total',
    type: 'counter',
    help: 'Replies that came after another worker had taken the job for interrupted.',
    labels: { account, outcome, settled: labelSets.settled },
  },
  asks: {
    name: 'jetsms_asks_total',
    type: 'counter',
    help: 'Messages that JetSMS was asked about, since their request had got no answer; each as often as it was asked.',
    labels: { account, result: labelSets.asked },
  },
  reports: {
    name: 'jetsms_reports_total',
    type: 'counter',
    help: 'Accepted messages of which the end is known, or will not be: what JetSMS said became of them.',
    labels: { account, lane, state: labelSets.reported },
  },
  reportQuestions: {
    name: 'jetsms_report_questions_total',
    type: 'counter',
    help: 'Questions for delivery reports, each about a whole request or up to a hundred messages.',
    labels: { account, result: labelSets.question },
  },
  splits: {
    name: 'jetsms_split_requests_total',
    type: 'counter',
    help: 'Requests refused because of one of their messages, and sent again in halves.',
    labels: { account },
  },
  locksLost: {
    name: 'jetsms_locks_lost_total',
    type: 'counter',
    help: 'Jobs that this worker held and another has taken: Redis was frozen, or this worker was.',
    labels: { account },
  },
  marksUnconfirmed: {
    name: 'jetsms_marks_unconfirmed_total',
    type: 'counter',
    help: 'Send jobs whose request did not leave, because fewer replicas of Redis than replicasToConfirm had its mark.',
    labels: { account },
  },
  swept: {
    name: 'jetsms_swept_total',
    type: 'counter',
    help: 'Ended send jobs and dead letters that were taken out of Redis because of their age.',
    labels: { account, what: labelSets.swept },
  },
  requestDuration: {
    name: 'jetsms_request_duration_seconds',
    type: 'histogram',
    help: 'Requests to JetSMS, from connect to the last byte of the reply.',
    labels: { account, surface, outcome },
    // From a quick reply (10 ms) to beyond the request time limit (60 s).
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60],
  },
  acceptedLatency: {
    name: 'jetsms_accepted_latency_seconds',
    type: 'histogram',
    help: 'From enqueueing to accepted: how long people waited, as far as it lies with us.',
    labels: { account, lane },
    // From an idle queue (50 ms) over an OTP's deadline (5 min) to a day of hold (24 h).
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600, 14_400, 43_200, 86_400],
  },
  deliveredLatency: {
    name: 'jetsms_delivered_latency_seconds',
    type: 'histogram',
    help: 'From accepted to delivered, by the time that JetSMS gives, else by when we learned of it.',
    labels: { account, lane },
    // From a phone that is on (1 s) to the end of asking (72 h).
    buckets: [1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600, 14_400, 43_200, 86_400, 259_200],
  },
  queueJobs: {
    name: 'jetsms_queue_jobs',
    type: 'gauge',
    help: 'Jobs in the queue, by state. A job can carry many messages.',
    labels: { account, queue, state },
    shared: true,
  },
  oldestWaiting: {
    name: 'jetsms_oldest_waiting_seconds',
    type: 'gauge',
    help: 'Age of the oldest send job that waits; 0 where none waits.',
    labels: { account, lane },
    shared: true,
  },
  held: {
    name: 'jetsms_held',
    type: 'gauge',
    help: '1 while the account is held for the reason, else 0.',
    labels: { account, reason: labelSets.holdReason },
    shared: true,
  },
  uncertainOpen: {
    name: 'jetsms_uncertain_open',
    type: 'gauge',
    help: 'Dead letters of reason uncertain: nobody knows yet whether the person got the text.',
    labels: { account },
    shared: true,
  },
  reportsWaiting: {
    name: 'jetsms_reports_waiting',
    type: 'gauge',
    help: 'Send jobs of which JetSMS has not said yet what became of all messages. A job can carry many messages.',
    labels: { account },
    shared: true,
  },
  reportsOverdueSeconds: {
    name: 'jetsms_reports_overdue_seconds',
    type: 'gauge',
    help: 'How long the next question for delivery reports has been due; 0 where none is.',
    labels: { account },
    shared: true,
  },
  creditLeft: {
    name: 'jetsms_credit_left',
    type: 'gauge',
    help: 'SMS parts that the account can still send, as JetSMS last told; not shown where it does not.',
    labels: { account },
    shared: true,
  },
  creditHoursLeft: {
    name: 'jetsms_credit_hours_left',
    type: 'gauge',
    help: 'Hours until the credit ends at the rate of the last hour; not shown where nothing is used.',
    labels: { account },
    shared: true,
  },
  waitingParts: {
    name: 'jetsms_waiting_parts',
    type: 'gauge',
    help: 'SMS parts of all messages that waited when JetSMS last told the credit; from a sample where many wait.',
    labels: { account },
    shared: true,
  },
  eventsStored: {
    name: 'jetsms_events_stored',
    type: 'gauge',
    help: "Entries in the stream of the account's events; not shown where nobody has subscribed.",
    labels: { account },
    shared: true,
  },
  eventsLimit: {
    name: 'jetsms_events_limit',
    type: 'gauge',
    help: 'Entries that the stream holds at most, about: maxEvents. Older ones are dropped, read or not.',
    labels: { account },
    shared: true,
  },
  eventsUnread: {
    name: 'jetsms_events_unread',
    type: 'gauge',
    help: 'Entries that the group has not read; not shown where Redis does not know.',
    labels: { account, group },
    shared: true,
  },
  eventsUnacknowledged: {
    name: 'jetsms_events_unacknowledged',
    type: 'gauge',
    help: 'Entries that the group has read and not acknowledged.',
    labels: { account, group },
    shared: true,
  },
  eventsRead: {
    name: 'jetsms_events_read',
    type: 'gauge',
    help: '1 while a consumer of the group reads, or holds what it has read; else 0.',
    labels: { account, group },
    shared: true,
  },
  webhookTries: {
    name: 'jetsms_webhook_tries_total',
    type: 'counter',
    help: 'Requests to webhook endpoints, by what they came to.',
    labels: { webhook: labelSets.webhook, result: labelSets.tryEnd },
  },
  webhookWaiting: {
    name: 'jetsms_webhook_waiting',
    type: 'gauge',
    help: 'Deliveries to the webhook endpoint that wait for a try, the first or another, or are under way.',
    labels: { webhook: labelSets.webhook },
    shared: true,
  },
  webhookDead: {
    name: 'jetsms_webhook_dead',
    type: 'gauge',
    help: 'Deliveries to the webhook endpoint that were given up.',
    labels: { webhook: labelSets.webhook },
    shared: true,
  },
  webhookEnded: {
    name: 'jetsms_webhook_ended',
    type: 'gauge',
    help: '1 where the webhook endpoint has said that it is gone (410): nothing is sent to it; else 0.',
    labels: { webhook: labelSets.webhook },
    shared: true,
  },
  gatewayRequests: {
    name: 'jetsms_gateway_requests_total',
    type: 'counter',
    help: 'Requests that the gateway has answered.',
    labels: { operation: labelSets.operation, status: labelSets.statusClass },
  },
  gatewayDuration: {
    name: 'jetsms_gateway_request_duration_seconds',
    type: 'histogram',
    help: 'How long requests to the gateway took, from their headers to the end of the answer.',
    labels: { operation: labelSets.operation },
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
  },
  gatewayMessages: {
    name: 'jetsms_gateway_messages_total',
    type: 'counter',
    help: 'Messages that the gateway was given, those of campaigns included.',
    labels: { result: labelSets.gatewayResult },
  },
  gatewayKeysRefused: {
    name: 'jetsms_gateway_keys_refused_total',
    type: 'counter',
    help: 'Requests to the gateway with an API key that is unknown, revoked or expired.',
    labels: {},
  },
  redisUp: {
    name: 'jetsms_redis_up',
    type: 'gauge',
    help: '1 while Redis answers this worker and takes writes, else 0.',
    labels: {},
  },
  redisEvicting: {
    name: 'jetsms_redis_evicting',
    type: 'gauge',
    help: '1 where Redis may evict keys when its memory is full, and messages with them; else 0.',
    labels: {},
  },
  redisReplicas: {
    name: 'jetsms_redis_replicas',
    type: 'gauge',
    help: 'Replicas that are connected to the primary and follow it, as the primary says.',
    labels: {},
  },
  redisReplicasWanted: {
    name: 'jetsms_redis_replicas_wanted',
    type: 'gauge',
    help: 'Replicas that must confirm before a request leaves: replicasToConfirm.',
    labels: {},
  },
  redisBehind: {
    name: 'jetsms_redis_replication_behind_bytes',
    type: 'gauge',
    help: 'How much the replica that is furthest behind has yet to get, in bytes of the replication stream.',
    labels: {},
  },
  clockSkew: {
    name: 'jetsms_clock_skew_seconds',
    type: 'gauge',
    help: "How far the clock of the worker's machine is ahead of Redis' clock (negative: behind).",
    labels: {},
  },
  consuming: {
    name: 'jetsms_worker_consuming',
    type: 'gauge',
    help: '1 while this worker takes jobs of the account, or would if there were any; else 0.',
    labels: { account },
  },
  unexpectedErrors: {
    name: 'jetsms_unexpected_errors_total',
    type: 'counter',
    help: 'Errors that should not happen: each is a bug, with a log line.',
    labels: {},
  },
  failedCollections: {
    name: 'jetsms_failed_collections_total',
    type: 'counter',
    help: 'Scrapes that could not read the queues; they leave the metrics of the queues out.',
    labels: {},
  },
  buildInfo: {
    name: 'jetsms_build_info',
    type: 'gauge',
    help: 'Always 1; the label tells the version.',
    labels: { version: labelSets.version },
  },
};
