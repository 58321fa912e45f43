import { keyKinds } from '../../src/operator/redis-keys.ts';
import {
  clientCommands,
  type Grant,
  type RedisRole,
  redisRoleNames,
  redisRoles,
} from '../../src/operator/redis-roles.ts';
import { defaultPrefix } from '../../src/queue/names.ts';

/** No hash, so that Redis loads no file in which it stands, and says in which line. */
export const passwordPlaceholder = '#SHA256-OF-THE-PASSWORD';

/** What every user may do that concerns no key, and why. */
export const connectionRights: readonly { readonly rights: string; readonly why: string }[] = [
  {
    rights: '+@connection -@admin',
    why: 'to log in, to name the connection, PING; not to see or to end those of others',
  },
  {
    rights: clientCommands.map((command) => `+${command}`).join(' '),
    why: 'whether Redis has read its data, its clock, transactions',
  },
  { rights: '+role', why: 'Sentinel: whether this server is the primary' },
  { rights: '+cluster|slots +cluster|shards +cluster|info', why: 'Cluster: which node has which keys' },
  {
    rights: '+asking +readonly +readwrite',
    why: 'Cluster: keys that are being moved, and nodes that are replicas',
  },
  { rights: '+wait', why: 'to wait until replicas have a message' },
  {
    rights: '+script|load +script|exists',
    why: 'to make scripts known before they are run; not to make Redis forget them',
  },
];

/** Users that are not of ours: who administers Redis, and Redis itself where it has replicas. */
export const otherUsers: readonly {
  readonly name: string;
  readonly purpose: string;
  readonly rights: string;
}[] = [
  {
    name: 'admin',
    purpose: 'whoever administers Redis: loads this file, sees who was refused',
    rights: '~* &* +@all',
  },
  {
    name: 'replica',
    purpose: 'replicas of this Redis (`masteruser`, `masterauth`)',
    rights: 'resetkeys resetchannels -@all +psync +replconf +ping',
  },
  {
    name: 'sentinel',
    purpose: 'Sentinels that watch this Redis (`sentinel auth-user`, `sentinel auth-pass`)',
    rights:
      'resetkeys allchannels -@all +multi +slaveof +ping +exec +subscribe +config|rewrite +role +publish +info +client|setname +client|kill +script|kill',
  },
];

/** deploy/redis/users.acl, for Redis 7 and Valkey: a selector for each grant, with keys to be read, written, or both. */
export const renderUsers = (): string => render((role) => redisRoles[role].grants.map(selectorOf).join(' '));

/** deploy/redis/users-6.2.acl: Redis 6.2 knows neither selectors nor keys that may only be read. */
export const renderUsers62 = (): string =>
  render((role) => {
    const grants: readonly Grant[] = redisRoles[role].grants;
    const patterns = grants.flatMap(({ on }) => on.flatMap((kind) => patternsOf(kind)));
    const commands = grants.flatMap((grant) => grant.commands);
    return [...sorted(commands).map((one) => `+${one}`), ...sorted(patterns).map((one) => `~${one}`)].join(
      ' ',
    );
  });

function render(rightsOf: (role: RedisRole) => string): string {
  const common = connectionRights.map(({ rights }) => rights).join(' ');
  const users = redisRoleNames.map(
    (role) => `${lineOf(role, `resetkeys resetchannels -@all ${common} ${rightsOf(role)}`).trimEnd()}`,
  );
  const others = otherUsers.map(({ name, rights }) => lineOf(name, rights));
  return `${['user default off', ...users, ...others].join('\n')}\n`;
}

const lineOf = (name: string, rights: string): string =>
  `user jetsms-${name} on ${passwordPlaceholder} ${rights}`;

const accessSigns = { read: '%R~', write: '%W~', both: '~' } as const;

function selectorOf({ commands, on, access }: Grant): string {
  const keys = on.flatMap((kind) => patternsOf(kind)).map((pattern) => `${accessSigns[access]}${pattern}`);
  return `(${[...commands.map((command) => `+${command}`), ...keys].join(' ')})`;
}

const patternsOf = (kind: keyof typeof keyKinds): readonly string[] =>
  keyKinds[kind].patterns(defaultPrefix, '*');

const sorted = (words: readonly string[]): readonly string[] => [...new Set(words)].toSorted();

/** What a pattern of Redis' rights takes in; ours have no other sign than `*`. */
export const regExpOf = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((text) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  );
