import type { Redis } from 'ioredis';
import { passwordPlaceholder, renderUsers } from '../../scripts/deploy/redis-users.ts';
import type { RedisRole } from '../../src/operator/redis-roles.ts';
import type { TestRedis } from './redis.ts';

const password = 'password of a test';

/** The rights of a role in deploy/redis/users.acl, word by word as ACL SETUSER takes them, for another prefix. */
export function rightsOf(role: string, prefix = '{jetsms}'): readonly string[] {
  const line = renderUsers()
    .split('\n')
    .find((one) => one.startsWith(`user jetsms-${role} `));
  const rights = line?.split(`${passwordPlaceholder} `)[1];
  if (rights === undefined) throw new Error(`deploy/redis/users.acl has no user jetsms-${role}`);
  return rights.replaceAll('{jetsms}:', `${prefix}:`).split(' ');
}

/**
 * Gives a Redis the user of a role with the rights that we ship, and further ones.
 * @param prefix by default every one that `freshPrefix()` makes
 * @returns the address for this user
 */
export async function addRoleUser(
  redis: TestRedis,
  role: RedisRole,
  { prefix = '{test-*}', more = [] }: { readonly prefix?: string; readonly more?: readonly string[] } = {},
): Promise<string> {
  const rights = ['on', `>${password}`, ...rightsOf(role, prefix), ...more];
  await redis.client().call('ACL', 'SETUSER', `jetsms-${role}`, ...rights);
  return urlOfUser(redis, `jetsms-${role}`, password);
}

export const urlOfUser = ({ port }: Pick<TestRedis, 'port'>, user: string, word: string): string =>
  `redis://${user}:${encodeURIComponent(word)}@127.0.0.1:${port}`;

/** What Redis has refused a user, each `what object`, as its log has it: `command get`, `key {jetsms}:secret`. */
export async function refusalsOf(admin: Redis, user: string): Promise<readonly string[]> {
  const log = (await admin.acl('LOG')) as unknown as readonly (readonly unknown[])[];
  return log
    .map(
      (entry) => new Map(entry.flatMap((word, at) => (at % 2 === 0 ? [[String(word), entry[at + 1]]] : []))),
    )
    .filter((entry) => entry.get('username') === user)
    .map((entry) => `${entry.get('reason')} ${entry.get('object')}`);
}
