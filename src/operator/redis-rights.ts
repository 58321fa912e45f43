import type { Redis } from 'ioredis';
import { installationPrefix, type KeySpace, placeOf } from '../queue/names.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { primariesOf } from '../queue/redis-nodes.ts';
import { readTrouble } from '../queue/redis-trouble.ts';
import { type KeyKind, keyKinds } from './redis-keys.ts';
import { clientCommands, type Grant, type RedisRole, redisRoles } from './redis-roles.ts';

/** Whose rights are looked at, and where its keys lie. */
export interface KeyPlace {
  /** Of the installation. */
  readonly prefix: string;
  /** Names of accounts. */
  readonly accounts: readonly string[];
  /** The process' name, or another that is nobody else's. */
  readonly name: string;
  /** @default worker */
  readonly role?: RedisRole;
  /** Whether the worker reads events for webhooks. */
  readonly readsEvents?: boolean;
}

/** What the user of the connection may not do. */
export interface MissingRights {
  /** Commands that it may not run. */
  readonly commands: readonly string[];
  /** Keys that it may not use. */
  readonly keys: readonly string[];
}

/** What Redis wants behind the key of a command, to take it. Nothing where left out. */
const behindKey: Readonly<Record<string, readonly string[]>> = {
  set: ['1'],
  pexpire: ['1'],
  pexpireat: ['1'],
  hset: ['f', '1'],
  hmset: ['f', '1'],
  hsetnx: ['f', '1'],
  hexists: ['f'],
  hget: ['f'],
  hmget: ['f'],
  hincrby: ['f', '1'],
  hdel: ['f'],
  hscan: ['0'],
  lpush: ['1'],
  rpush: ['1'],
  lpos: ['1'],
  lrange: ['0', '0'],
  lindex: ['0'],
  lrem: ['0', '1'],
  ltrim: ['0', '0'],
  sadd: ['1'],
  srem: ['1'],
  zadd: ['1', '1'],
  zcount: ['0', '0'],
  zrem: ['1'],
  zscore: ['1'],
  zrange: ['0', '0'],
  zrevrange: ['0', '0'],
  zrangebyscore: ['0', '0'],
  zrevrangebyscore: ['0', '0'],
  zremrangebyrank: ['0', '0'],
  bzpopmin: ['1'],
  xadd: ['*', 'f', '1'],
  xack: ['g', '0-1'],
  xautoclaim: ['g', 'c', '0', '0'],
  xtrim: ['MAXLEN', '1'],
};

type Call = readonly [command: string, ...args: string[]];

/** Commands whose keys lie elsewhere than first. */
const otherForms: Readonly<Record<string, (key: string) => Call>> = {
  eval: (key) => ['eval', 'return 1', '1', key],
  evalsha: (key) => ['evalsha', '0'.repeat(40), '1', key],
  rename: (key) => ['rename', key, key],
  rpoplpush: (key) => ['rpoplpush', key, key],
  xgroup: (key) => ['xgroup', 'DESTROY', key, 'g'],
  xinfo: (key) => ['xinfo', 'GROUPS', key],
  xreadgroup: (key) => ['xreadgroup', 'GROUP', 'g', 'c', 'STREAMS', key, '>'],
};

const callOf = (command: string, key: string): Call =>
  otherForms[command]?.(key) ?? [command, key, ...(behindKey[command] ?? [])];

/**
 * Asks what the connection's user may not do of what its role needs. Redis checks rights when a command joins a transaction; the
 * transaction is given up, so that nothing is done. On a connection of its own that sends nothing twice: what was
 * cut off from its transaction must not be done by itself. Of a cluster each primary has its own users; it looks at rights before it
 * looks whose keys they are.
 */
export async function askRights(redis: RedisClient, place: KeyPlace): Promise<MissingRights> {
  const missing = await Promise.all(primariesOf(redis).map((node) => askNode(node, place, redis)));
  return {
    commands: [...new Set(missing.flatMap(({ commands }) => commands))],
    keys: [...new Set(missing.flatMap(({ keys }) => keys))],
  };
}

