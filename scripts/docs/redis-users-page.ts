import { type KeyKindName, keyKinds } from '../../src/operator/redis-keys.ts';
import { type Grant, type RedisRole, redisRoleNames, redisRoles } from '../../src/operator/redis-roles.ts';
import { defaultPrefix } from '../../src/queue/names.ts';
import { connectionRights, otherUsers, regExpOf } from '../deploy/redis-users.ts';

/** docs/redis-users.md: a user of Redis for each part of the system. */
export function renderRedisUsersMarkdown(): string {
  return [
    '<!-- Made by scripts/generate-docs.ts from src/operator/redis-roles.ts and redis-keys.ts; do not edit. -->',
    '',
    ...opening,
    ...usersTable(),
    '',
    ...making,
    ...seesTable(),
    '',
    ...limits,
    ...everybody(),
    '',
    ...checking,
  ].join('\n');
}

const opening = [
  '# Users of Redis',
  '',
  'Numbers, texts and one-time passwords lie in Redis until they are sent. With a user of its own, each part of the system can do there',
  'what it is for, and no more: an app that was broken into cannot read what others send, and a dashboard cannot remove anything.',
  '`deploy/redis` has these users as files, made from the same table by which `jetsms doctor` looks at rights; a test runs every part',
  'with them.',
  '',
  '| user | for |',
  '|---|---|',
];

const usersTable = (): readonly string[] => [
  ...redisRoleNames.map((role) => `| \`jetsms-${role}\` | ${redisRoles[role].purpose} |`),
  ...otherUsers.map(({ name, purpose }) => `| \`jetsms-${name}\` | ${purpose} |`),
  '| `default` | nobody: it is off |',
];

const making = [
  'Leave out whom you do not need. An app that is a producer and reads events needs two users, or one with both lines of rights.',
  '',
  '## Making the file',
  '',
  '`users.acl` is for Redis 7 and Valkey, `users-6.2.acl` for Redis 6.2. Where a password belongs they have a word that is no hash, so',
  'Redis refuses to start with them as they are, and names the line. `make-users.sh` puts in the hashes of your passwords:',
  '',
  '```sh',
  'mkdir -m 700 secrets',
  'for role in worker gateway dashboard operator producer monitoring admin; do',
  '  openssl rand -hex 32 > secrets/redis-$role-password',
  'done',
  'sh deploy/redis/make-users.sh secrets > users.acl    # all that Redis needs; no password is in it',
  '```',
  '',
  'A user whose file `redis-‹role›-password` is not there is left out, and named. It needs `sh`, `awk` and `sha256sum`, which the images of Redis have.',
  'Where your prefix is not `{jetsms}`, set `JETSMS_PREFIX` for it, and for a [Redis Cluster](cluster.md) `JETSMS_REDIS_CLUSTER=true`: each of its nodes needs the file; a prefix with `*`, `?`, `[` or a backslash would mean other keys, too. Hexadecimal digits may stand in an address as they are:',
  '`JETSMS_REDIS_URL=redis://jetsms-worker:‹password›@redis:6379`, or a file with the whole address in `JETSMS_REDIS_URL_FILE`.',
  '',
  '## Loading it',
  '',
  '- At the start: `redis-server --aclfile /etc/redis/users.acl`, or `aclfile` in redis.conf. `user` lines in redis.conf must go; `requirepass` means nothing any more.',
  '- While Redis runs with such a file: put the new one in its place, then `ACL LOAD` as `jetsms-admin`. A file with a mistake changes nothing.',
  '  Redis closes the connections of its users then; ours connect again, and a `send()` at that moment may not know whether it is stored.',
  '- One user at a time, without closing anything: `ACL SETUSER ‹user› reset` and behind it the rest of its line; without `reset` the old rights stay.',
  '  So it goes where a provider runs Redis, too.',
  '',
  '`default` is off. What else uses this Redis needs a user first; so do replicas and Sentinels, whose users are in the file.',
  '',
  '## What each may see and change',
  '',
  'r: may read the contents. w: may change or remove them. Each is tried in a test, with keys of each kind. All keys are those of the prefix;',
  'keys of others are closed to everybody but `jetsms-admin`. So are CONFIG, FLUSHALL, KEYS, SCAN, MONITOR, SLOWLOG, DEBUG, and the management of scripts and clients.',
  '',
];

const readers: ReadonlySet<string> = new Set(
  (
    'get incr hincrby hget hmget hgetall hvals hscan lpos lrange lindex lpop rpoplpush rename smembers zrange zrevrange zscore ' +
    'zrangebyscore zrevrangebyscore zpopmin bzpopmin xreadgroup xautoclaim xinfo'
  ).split(' '),
);
const lookers: ReadonlySet<string> = new Set(
  'exists pttl type hexists hlen llen zcard zcount scard xlen eval evalsha'.split(' '),
);

/** What a role may do with the contents of keys of a kind. Patterns of other kinds may take them in, as that of events does. */
export function accessOf(role: RedisRole, kind: KeyKindName): '' | 'r' | 'w' | 'r w' {
  const grants: readonly Grant[] = redisRoles[role].grants;
  const own = grants.filter(({ on }) => on.some((granted) => covers(granted, kind)));
  const reads = own.some(
    ({ access, commands }) => access !== 'write' && commands.some((one) => readers.has(one)),
  );
  const writes = own.some(
    ({ access, commands }) =>
      access !== 'read' && commands.some((one) => !lookers.has(one) && !onlyReads(one)),
  );
  if (reads && writes) return 'r w';
  if (reads) return 'r';
  return writes ? 'w' : '';
}

