import type { KeyKindName } from './redis-keys.ts';

/** Commands that may be run on keys of some kinds. The first of each stands for the others where a key is tried. */
export interface Grant {
  readonly commands: readonly string[];
  readonly on: readonly KeyKindName[];
  /** What may be done with the contents of these keys, whatever the commands could. */
  readonly access: Access;
  /** Only a worker with webhooks needs it. */
  readonly isForWebhooks?: true;
}

type Access = 'read' | 'write' | 'both';

/** What a part of the system is for, and what it needs of Redis for that. */
export interface RedisRoleRow {
  readonly purpose: string;
  readonly grants: readonly Grant[];
}

/** Commands without which no client of ours works: whether Redis has read its data, Redis' clock, transactions. */
export const clientCommands: readonly string[] = ['info', 'time', 'multi', 'exec', 'discard'];

const may = (commands: string, on: readonly KeyKindName[], access: Access = 'both'): Grant => ({
  commands: commands.split(' '),
  on,
  access,
});

const forWebhooks = (grants: readonly Grant[]): readonly Grant[] =>
  grants.map((grant) => ({ ...grant, isForWebhooks: true }));

/**
 * Running scripts that name keys of these kinds. Redis takes a key that a script names for one that is read and written; what the
 * script then does with it needs a right of its own.
 */
const scripts = (...on: readonly KeyKindName[]): Grant => may('eval evalsha', on);

/** Storing messages. A job is written and never read: that is for workers. */
const sending: readonly Grant[] = [
  scripts('jobs', 'records', 'claims', 'campaigns', 'events'),
  may('hmset hset exists llen lpush zadd xadd', ['jobs'], 'write'),
  may('hget hmget', ['queueMeta'], 'read'),
  may('incr', ['queueIds']),
  may('zrange zrevrangebyscore', ['queueDelayed'], 'read'),
  may('hset pexpire', ['records'], 'write'),
  may('set get', ['secret', 'claims']),
  may('hget hmget hgetall hvals hlen hset hsetnx pttl pexpire', ['campaigns']),
  may('xadd', ['events'], 'write'),
  may('set', ['confirmations'], 'write'),
];

/** Storing pictures and films. They are not read either. */
const sendingMedia: readonly Grant[] = [
  scripts('media'),
  may('set exists pexpire', ['media'], 'write'),
  may('pttl', ['media'], 'read'),
];

/** Asking about messages, calling them off, moving them to another time. */
const changing: readonly Grant[] = [
  // A script that calls a message off names all that the end of one may touch.
  scripts('jobs', 'records', 'claims', 'campaigns', 'events', 'ends', 'reports'),
  may('hget hmget hgetall hexists hset get del lrem smembers zadd zrange zrem zscore', ['jobs']),
  may('hmget hset hdel pttl pexpire', ['records']),
  may('get exists pttl pexpire', ['claims']),
  may('hincrby exists', ['campaigns']),
  may('get', ['replays'], 'read'),
  may('hget hset pttl pexpire pexpireat', ['ends']),
];

/** Looking into the queues. */
const looking: readonly Grant[] = [
  scripts('jobs', 'deadLetters'),
  may(
    'hget hmget hgetall hexists get pttl llen lindex lrange lpos zcard zscore zrange zrevrange',
    ['jobs', 'deadLetters'],
    'read',
  ),
  may('hmget', ['records'], 'read'),
  may('get', ['holds'], 'read'),
];

/** Pausing and resuming queues, and sending a scheduled message at once. */
const pausing: readonly Grant[] = [may('hset hdel exists del lpush zadd zrem xadd', ['jobs'], 'write')];

const worked: readonly KeyKindName[] = [
  'probe',
  'secret',
  'jobs',
  'deadLetters',
  'records',
  'claims',
  'holds',
  'pace',
  'campaigns',
  'media',
  'credit',
  'leases',
  'replays',
  'events',
  'reports',
  'ends',
];

const operated: readonly KeyKindName[] = [
  'secret',
  'jobs',
  'deadLetters',
  'records',
  'claims',
  'holds',
  'campaigns',
  'media',
  'replays',
  'events',
  'eventReaders',
  'ends',
  'webhookQueues',
  'webhookEnds',
  'apiKeys',
  'apiKeyUses',
];