async function askNode(node: Redis, place: KeyPlace, space: KeySpace): Promise<MissingRights> {
  const own = node.duplicate({
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    reconnectOnError: null,
    retryStrategy: () => null,
  });
  // Seen by what it makes fail.
  own.on('error', () => {});
  try {
    await own.connect();
    return await askWithin(own, place, space);
  } finally {
    own.disconnect();
  }
}

async function askWithin(redis: Redis, place: KeyPlace, space: KeySpace): Promise<MissingRights> {
  const begun = redis.multi({ pipeline: false });
  const refused = await refusedRight(begun);
  // Without a transaction around it, what is asked about would be done. What has none, such as a Sentinel, is told by
  // other checks.
  if (!(await hasCome(begun))) return { commands: refused === undefined ? [] : ['multi'], keys: [] };
  const ask = ([command, ...args]: Call): Promise<Right | undefined> =>
    refusedRight(redis.call(command, ...args));
  const alone = clientCommands.filter((command) => !framing.has(command));
  const commands: Asked[] = alone.map((command) => ({ command, key: '', refused: ask([command]) }));
  const places: Asked[] = [];
  for (const grant of grantsOf(place)) {
    const kept = grant.on.flatMap((kind) => keysOf(keyKinds[kind], place, space));
    const [first = ''] = grant.commands;
    const [key = ''] = kept;
    for (const one of kept) places.push({ command: first, key: one, refused: ask(callOf(first, one)) });
    for (const command of grant.commands) commands.push({ command, key, refused: ask(callOf(command, key)) });
  }
  // Without the right to it, the end of the connection is the end of the transaction.
  const over = Promise.allSettled([redis.discard()]);
  const keys = new Set((await refusedOf(places, ['key'])).map(({ key }) => key));
  // Where the key may be used, it is this command that may not use it.
  const own = (await refusedOf(commands, ['command', 'key'])).filter(({ key }) => !keys.has(key));
  await over;
  const last = await refusedOf([askExec(redis)], ['command']);
  const missing = new Set([...own, ...last].map(({ command }) => command));
  return { commands: [...missing], keys: [...keys] };
}

/** They begin and end the transaction in which all others are asked about. */
const framing: ReadonlySet<string> = new Set(['multi', 'exec', 'discard']);

function grantsOf({ role = 'worker', readsEvents = false }: KeyPlace): readonly Grant[] {
  return redisRoles[role].grants.filter(({ isForWebhooks }: Grant) => !isForWebhooks || readsEvents);
}

/** One key of each pattern; where there are many, the star stands for what tells them apart. */
function keysOf(
  { patterns, isOfAccount }: KeyKind,
  { prefix, accounts }: KeyPlace,
  space: KeySpace,
): readonly string[] {
  if (!isOfAccount) return patterns(installationPrefix(space, prefix), '');
  return accounts.flatMap((account) => patterns(placeOf(space, prefix, account).prefix, account));
}

const hasCome = (answer: Promise<unknown>): Promise<boolean> =>
  answer.then(
    () => true,
    () => false,
  );

/** A transaction that Redis does not carry out, because it begins with what is no command. */
function askExec(redis: Redis): Asked {
  const begun = Promise.allSettled([redis.multi({ pipeline: false }), redis.call('get')]);
  const refused = refusedRight(redis.call('exec'));
  return { command: 'exec', key: '', refused: begun.then(() => refused) };
}

interface Asked {
  readonly command: string;
  /** '' where it names none. */
  readonly key: string;
  readonly refused: Promise<Right | undefined>;
}

async function refusedOf(
  asked: readonly Asked[],
  rights: readonly (Right | undefined)[],
): Promise<readonly Asked[]> {
  const answers = await Promise.all(asked.map(({ refused }) => refused));
  return asked.filter((_, index) => answers[index] !== undefined && rights.includes(answers[index]));
}

type Right = 'command' | 'key';

/** Which right Redis misses; undefined where it lets the command join. Redis has one word for both. */
async function refusedRight(answer: Promise<unknown>): Promise<Right | undefined> {
  try {
    await answer;
    return undefined;
  } catch (error) {
    const trouble = readTrouble(error);
    if (trouble.kind !== 'refused' || trouble.reason !== 'NOPERM') return undefined;
    return error instanceof Error && /\bkeys?\b/.test(error.message) ? 'key' : 'command';
  }
}
