import type { Redis } from 'ioredis';
import {
  type AccountPlace,
  deadQueueName,
  installationPrefix,
  type KeySpace,
  keys,
  placeOf,
  queueNames,
  webhookQueueName,
} from '../queue/names.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { primariesOf } from '../queue/redis-nodes.ts';
import { readTrouble } from '../queue/redis-trouble.ts';

/** Where a worker's keys lie. */
export interface KeyPlace {
  /** Of the installation. */
  readonly prefix: string;
  /** Names of accounts. */
  readonly accounts: readonly string[];
  /** The worker's name, or another that is nobody else's. */
  readonly name: string;
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

/**
 * Commands that a delivery needs, with arguments that Redis accepts behind a key. A test compares them with what a
 * delivery really uses.
 */
const needed: Readonly<Record<string, readonly string[]>> = {
  set: ['1'],
  get: [],
  incr: [],
  exists: [],
  del: [],
  unlink: [],
  pttl: [],
  pexpire: ['1'],
  pexpireat: ['1'],
  hset: ['f', '1'],
  hmset: ['f', '1'],
  hsetnx: ['f', '1'],
  hexists: ['f'],
  hget: ['f'],
  hmget: ['f'],
  hgetall: [],
  hvals: [],
  hincrby: ['f', '1'],
  hdel: ['f'],
  hlen: [],
  hscan: ['0'],
  lpush: ['1'],
  rpush: ['1'],
  lpos: ['1'],
  lrange: ['0', '0'],
  lindex: ['0'],
  llen: [],
  lrem: ['0', '1'],
  ltrim: ['0', '0'],
  sadd: ['1'],
  srem: ['1'],
  scard: [],
  smembers: [],
  zadd: ['1', '1'],
  zrem: ['1'],
  zcard: [],
  zscore: ['1'],
  zrange: ['0', '0'],
  zrevrange: ['0', '0'],
  zrangebyscore: ['0', '0'],
  zrevrangebyscore: ['0', '0'],
  zremrangebyrank: ['0', '0'],
  zpopmin: [],
  bzpopmin: ['1'],
  xadd: ['*', 'f', '1'],
  xlen: [],
  xtrim: ['MAXLEN', '1'],
};

/** What reading events for webhooks takes beyond that. */
const commandsForEvents = (key: string): readonly (readonly [string, ...string[]])[] => [
  ['xgroup', 'DESTROY', key, 'g'],
  ['xreadgroup', 'GROUP', 'g', 'c', 'STREAMS', key, '>'],
  ['xautoclaim', key, 'g', 'c', '0', '0'],
  ['xack', key, 'g', '0-1'],
];

/** Commands that do not begin with a key. Without INFO, BullMQ does not even begin. */
const keyless: readonly (readonly [string, ...string[]])[] = [
  ['info'],
  ['time'],
  ['eval', 'return 1', '0'],
  ['evalsha', '0'.repeat(40), '0'],
];

/** The commands that the doctor and the start look at. */
export const neededCommands: readonly string[] = [
  ...Object.keys(needed),
  ...keyless.map(([command]) => command),
  'rpoplpush',
  'xinfo',
  'multi',
  'exec',
];

/** The same of a worker that reads events for webhooks. */
export const neededForEvents: readonly string[] = commandsForEvents('').map(([command]) => command);

/**
 * Asks what the connection's user may not do. Redis checks rights when a command joins a transaction; the
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
  const probe = keys.probe(installationPrefix(space, place.prefix), place.name);
  const ask = (what: string, command: string, args: readonly string[]): Asked => ({
    what,
    refused: refusedRight(redis.call(command, ...args)),
  });
  const commands = [
    ...Object.entries(needed).map(([command, rest]) => ask(command, command, [probe, ...rest])),
    ask('rpoplpush', 'rpoplpush', [probe, probe]),
    ask('xinfo', 'xinfo', ['GROUPS', probe]),
    ...(place.readsEvents ? commandsForEvents(probe) : []).map(([command, ...rest]) =>
      ask(command, command, rest),
    ),
    ...keyless.map(([command, ...rest]) => ask(command, command, rest)),
  ];
  const writes = keysOf(place, space).map((key) => ask(key, 'hdel', [key, 'jetsms-doctor']));
  // Without the right to it, the end of the connection is the end of the transaction.
  const over = Promise.allSettled([redis.discard()]);
  const missing = { commands: await lacking(commands, 'command'), keys: await lacking(writes, 'key') };
  await over;
  return { ...missing, commands: [...missing.commands, ...(await lacking([askExec(redis)], 'command'))] };
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
  return { what: 'exec', refused: begun.then(() => refused) };
}

/** One key of each kind; where there are many, the star stands for what tells them apart. */
function keysOf(
  { prefix: given, accounts, name, readsEvents = false }: KeyPlace,
  space: KeySpace,
): readonly string[] {
  const own = installationPrefix(space, given);
  const ofAccount = ({ prefix, account }: AccountPlace): readonly string[] => [
    ...[...queueNames(account), deadQueueName(account)].map((queue) => `${prefix}:${queue}:meta`),
    ...queueNames(account).map((queue) => keys.record(prefix, queue, '*')),
    keys.claim(prefix, account, '*'),
    keys.hold(prefix, account),
    keys.rate(prefix, account, 'messages'),
    keys.campaign(prefix, account, '*'),
    keys.media(prefix, account, '*'),
    keys.credit(prefix, account),
    keys.lease(prefix, account, 'check'),
    keys.replayed(prefix, account, '*'),
    keys.events(prefix, account),
    keys.reports(prefix, account),
    keys.ended(prefix, account, 0, 0),
    ...(readsEvents ? [keys.eventsReader(prefix, account, '*')] : []),
  ];
  const ofWebhooks = readsEvents ? [keys.webhooksEnded(own), `${own}:${webhookQueueName('*')}:meta`] : [];
  const places = accounts.map((account) => placeOf(space, given, account));
  return [keys.probe(own, name), keys.secret(own), ...places.flatMap(ofAccount), ...ofWebhooks];
}

interface Asked {
  readonly what: string;
  readonly refused: Promise<Right | undefined>;
}

async function lacking(asked: readonly Asked[], right: Right): Promise<readonly string[]> {
  const answers = await Promise.all(asked.map(({ refused }) => refused));
  return asked.filter((_, index) => answers[index] === right).map(({ what }) => what);
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