const work =
  'hincrby set get incr exists del unlink pttl pexpire pexpireat hset hmset hexists hget hmget hgetall hdel hlen hscan ' +
  'lpush rpush lpos lrange lindex llen lrem ltrim rpoplpush sadd srem scard smembers zadd zrem zcard zscore zrange zrevrange ' +
  'zrangebyscore zrevrangebyscore zremrangebyrank zpopmin bzpopmin xadd xlen xtrim xinfo eval evalsha';

/** Working on a queue of deliveries. */
const queueWork =
  'hincrby set get incr exists del pttl pexpire hset hmset hexists hget hmget hgetall hdel lpush lrange lindex llen lrem rpoplpush ' +
  'sadd srem scard smembers zadd zrem zcard zscore zrange zrevrange zrangebyscore zrevrangebyscore zremrangebyrank zpopmin ' +
  'bzpopmin xadd xtrim eval evalsha';

/** Reading events as a consumer of a group. */
const readingEvents: readonly Grant[] = [
  scripts('events', 'eventReaders'),
  may('xreadgroup xautoclaim xack xgroup xinfo exists', ['events']),
  may('set get pexpire del', ['eventReaders']),
];

export const redisRoleNames = [
  'producer',
  'producer-status',
  'events',
  'worker',
  'gateway',
  'dashboard',
  'dashboard-writable',
  'operator',
  'monitoring',
] as const;
/** A part of the system: Redis knows it as the user `jetsms-‹role›`. */
export type RedisRole = (typeof redisRoleNames)[number];

/** Every role, with no more than it needs. The files of deploy/redis are made of this table. */
export const redisRoles: Readonly<Record<RedisRole, RedisRoleRow>> = {
  producer: {
    purpose: 'apps that send messages, MMS and campaigns',
    grants: [...sending, ...sendingMedia],
  },
  'producer-status': {
    purpose: 'apps that send, and ask what became of messages, call them off, or move them',
    grants: [...sending, ...sendingMedia, ...changing],
  },
  events: {
    purpose: 'apps that are told of ends by `createEvents()`',
    grants: readingEvents,
  },
  worker: {
    purpose: '`jetsms start`, with webhooks and a dashboard where the settings say so',
    grants: [
      may(work, worked),
      scripts('earlierJobs'),
      may('llen lindex lrange zcard zrange hget', ['earlierJobs'], 'read'),
      ...forWebhooks([...readingEvents, may(queueWork, ['webhookQueues', 'webhookEnds'])]),
    ],
  },
  gateway: {
    purpose: '`jetsms gateway`',
    grants: [
      ...sending,
      ...changing,
      scripts('apiKeys', 'apiKeyUses', 'apiKeyRates'),
      may('hmget hexists', ['apiKeys'], 'read'),
      // A removal that removes nothing tells whether this Redis takes changes.
      may('hdel', ['apiKeys'], 'write'),
      may('hset', ['apiKeyUses'], 'write'),
      may('incr pttl pexpire', ['apiKeyRates']),
      may('set get del', ['batches']),
      may('get', ['holds', 'credit'], 'read'),
    ],
  },
  dashboard: {
    purpose: '`jetsms dashboard`, which only shows',
    grants: looking,
  },
  'dashboard-writable': {
    purpose:
      '`jetsms dashboard` with `JETSMS_DASHBOARD_WRITABLE=true`: pauses, resumes, sends scheduled messages at once',
    grants: [...looking, ...pausing],
  },
  operator: {
    purpose:
      'people with the command line: dead letters, holds, campaigns, API keys, webhooks, `jetsms send`',
    grants: [
      scripts(
        'jobs',
        'deadLetters',
        'records',
        'claims',
        'holds',
        'campaigns',
        'media',
        'replays',
        'events',
        'ends',
        'reports',
        'webhookQueues',
        'apiKeys',
        'apiKeyUses',
      ),
      may(
        'hincrby set get incr exists del pttl pexpire pexpireat hset hmset hexists hget hmget hgetall hvals hdel hlen hscan ' +
          'lpush lrange lindex llen lrem smembers zadd zrem zcard zscore zrange zrevrange zrevrangebyscore xadd xlen xinfo',
        operated,
      ),
      may('zcard zrange', ['reports'], 'read'),
      may('get lrange', ['credit'], 'read'),
    ],
  },
  monitoring: {
    purpose:
      'health checks and exporters: INFO and PING; never a key, and no SLOWLOG or MONITOR, in which texts stand',
    grants: [],
  },
};
