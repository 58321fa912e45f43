import { type Lane, lanes } from '../message/lane.ts';

/** A prefix of its own per company or environment keeps two installations apart in one Redis. */
export const defaultPrefix = '{jetsms}';

/** The account that is used where none is named. */
export const defaultAccount = 'default';

/** Whether keys are spread over the nodes of a cluster: every connection says it of itself, as its address has said it. */
export interface KeySpace {
  readonly isCluster: boolean;
}

/** An account of an installation, as people and settings name it. */
export interface NamedAccount {
  /** Of the installation, as producer and worker have it. */
  readonly prefix: string;
  /** The account's name. */
  readonly account: string;
}

/** Where everything of an account lies: `placeOf` says it. */
export interface AccountPlace {
  /** Of all keys of the account. */
  readonly prefix: string;
  /** The account's name. */
  readonly account: string;
}

/**
 * Where an account's keys lie in an installation of this prefix. In a cluster each account has a hash tag of its own, so that its
 * keys share a slot, which its scripts need, and accounts are spread over the nodes: of `{jetsms}`, `{jetsms.bank}`. Elsewhere
 * all accounts share the prefix as it is: what was stored before is found again.
 */
export const placeOf = (space: KeySpace, prefix: string, account: string): AccountPlace => ({
  prefix: space.isCluster ? tagged(prefix, `.${account}`) : prefix,
  account,
});

/** The prefix of the keys that belong to no account: in a cluster they share a slot too. */
export const installationPrefix = ({ isCluster }: KeySpace, prefix: string): string =>
  isCluster ? tagged(prefix, '') : prefix;

/** A prefix whose hash tag ends like this; where it has none, all of it becomes one. */
function tagged(prefix: string, end: string): string {
  const [, before, tag, after] = /^([^{]*\{)([^}]+)(\}.*)$/s.exec(prefix) ?? [];
  // Braces that make no tag would make one that nobody has meant.
  if (tag === undefined) return `{${prefix.replace(/[{}]/g, '') || '-'}${end}}`;
  return `${before}${tag}${end}${after}`;
}

/** Where a campaign's counts lie. */
export interface CampaignPlace extends AccountPlace {
  readonly campaign: string;
}

/** The queue in which an account's send jobs of one lane wait. */
export const queueName = (account: string, lane: Lane): string => `jetsms-${account}-${lane}`;

/** The lane whose jobs wait in a queue. */
export const laneOfQueue = (queue: string): Lane =>
  lanes.find((lane) => queue.endsWith(`-${lane}`)) ?? 'transactional';

/** The queues of an account's send jobs, the most urgent first. */
export const queueNames = (account: string): readonly string[] =>
  lanes.map((lane) => queueName(account, lane));

/** Where send jobs of all lanes waited before each lane had a queue. */
export const earlierQueueName = (account: string): string => `jetsms-${account}`;

/** The queue that keeps an account's dead letters; nothing ever works on it. */
export const deadQueueName = (account: string): string => `jetsms-${account}-dead`;

/** The queue of deliveries to a webhook endpoint. The dot keeps it apart from those of any account. */
export const webhookQueueName = (endpoint: string): string => `jetsms-webhooks.${endpoint}`;

/** The group by which a webhook endpoint reads the events of accounts. */
export const webhookGroup = (endpoint: string): string => `webhook-${endpoint}`;

/** What one worker of an account does for all. */
export type LeaseKind = 'credit' | 'check' | 'sweep';

/**
 * Redis keys of our own, beside those of BullMQ. Those with an account or a queue take the prefix of its place (`placeOf`), the
 * others that of the installation (`installationPrefix`).
 */
export const keys = {
  /** The secret of the installation, with which ids are made. */
  secret: (prefix: string): string => `${prefix}:secret`,
  /** What is true of a send job, whatever BullMQ knows of it: its journal, the run that owns it, the claims that it lost. */
  record: (prefix: string, queue: string, id: string): string => `${prefix}:record:${queue}:${id}`,
  /** What holds a name that may be used once: an idempotency key, a place in a campaign, a piece, a replay. */
  claim: (prefix: string, account: string, name: string): string => `${prefix}:claim:${account}:${name}`,
  /** Written with each question whether replicas have what was written; it holds nothing. */
  confirm: (prefix: string, account: string): string => `${prefix}:confirm:${account}`,
  /** JSON of the account's hold, while there is one. */
  hold: (prefix: string, account: string): string => `${prefix}:hold:${account}`,
  /** What the account may still send, or ask, in this second, by what is counted. */
  rate: (prefix: string, account: string, what: 'messages' | 'requests' | 'reports'): string =>
    `${prefix}:rate:${account}:${what}`,
  /** Counts and state of a campaign. */
  campaign: (prefix: string, account: string, campaign: string): string =>
    `${prefix}:campaign:${account}:${campaign}`,
  /** The bytes of an MMS's medium, once for all messages that carry it. */
  media: (prefix: string, account: string, hash: string): string => `${prefix}:media:${account}:${hash}`,
  /** What JetSMS last said of the account's credit; `:readings` behind it, the readings before. */
  credit: (prefix: string, account: string): string => `${prefix}:credit:${account}`,
  /** Held by the worker whose turn it is. */
  lease: (prefix: string, account: string, what: LeaseKind): string => `${prefix}:lease:${account}:${what}`,
  /** The account's stream of events: it is there once somebody has subscribed. */
  events: (prefix: string, account: string): string => `${prefix}:events:${account}`,
  /** Held by the one consumer of a group that reads the account's events now. */
  eventsReader: (prefix: string, account: string, group: string): string =>
    `${prefix}:events:${account}:reader:${group}`,
  /** Webhook endpoints that have said that they are gone: a hash by their names. */
  webhooksEnded: (prefix: string): string => `${prefix}:webhooks:ended`,
  /** Accepted messages of which JetSMS has not said yet what became of them, by when they are asked about. */
  reports: (prefix: string, account: string): string => `${prefix}:reports:${account}`,
  /** What became of send jobs that ended on a day (days since 1970), some to a bucket: a hash by the jobs' ids. */
  ended: (prefix: string, account: string, day: number, bucket: number): string =>
    `${prefix}:ended:${account}:${day}:${bucket}`,
  /** The API keys of the gateway, hashed, and their names: a hash (src/gateway/keys). */
  gatewayKeys: (prefix: string): string => `${prefix}:gateway:keys`,
  /** When each API key was used last, about: a hash by their ids. */
  gatewayKeysUsed: (prefix: string): string => `${prefix}:gateway:keys:used`,
  /** How many requests an API key of the gateway has made in this second. */
  gatewayRate: (prefix: string, key: string): string => `${prefix}:gateway:rate:${key}`,
  /** What a batch that the gateway was sent under a key was made of, hashed. */
  gatewayBatch: (prefix: string, batch: string): string => `${prefix}:gateway:batch:${batch}`,
  /** A worker writes here to see that Redis takes writes; it vanishes by itself. */
  probe: (prefix: string, worker: string): string => `${prefix}:probe:${worker}`,
  /** What became of a dead letter that was replayed: the id of the new message. */
  replayed: (prefix: string, account: string, id: string): string => `${prefix}:replayed:${account}:${id}`,
} as const;
