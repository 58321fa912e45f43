import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderUsers, renderUsers62 } from '../../../scripts/deploy/redis-users.ts';
import { accessOf, shownKinds } from '../../../scripts/docs/redis-users-page.ts';
import { type KeyKindName, keyKinds } from '../../../src/operator/redis-keys.ts';
import { askRights } from '../../../src/operator/redis-rights.ts';
import { type Grant, redisRoleNames, redisRoles } from '../../../src/operator/redis-roles.ts';
import { createProducer } from '../../../src/producer/index.ts';
import { openWorkerRedis } from '../../../src/queue/redis.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';
import { addRoleUser, rightsOf, urlOfUser } from '../../support/redis-users.ts';

/** Commands that tell what a key holds, with `KEY` in its place. */
const reading = [
  'GET KEY',
  'GETRANGE KEY 0 1',
  'GETDEL KEY',
  'GETEX KEY',
  'MGET KEY',
  'STRLEN KEY',
  'HGET KEY f',
  'HMGET KEY f',
  'HGETALL KEY',
  'HKEYS KEY',
  'HVALS KEY',
  'HRANDFIELD KEY',
  'HSCAN KEY 0',
  'LRANGE KEY 0 1',
  'LINDEX KEY 0',
  'LPOP KEY',
  'RPOP KEY',
  'SMEMBERS KEY',
  'SRANDMEMBER KEY',
  'SPOP KEY',
  'SSCAN KEY 0',
  'ZRANGE KEY 0 1',
  'ZREVRANGE KEY 0 1',
  'ZRANGEBYSCORE KEY 0 1',
  'ZSCORE KEY m',
  'ZPOPMIN KEY',
  'ZSCAN KEY 0',
  'XRANGE KEY - +',
  'XREAD STREAMS KEY 0',
  'XREADGROUP GROUP g c STREAMS KEY >',
  'XINFO GROUPS KEY',
  'DUMP KEY',
  'SORT KEY',
  'SORT_RO KEY',
  'COPY KEY {jetsms}:copy',
  'BITFIELD_RO KEY GET u8 0',
  'INCR KEY',
  'HINCRBY KEY f 1',
];

/** Commands that change what a key holds, or remove it. */
const writing = [
  'SET KEY 1',
  'SETRANGE KEY 0 1',
  'APPEND KEY 1',
  'GETDEL KEY',
  'DEL KEY',
  'UNLINK KEY',
  'EXPIRE KEY 1',
  'PEXPIRE KEY 1',
  'PEXPIREAT KEY 1',
  'PERSIST KEY',
  'RENAME KEY {jetsms}:renamed',
  'MOVE KEY 1',
  'RESTORE KEY 0 1',
  'HSET KEY f 1',
  'HMSET KEY f 1',
  'HSETNX KEY f 1',
  'HDEL KEY f',
  'HINCRBY KEY f 1',
  'INCR KEY',
  'LPUSH KEY 1',
  'RPUSH KEY 1',
  'LPOP KEY',
  'LREM KEY 0 1',
  'LSET KEY 0 1',
  'LTRIM KEY 0 1',
  'SADD KEY 1',
  'SREM KEY 1',
  'ZADD KEY 1 m',
  'ZREM KEY m',
  'ZPOPMIN KEY',
  'XADD KEY * f 1',
  'XDEL KEY 0-1',
  'XTRIM KEY MAXLEN 1',
  'XACK KEY g 0-1',
  'XGROUP DESTROY KEY g',
  'XREADGROUP GROUP g c STREAMS KEY >',
];

const forNobody = [
  'CONFIG GET maxmemory',
  'CONFIG SET maxmemory 1',
  'FLUSHALL',
  'FLUSHDB',
  'KEYS *',
  'SCAN 0',
  'RANDOMKEY',
  'DBSIZE',
  'SWAPDB 0 1',
  'SCRIPT FLUSH',
  'SCRIPT KILL',
  'FUNCTION LOAD x',
  'FUNCTION FLUSH',
  'FCALL f 0',
  'MONITOR',
  'SLOWLOG GET',
  'DEBUG JMAP',
  'SHUTDOWN',
  'SAVE',
  'BGREWRITEAOF',
  'REPLICAOF NO ONE',
  'FAILOVER',
  'CLIENT KILL 127.0.0.1:1',
  'CLIENT LIST',
  'CLIENT PAUSE 1',
  'ACL LIST',
  'ACL SETUSER x',
  'ACL LOAD',
  'CLUSTER RESET',
  'CLUSTER FAILOVER',
  'MODULE LIST',
  'LATENCY LATEST',
  'SUBSCRIBE x',
  'PUBLISH x y',
  'PSYNC ? -1',
];