/** Whether the patterns of a kind take in all keys of another. */
function covers(granted: KeyKindName, kind: KeyKindName): boolean {
  const patterns = keyKinds[granted].patterns(defaultPrefix, '*').map(regExpOf);
  return keyKinds[kind]
    .patterns(defaultPrefix, 'shop-1')
    .every((key) => patterns.some((one) => one.test(key)));
}

const changers: ReadonlySet<string> = new Set(
  'incr hincrby lpop rpoplpush rename zpopmin bzpopmin xreadgroup xautoclaim'.split(' '),
);
const onlyReads = (command: string): boolean => readers.has(command) && !changers.has(command);

/** Parts of the keys `jobs`, for those who may not read all of them. */
const parts: ReadonlySet<KeyKindName> = new Set(['queueMeta', 'queueIds', 'queueDelayed']);

/** Kinds of keys that the table shows. */
export const shownKinds: readonly KeyKindName[] = (Object.keys(keyKinds) as KeyKindName[]).filter(
  (kind) => !parts.has(kind),
);

function seesTable(): readonly string[] {
  const roles = redisRoleNames.filter((role) => redisRoles[role].grants.length > 0);
  return [
    `| what lies in Redis | ${roles.join(' | ')} |`,
    `|---|${roles.map(() => '---|').join('')}`,
    ...shownKinds.map((kind) => {
      const cells = roles.map((role) => accessOf(role, kind) || '–');
      return `| ${keyKinds[kind].holds} | ${cells.join(' | ')} |`;
    }),
  ];
}

const limits = [
  '- **A producer does not read messages back**: neither texts nor numbers, nor what became of them, nor media. Of the queues it reads whether they are paused,',
  '  how many jobs they have had, and the ids of jobs that wait for their time. It adds, and so it could write over what lies there: Redis cannot allow new keys alone.',
  '  The id of a message is no secret between producers, but worth nothing without the right to read.',
  '- `jetsms-producer` cannot take back a message whose idempotency key was used before; the worker drops it, as it would anyway. Each such try stands in `ACL LOG`.',
  '- `status()`, `cancel()` and `reschedule()` read and change stored messages, so `jetsms-producer-status` reads all messages of all accounts. Give it to the apps that need',
  '  it. The gateway can do the same, for whoever has an [API key](gateway-keys.md), and answers with masked numbers.',
  '- The secret of the installation is written by whoever needs it first. Whoever reads it can tell which of the numbers that it guesses belongs to an id.',
  '- Dashboard and gateway mask numbers and texts in what they show; their users could read them.',
  '- Scripts run with the rights of whoever runs them. Who may run scripts can keep Redis busy.',
  '- Rights go by prefix, not by account or database: an installation for those who must not see each other is another prefix, or another Redis.',
  '',
  '**Redis 6.2** has one list of commands and one of keys for each user, and no keys that may only be read. So there a producer can read what it can write, texts too, and',
  'a dashboard can write what its commands can. Wrong keys and wrong commands are refused as with Redis 7. Selectors and `%R~`, `%W~` exist from Redis 7.0 on, and in Valkey.',
  '',
  'Besides, every user may:',
  '',
];

const everybody = (): readonly string[] => [
  '| rights | what for |',
  '|---|---|',
  ...connectionRights.map(({ rights, why }) => `| \`${rights}\` | ${why} |`),
];

const checking = [
  '## Checking',
  '',
  '```sh',
  'JETSMS_REDIS_URL=redis://jetsms-gateway:…@redis:6379 jetsms doctor --role gateway',
  "redis-cli --user jetsms-admin --askpass ACL DRYRUN jetsms-producer HGET '{jetsms}:jetsms-default-otp:1' data",
  'redis-cli --user jetsms-admin --askpass ACL LOG       # who was refused what',
  '```',
  '',
  'The doctor asks for each command and each kind of key that the role needs, and changes nothing. What these users may not ask, such as CONFIG, it says as not known: that',
  'Redis keeps a log and never evicts stands in INFO, too. `jetsms start` looks at the rights of the worker, and does not begin where one is missing.',
  '',
  '## A new password, without downtime',
  '',
  'A user may have two passwords at a time. `ACL SETUSER` adds and removes one while Redis runs, and closes no connection; the file is for the next start.',
  '',
  '1. Write the new one as a second line into `redis-‹role›-password` and make the file again. Let Redis know it:',
  "   `ACL SETUSER jetsms-worker '#‹hash›'` as `jetsms-admin`, with its hash from the file.",
  '2. Give the programs the new one, and start them anew one after the other.',
  "3. Take the old line out, make the file again, and `ACL SETUSER jetsms-worker '!‹old hash›'`. From then on the old one is refused (`WRONGPASS`).",
  '   Connections that were made with it stay until they end: `CLIENT KILL USER jetsms-worker` ends them, and programs that know the new one connect again.',
  '',
  'Of a password that others have seen, do step 3 first, and 2 at once: messages wait meanwhile, and `send()` fails.',
  '',
];
