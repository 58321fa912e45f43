import { deadQueueName, earlierQueueName, keys, queueNames, webhookQueueName } from '../queue/names.ts';

/** Keys of one kind. */
export interface KeyKind {
  /** What lies there, for people. */
  readonly holds: string;
  /**
   * All of them, as patterns of Redis' rights, in which `*` stands for whatever tells keys apart; read as a key, a pattern is
   * one of its kind.
   */
  readonly patterns: (prefix: string, account: string) => readonly string[];
  /** Whether each account has such keys. */
  readonly isOfAccount: boolean;
}

type Patterns = KeyKind['patterns'];

const ofAccount = (holds: string, patterns: Patterns): KeyKind => ({ holds, patterns, isOfAccount: true });

const ofInstallation = (holds: string, pattern: (prefix: string) => string): KeyKind => ({
  holds,
  patterns: (prefix) => [pattern(prefix)],
  isOfAccount: false,
});

const inLanes =
  (rest: string): Patterns =>
  (prefix, account) =>
    queueNames(account).map((queue) => `${prefix}:${queue}:${rest}`);

const one =
  (key: (prefix: string, account: string) => string): Patterns =>
  (prefix, account) => [key(prefix, account)];

/** The name of a kind of key. */
export type KeyKindName =
  | 'probe'
  | 'secret'
  | 'jobs'
  | 'queueMeta'
  | 'queueIds'
  | 'queueDelayed'
  | 'earlierJobs'
  | 'deadLetters'
  | 'records'
  | 'claims'
  | 'holds'
  | 'pace'
  | 'campaigns'
  | 'media'
  | 'credit'
  | 'leases'
  | 'replays'
  | 'events'
  | 'eventReaders'
  | 'reports'
  | 'ends'
  | 'webhookEnds'
  | 'webhookQueues'
  | 'apiKeys'
  | 'apiKeyUses'
  | 'apiKeyRates'
  | 'batches'
  | 'confirmations';

/** Every kind of key that lies under the prefix. */
export const keyKinds: Readonly<Record<KeyKindName, KeyKind>> = {
  probe: ofInstallation('what a worker writes to see that Redis takes writes', (prefix) =>
    keys.probe(prefix, '*'),
  ),
  secret: ofInstallation('the secret of the installation, of which ids are made', keys.secret),
  jobs: ofAccount('send jobs: numbers and texts, and the lists in which they wait', inLanes('*')),
  queueMeta: ofAccount('whether a queue is paused', inLanes('meta')),
  queueIds: ofAccount('how many jobs a queue has had', inLanes('id')),
  queueDelayed: ofAccount('ids of jobs that wait for their time', inLanes('delayed')),
  earlierJobs: ofAccount(
    'send jobs of the version that had one queue for all lanes',
    one((prefix, account) => `${prefix}:${earlierQueueName(account)}:*`),
  ),
  deadLetters: ofAccount(
    'dead letters: numbers, texts, reasons',
    one((prefix, account) => `${prefix}:${deadQueueName(account)}:*`),
  ),
  records: ofAccount('journals of send jobs: attempts, codes, what was called off', (prefix, account) =>
    queueNames(account).map((queue) => keys.record(prefix, queue, '*')),
  ),
  claims: ofAccount(
    'idempotency keys that are taken, hashed, and by which message',
    one((prefix, account) => keys.claim(prefix, account, '*')),
  ),
  holds: ofAccount('the hold of an account', one(keys.hold)),
  pace: ofAccount(
    'what an account may still send in this second',
    one((prefix, account) => keys.rate(prefix, account, 'messages').replace(/messages$/, '*')),
  ),
  campaigns: ofAccount(
    'counts and states of campaigns',
    one((prefix, account) => keys.campaign(prefix, account, '*')),
  ),
  media: ofAccount(
    'pictures and films of MMS',
    one((prefix, account) => keys.media(prefix, account, '*')),
  ),
  credit: ofAccount('the credit of an account', (prefix, account) => [
    keys.credit(prefix, account),
    `${keys.credit(prefix, account)}:readings`,
  ]),
  leases: ofAccount(
    "which worker's turn it is",
    one((prefix, account) => keys.lease(prefix, account, 'check').replace(/check$/, '*')),
  ),
  replays: ofAccount(
    'which message a dead letter was replayed as',
    one((prefix, account) => keys.replayed(prefix, account, '*')),
  ),
  events: ofAccount('what has happened to messages, and the groups that read it', one(keys.events)),
  eventReaders: ofAccount(
    'which consumer of a group reads',
    one((prefix, account) => keys.eventsReader(prefix, account, '*')),
  ),
  reports: ofAccount('accepted messages that wait for their report', one(keys.reports)),
  ends: ofAccount(
    'what became of messages: codes, times, masked numbers',
    one((prefix, account) => keys.ended(prefix, account, 0, 0).replace(/0:0$/, '*')),
  ),
  webhookEnds: ofInstallation('webhook endpoints that want no more', keys.webhooksEnded),
  webhookQueues: ofInstallation(
    'events on their way to webhook endpoints',
    (prefix) => `${prefix}:${webhookQueueName('*')}:*`,
  ),
  apiKeys: ofInstallation('API keys of the gateway, hashed', keys.gatewayKeys),
  confirmations: ofAccount('nothing: what is written before replicas are asked', one(keys.confirm)),
  batches: ofInstallation('what batches under a key were made of, hashed', (prefix) =>
    keys.gatewayBatch(prefix, '*'),
  ),
  apiKeyUses: ofInstallation('when API keys were last used', keys.gatewayKeysUsed),
  apiKeyRates: ofInstallation("an API key's requests in this second", (prefix) =>
    keys.gatewayRate(prefix, '*'),
  ),
};