const files = { 'users.acl': renderUsers(), 'users-6.2.acl': renderUsers62() };
type File = keyof typeof files;

let redis: TestRedis;
let admin: Redis;

beforeAll(async () => {
  redis = await startRedis();
  admin = redis.client();
  for (const [file, text] of Object.entries(files)) {
    for (const line of text.split('\n').filter((one) => one.startsWith('user jetsms-'))) {
      const [, name = '', ...rights] = line.split(' ');
      await admin.call(
        'ACL',
        'SETUSER',
        userOf(name.slice('jetsms-'.length), file as File),
        ...rights.filter((one) => !one.startsWith('#')),
      );
    }
  }
});
afterAll(() => redis.stop());

const userOf = (role: string, file: File): string => (file === 'users.acl' ? role : `${role}-62`);

/** Whether Redis would let a user do this. */
async function may(user: string, command: string, key = ''): Promise<boolean> {
  const words = command.split(' ').map((word) => (word === 'KEY' ? key : word));
  const answer = String(await admin.call('ACL', 'DRYRUN', user, ...words));
  if (answer !== 'OK' && !/permissions|can't/.test(answer)) throw new Error(`${command}: ${answer}`);
  return answer === 'OK';
}

async function allowed(user: string, commands: readonly string[], key = ''): Promise<readonly string[]> {
  const answers = await Promise.all(commands.map((command) => may(user, command, key)));
  return commands.filter((_, index) => answers[index]);
}

const keysOf = (kind: KeyKindName): readonly string[] => keyKinds[kind].patterns('{jetsms}', 'shop-1');

const ofEachFile = (Object.keys(files) as File[]).flatMap((file) =>
  redisRoleNames.map((role) => [role, file] as const),
);

describe('the users of Redis', () => {
  it.each(redisRoleNames)(
    'jetsms-%s reads and changes what docs/redis-users.md says, and nothing else',
    async (role) => {
      const said = shownKinds.flatMap((kind) =>
        keysOf(kind).map((key) => [key, accessOf(role, kind)] as const),
      );
      const seen = await Promise.all(
        said.map(async ([key]) => {
          const [reads, writes] = await Promise.all([
            allowed(role, reading, key),
            allowed(role, writing, key),
          ]);
          return [key, [reads.length > 0 ? 'r' : '', writes.length > 0 ? 'w' : ''].join(' ').trim()] as const;
        }),
      );
      expect(seen).toEqual(said);
    },
  );

  it.each(ofEachFile)('jetsms-%s of %s may use no key of another prefix', async (role, file) => {
    for (const key of [
      'shop:1',
      '{jetsms-2}:secret',
      'jetsms:secret',
      '{jetsms}',
      '{jetsms}:',
      '{jetsms}:else',
    ])
      expect(
        await allowed(
          userOf(role, file),
          [...reading, ...writing, 'EXISTS KEY', 'TYPE KEY', 'PTTL KEY'],
          key,
        ),
      ).toEqual([]);
  });

  it.each(ofEachFile)('jetsms-%s of %s may not manage Redis', async (role, file) => {
    expect(await allowed(userOf(role, file), forNobody)).toEqual([]);
  });

  it.each(ofEachFile)('jetsms-%s of %s may do what every client does', async (role, file) => {
    const everybody = [
      'PING',
      'INFO',
      'TIME',
      'ROLE',
      'WAIT 0 1',
      'MULTI',
      'EXEC',
      'DISCARD',
      'SCRIPT LOAD x',
      'SCRIPT EXISTS x',
    ];
    const inClusters = ['CLUSTER SLOTS', 'CLUSTER SHARDS', 'CLUSTER INFO', 'ASKING', 'READONLY', 'READWRITE'];
    const commands = [...everybody, ...inClusters, 'CLIENT SETNAME x', 'SELECT 0'];
    // Redis 6.2 has one right for all that CLIENT does; to be named is no need.
    expect(await allowed(userOf(role, file), commands)).toEqual(commands);
  });

  it.each(redisRoleNames)(
    'jetsms-%s has in users-6.2.acl all rights that it has in users.acl',
    async (role) => {
      for (const { commands, on } of redisRoles[role].grants as readonly Grant[]) {
        const lines = [...reading, ...writing].filter((line) =>
          commands.includes(line.split(' ')[0]?.toLowerCase() ?? ''),
        );
        for (const key of on.flatMap((kind) => keysOf(kind)))
          expect(await allowed(`${role}-62`, lines, key)).toEqual(lines);
      }
    },
  );
});

describe('a producer', () => {
  const to = '0532 123 45 67';
  const text = 'Kodunuz 481516';

  it('cannot read back what it has sent, by a script neither', async () => {
    await using own = await startRedis();
    const url = await addRoleUser(own, 'producer', { prefix: '{jetsms}' });
    await using producer = createProducer({ redis: url, accounts: { default: { title: 'ACME' } } });
    const { id } = await producer.send({ to, text });
    const connection = openWorkerRedis(url);
    const key = `{jetsms}:jetsms-default-transactional:${id}`;
    expect(await own.client().hget(key, 'data')).toContain('481516');
    await expect(connection.hget(key, 'data')).rejects.toThrow(/NOPERM/);
    await expect(connection.eval("return redis.call('hget', KEYS[1], 'data')", 1, key)).rejects.toThrow(
      /can't access/,
    );
    await expect(connection.eval("return redis.call('hgetall', KEYS[1])", 1, key)).rejects.toThrow(/can't/);
    await expect(connection.eval("return redis.call('sort', KEYS[1])", 1, key)).rejects.toThrow(/can't/);
    await expect(producer.status(id)).rejects.toMatchObject({ code: 'REDIS_REFUSED', reason: 'NOPERM' });
    await expect(producer.cancel(id)).rejects.toMatchObject({ code: 'REDIS_REFUSED', reason: 'NOPERM' });
    connection.disconnect();
  });

  it('leaves a job whole that it cannot take back: a second message under the same key', async () => {
    await using own = await startRedis();
    const url = await addRoleUser(own, 'producer', { prefix: '{jetsms}' });
    await using producer = createProducer({ redis: url, accounts: { default: { title: 'ACME' } } });
    const first = await producer.send({ to, text, idempotencyKey: 'order 1' });
    const again = await producer.send({ to, text, idempotencyKey: 'order 1' });
    expect(again).toMatchObject({ id: first.id, duplicate: true });
    const client = own.client();
    const waiting = await client.lrange('{jetsms}:jetsms-default-transactional:wait', 0, -1);
    expect(waiting).toHaveLength(2);
    const [vain = ''] = waiting.filter((id) => id !== first.id);
    expect(await client.hexists(`{jetsms}:jetsms-default-transactional:${vain}`, 'data')).toBe(1);
    // What tells a worker to drop it.
    expect(await client.hget(`{jetsms}:record:jetsms-default-transactional:${vain}`, 'lost')).toBe('[-1]');
  });

  it('goes on while its password is being replaced, on the connection that it has', async () => {
    await using own = await startRedis();
    const client = own.client();
    const url = await addRoleUser(own, 'producer', { prefix: '{jetsms}' });
    const send = async (at: string) => {
      await using producer = createProducer({ redis: at, accounts: { default: { title: 'ACME' } } });
      return producer.send({ to, text });
    };
    await using open = createProducer({ redis: url, accounts: { default: { title: 'ACME' } } });
    await open.send({ to, text });
    await client.call('ACL', 'SETUSER', 'jetsms-producer', '>the next password');
    const next = urlOfUser(own, 'jetsms-producer', 'the next password');
    for (const at of [url, next]) await send(at);
    await client.call('ACL', 'SETUSER', 'jetsms-producer', '<password of a test');
    await open.send({ to, text });
    await send(next);
    await expect(send(url)).rejects.toMatchObject({ code: 'REDIS_REFUSED', reason: 'WRONGPASS' });
  });
});

describe('rights that are missing', () => {
  const cases = redisRoleNames.flatMap((role) => {
    const grants: readonly Grant[] = redisRoles[role].grants;
    const commands = new Set(grants.flatMap((grant) => grant.commands));
    return [...commands].map((command) => [role, command] as const);
  });

  it('are named, each command of each role, and nothing else', async () => {
    const wrong: string[] = [];
    for (const [role, command] of cases) {
      const rights = rightsOf(role).flatMap((right) => without(right, command));
      await admin.call('ACL', 'SETUSER', 'few', 'reset', 'on', '>pw', ...rights);
      const connection = openWorkerRedis(urlOfUser(redis, 'few', 'pw'));
      const place = { prefix: '{jetsms}', accounts: ['shop'], name: 'w1', role, readsEvents: true };
      const { commands } = await askRights(connection, place);
      connection.disconnect();
      if (commands.join() !== command) wrong.push(`${role} ${command}: ${commands.join()}`);
    }
    expect(wrong).toEqual([]);
    expect(await admin.dbsize()).toBe(0);
  });
});

/** A word of rights without a command; the parentheses of a selector stay. */
const without = (right: string, command: string): readonly string[] => {
  const [, open = '', word = '', close = ''] = /^(\(?)(.*?)(\)?)$/.exec(right) ?? [];
  return word === `+${command}` ? [`${open}${close}`].filter((one) => one !== '') : [right];
};
