import { defaultMaxJobBytes, smallestMaxJobBytes } from '../message/job-size.ts';
import {
  flag,
  milliseconds,
  networks,
  oneOf,
  pattern,
  pem,
  redisAddress,
  someEventTypes,
  text,
  webhookAddress,
  webhookSecrets,
  wholeNumber,
} from './kinds.ts';
import type { SettingRows } from './setting.ts';
import { eventsShowChoices, logAcceptedChoices, logLevels, type ProcessSettings } from './settings.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const host = pattern('a host name or an IP address', /^[A-Za-z0-9.:_-]{1,255}$/);
const port = wholeNumber(0, 65_535);
const path = pattern("a path that begins with a slash, such as '/queues'", /^\/[A-Za-z0-9/_-]*$/);
const serviceLinks =
  'In Kubernetes a Service of a similar name can set this variable to tcp://…: switch enableServiceLinks off there.';

/** The settings of a process. */
export const processRows: SettingRows<ProcessSettings> = {
  redisUrl: {
    kind: redisAddress,
    default: '',
    need: 'redis',
    meaning: 'The Redis that holds the queues: one, the primary that Sentinels name, or a cluster.',
    consequence:
      'Needs appendonly yes and maxmemory-policy noeviction, or messages can get lost; rediss speaks TLS. All forms: docs/redis.md. Its password is never shown.',
    example: 'redis+sentinel://user:secret@s1.internal:26379,s2.internal:26379/mymaster',
  },
  redisTlsCa: {
    kind: pem,
    default: '',
    meaning: "The authorities that may have signed Redis' certificate, in PEM.",
    consequence:
      'Instead of those that Node.js trusts, for an address that begins with rediss; Sentinels and nodes are held to it too. Name the file with JETSMS_REDIS_TLS_CA_FILE; it is read at the start.',
    example: '-----BEGIN CERTIFICATE----- … -----END CERTIFICATE-----',
  },
  redisTlsCert: {
    kind: pem,
    default: '',
    meaning: 'The certificate that is shown to Redis, in PEM.',
    consequence:
      'Goes with redisTlsKey: both or neither. Name the file with JETSMS_REDIS_TLS_CERT_FILE; it is read at the start, so a new certificate needs a restart.',
    example: '-----BEGIN CERTIFICATE----- … -----END CERTIFICATE-----',
  },
  redisTlsKey: {
    kind: pem,
    default: '',
    secret: true,
    meaning: 'The private key of redisTlsCert, in PEM, not encrypted.',
    consequence: 'Name the file with JETSMS_REDIS_TLS_KEY_FILE, and let nobody else read it.',
    example: '-----BEGIN PRIVATE KEY----- … -----END PRIVATE KEY-----',
  },
  redisTlsServerName: {
    kind: host,
    default: '',
    meaning: "The name that Redis' certificate must have.",
    consequence:
      'Without it the host that is connected to. Set it where that is an IP address, as Sentinels and clusters mostly tell it.',
    example: 'redis.internal',
  },
  replicasToConfirm: {
    kind: wholeNumber(0, 10),
    default: 0,
    meaning:
      'How many replicas of Redis must have a message before it counts as stored, and the mark of a request before that leaves.',
    consequence:
      'With 0 a failover can lose what the old primary had not copied: messages, and marks, so that one is sent twice. With more, each store and each request waits for the replicas; where too few are there nothing is stored as confirmed and nothing is sent. Needs a Redis that knows WAIT. What is promised, and the price: docs/redis.md.',
    example: '1',
  },
  redisNeverEvicts: {
    kind: flag,
    default: false,
    meaning: 'Whether you vouch that Redis never evicts, where Redis itself does not say.',
    consequence:
      'Silences the warning about a Redis that hides its maxmemory-policy. One that is known to evict is refused all the same.',
    example: 'true',
  },
  prefix: {
    kind: pattern('1 to 64 letters, digits, and . _ - { }', /^[A-Za-z0-9._{}-]{1,64}$/),
    default: '{jetsms}',
    meaning: 'What every key in Redis begins with.',
    consequence:
      'Producers and workers must agree on it, or messages wait for ever; the braces keep the keys on one node of a Redis Cluster.',
    example: '{jetsms}',
  },
  configFile: {
    env: 'JETSMS_CONFIG',
    kind: text(4096),
    default: '',
    fromFile: false,
    meaning: 'A JSON file with the settings, for more than one account.',
    consequence:
      'Without it there is one account, called default. For settings of the process the environment wins over the file.',
    example: '/etc/jetsms/config.json',
  },
  logLevel: {
    kind: oneOf(logLevels),
    default: 'info',
    meaning: 'The least important log lines that are written.',
    consequence: 'At warn and above the line per attempt is not written; silent writes nothing at all.',
    example: 'info',
  },
  logAccepted: {
    kind: oneOf(logAcceptedChoices),
    default: 'attempt',
    meaning:
      'What gets a line of the log where JetSMS accepted it: each attempt of a send job, or each request.',
    consequence:
      'At request the accepted jobs of one request share one line, with their ids; what was not accepted, or late, keeps its own.',
    example: 'request',
  },
  healthHost: {
    kind: host,
    default: '127.0.0.1',
    meaning: 'The address on which /healthz, /readyz and /metrics are served.',
    consequence:
      'In a container use 0.0.0.0, so that probes and Prometheus reach it; it shows counts and account names, never a number or a text.',
    example: '0.0.0.0',
  },
  healthPort: {
    kind: port,
    default: 9464,
    meaning: 'The port of /healthz, /readyz and /metrics.',
    consequence: `0 takes any free port and logs it. ${serviceLinks}`,
    example: '9464',
  },
  shutdownTimeoutMs: {
    kind: milliseconds(0, hour),
    default: 30 * second,
    meaning: 'How long a worker that was told to stop waits for its requests in flight.',
    consequence:
      "Below requestTimeoutMs a stop can leave uncertain attempts behind. Keep it below the supervisor's own grace period.",
    example: '30000',
  },
  lockDurationMs: {
    kind: milliseconds(5 * second, hour),
    default: 90 * second,
    meaning: 'How long a job stays with a worker that gives no sign of life.',
    consequence:
      'Too small: a pause of Redis lets a second worker take a job that is in flight. Too large: the jobs of a killed worker wait for so long. More than twice requestTimeoutMs.',
    example: '90000',
  },
  stalledIntervalMs: {
    kind: milliseconds(second, hour),
    default: 30 * second,
    meaning: 'How often workers look for the jobs of killed workers.',
    consequence: 'Adds to lockDurationMs before such a job runs again. The same on every worker.',
    example: '30000',
  },
  maxUncertainResends: {
    kind: wholeNumber(0, 10),
    default: 2,
    meaning:
      'How often a message that wants it (whenUncertain: resend) is sent again after an attempt without an answer.',
    consequence:
      'Each can text a person twice and costs money. 0: such a message becomes a dead letter at once, reason uncertain.',
    example: '2',
  },
  maxClockSkewMs: {
    kind: milliseconds(second, hour),
    default: 30 * second,
    meaning:
      "How far this machine's clock may be from Redis'; a worker whose clock is further off takes nothing.",
    consequence:
      'Too small: a clock that is merely not set by NTP stops a worker. Too large: scheduled messages can leave that much too early or too late.',
    example: '30000',
  },
  maxJobBytes: {
    kind: wholeNumber(smallestMaxJobBytes, 500_000_000),
    default: defaultMaxJobBytes,
    meaning: 'The largest send job, in bytes of JSON.',
    consequence:
      "A larger one becomes a dead letter, reason invalid, without its data. Below a producer's own limit (maxJobBytes of createProducer): what it stored dies. The default holds 10,000 messages with the longest text each.",
    example: '20000000',
  },
  keepCompletedCount: {
    kind: wholeNumber(0, 10_000_000),
    default: 50_000,
    meaning: 'How many accepted send jobs are kept in Redis, for each account.',
    consequence: 'Each takes about 1 KB of Redis memory; 0 forgets them at once.',
    example: '50000',
  },
  keepCompletedAgeMs: {
    kind: milliseconds(0, 365 * day),
    default: day,
    meaning: 'How long accepted send jobs are kept in Redis.',
    consequence: 'They show numbers and texts to whoever can read Redis: keep them no longer than you need.',
    example: '86400000',
  },
  keepFailedAgeMs: {
    kind: milliseconds(0, 365 * day),
    default: 7 * day,
    meaning: "How long a failed job stays in an account's own queue after its dead letter was stored.",
    consequence:
      'Dead letters are not touched by it: they stay in the dead-letter queue until they are replayed or discarded.',
    example: '604800000',
  },
  keepDeadLettersAgeMs: {
    kind: milliseconds(0, 3650 * day),
    default: 0,
    meaning: 'How long dead letters are kept in Redis; 0 = until somebody replays or discards them.',
    consequence:
      'Older ones are thrown away for good with every copy of number and text, counted and logged. Too small: messages are gone before anybody has looked at why they died.',
    example: '7776000000',
  },
  keepStatusMs: {
    kind: milliseconds(0, 365 * day),
    default: 7 * day,
    meaning: 'How long it is remembered what became of a message, after its end.',
    consequence:
      'So long `status` answers; then it says `unknown`. Each send job takes about 100 bytes of Redis memory, and shows no number and no text.',
    example: '604800000',
  },
  maxEvents: {
    kind: wholeNumber(1_000, 100_000_000),
    default: 1_000_000,
    meaning: "How many entries the stream of an account's events holds, about.",
    consequence:
      'An older entry is dropped, whether all have read it or not; an alert comes before that. An entry takes about 200 bytes of Redis memory. Nothing is written before somebody has subscribed.',
    example: '1000000',
  },
  eventsShow: {
    kind: oneOf(eventsShowChoices),
    default: 'nothing',
    meaning: 'What events show of the person whom a message went to.',
    consequence:
      "With number, or number-and-text, events and webhooks carry them, and Redis keeps them for keepStatusMs after the message's end.",
    example: 'number',
  },
  webhookUrl: {
    kind: webhookAddress,
    default: '',
    meaning: 'Where `jetsms start` sends events to.',
    consequence:
      'Goes with webhookSecret: both or neither. https, unless it is this machine or webhookAllowHttp says so; redirects are not followed. More endpoints, each with a filter of its own, stand in the configuration file (docs/webhooks.md). Only its beginning is ever shown.',
    example: 'https://app.example/hooks/jetsms',
  },
  webhookSecret: {
    kind: webhookSecrets,
    default: [],
    secret: true,
    meaning: 'What the requests to webhookUrl are signed with, as Standard Webhooks says.',
    consequence:
      'While a new secret takes the place of an old one, give both: each request is signed with both.',
    example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  },
  webhookTypes: {
    kind: someEventTypes,
    default: [],
    meaning: 'The types of events that are sent to webhookUrl.',
    consequence: 'Without it all of them.',
    example: 'message.delivered, message.failed, message.dead',
  },
  webhookBatch: {
    kind: wholeNumber(1, 100),
    default: 1,
    meaning: 'The most events that one request to webhookUrl carries.',
    consequence:
      'Above 1 each request has a list of events, with one event too; what has come by then goes together, nothing waits.',
    example: '100',
  },
  webhookTimeoutMs: {
    kind: milliseconds(second, minute),
    default: 15 * second,
    meaning: 'The longest that a request to a webhook endpoint may take.',
    consequence: 'After it the delivery is tried again later; the endpoint may have got it all the same.',
    example: '15000',
  },
  webhookConnections: {
    kind: wholeNumber(1, 100),
    default: 8,
    meaning: 'Requests to a webhook endpoint at the same time, for each endpoint and worker process.',
    consequence: 'Too small: events come late. Too large: the endpoint is overrun after an outage.',
    example: '8',
  },
  webhookAllowHttp: {
    kind: flag,
    default: false,
    meaning: 'Whether webhooks may go over http to other machines.',
    consequence: 'With true, whoever listens on the way reads the events. A signature hides nothing.',
    example: 'false',
  },
  idempotencyWindowMs: {
    kind: milliseconds(minute, 30 * day),
    default: day,
    meaning: 'For how long the same idempotency key means the same message.',
    consequence:
      'Shorter than the time in which a caller may try again: a person can be texted twice. Longer: more Redis memory, a few hundred bytes a message.',
    example: '86400000',
  },
  csvMaxBytes: {
    kind: wholeNumber(1, 134_217_728),
    default: 67_108_864,
    meaning: 'The largest CSV file that `jetsms send` reads, in bytes.',
    consequence:
      'A larger one is refused before it is read. The default (64 MB) is about a million recipients with some columns; each message of a file costs some hundred bytes of memory while it is enqueued.',
    example: '67108864',
  },
  unhealthyExitAfterMs: {
    kind: milliseconds(0, day),
    default: 15 * minute,
    meaning: 'After being unhealthy for so long, a worker ends itself so that its supervisor starts it anew.',
    consequence: 'Too small: workers restart in circles while Redis is away. 0 = never.',
    example: '900000',
  },
  dashboardEnabled: {
    kind: flag,
    default: false,
    meaning: 'Whether jetsms start serves the dashboard too.',
    consequence: 'With several workers, one jetsms dashboard of its own is enough.',
    example: 'true',
  },
  dashboardHost: {
    kind: host,
    default: '127.0.0.1',
    meaning: 'The address on which the dashboard is served.',
    consequence: 'Any but a loopback address is refused without dashboardUsername and dashboardPassword.',
    example: '0.0.0.0',
  },
  dashboardPort: {
    kind: port,
    default: 9465,
    meaning: 'The port of the dashboard.',
    consequence: `0 takes any free port and logs it. ${serviceLinks}`,
    example: '9465',
  },
  dashboardUsername: {
    kind: pattern('1 to 64 printable characters without a colon', /^[^\p{Cc}:]{1,64}$/u),
    default: '',
    meaning: "The user name of the dashboard's login.",
    consequence: 'Goes with dashboardPassword: both or neither.',
    example: 'operator',
  },
  dashboardPassword: {
    kind: pattern('a text of one line, 8 to 256 characters', /^\P{Cc}{8,256}$/u),
    default: '',
    secret: true,
    meaning: "The password of the dashboard's login.",
    consequence: 'Travels in clear text unless something in front of the dashboard speaks TLS.',
    example: 'correct horse battery staple',
  },
  dashboardWritable: {
    kind: flag,
    default: false,
    meaning:
      'Whether people may pause and resume accounts, and send scheduled messages early, on the dashboard.',
    consequence:
      'With true, a click can stop all sending. Nothing on the dashboard adds, edits, repeats or removes a message, whatever this says.',
    example: 'false',
  },
  dashboardPath: {
    kind: path,
    default: '/',
    meaning: 'The path under which the dashboard is served.',
    consequence: 'Set it where a proxy serves the dashboard under a path of its own.',
    example: '/queues',
  },
  dashboardTrustedProxies: {
    kind: networks,
    default: [],
    meaning: 'The proxies in front of the dashboard that say in X-Forwarded-For who is asking.',
    consequence:
      "Without it everybody behind a proxy has the proxy's address, in the log and where wrong logins are counted. Name only proxies that add their caller's address themselves; from anybody else the header counts for nothing.",
    example: '10.0.3.7, 192.168.0.0/24',
  },
  gatewayHost: {
    kind: host,
    default: '127.0.0.1',
    meaning: 'The address on which the HTTP gateway is served.',
    consequence:
      'Requests need an API key wherever it is served. In a container use 0.0.0.0; without TLS, here or in front, keys and texts travel in clear text.',
    example: '0.0.0.0',
  },
  gatewayPort: {
    kind: port,
    default: 9466,
    meaning: 'The port of the HTTP gateway.',
    consequence: `0 takes any free port and logs it. ${serviceLinks}`,
    example: '9466',
  },
  gatewayTlsCert: {
    kind: pem,
    default: '',
    meaning: 'The certificate of the HTTP gateway, with those between it and the root, in PEM.',
    consequence:
      'Goes with gatewayTlsKey: both or neither. Name the file with JETSMS_GATEWAY_TLS_CERT_FILE; it is read at the start, so a new certificate needs a restart. Without it the gateway speaks http: put a proxy with TLS in front.',
    example: '-----BEGIN CERTIFICATE----- … -----END CERTIFICATE-----',
  },
  gatewayTlsKey: {
    kind: pem,
    default: '',
    secret: true,
    meaning: 'The private key of gatewayTlsCert, in PEM.',
    consequence: 'Name the file with JETSMS_GATEWAY_TLS_KEY_FILE, and let nobody else read it.',
    example: '-----BEGIN PRIVATE KEY----- … -----END PRIVATE KEY-----',
  },
  gatewayTrustedProxies: {
    kind: networks,
    default: [],
    meaning: 'The proxies in front of the gateway that say in X-Forwarded-For who is asking.',
    consequence:
      "Without it everybody behind a proxy has the proxy's address where wrong keys are counted and logged. Name only proxies that add their caller's address themselves; from anybody else the header counts for nothing.",
    example: '10.0.3.7, 192.168.0.0/24',
  },
  gatewayMaxBodyBytes: {
    kind: wholeNumber(1_000, 100_000_000),
    default: 4_000_000,
    meaning: 'The largest body of a request to the gateway, in bytes. Campaigns may be of any length.',
    consequence:
      'Too small: a batch of 1,000 long texts is refused (413). Too large: a few requests at once can fill the memory.',
    example: '4000000',
  },
};
