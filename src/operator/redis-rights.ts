import type { Redis } from 'ioredis';
import { deadQueueName, keys, queueNames } from '../queue/names.ts';
import { readTrouble } from '../queue/redis-trouble.ts';

/** Where a worker's keys lie. */
export interface KeyPlace {
  readonly prefix: string;
  /** Names of accounts. */
  readonly accounts: readonly string[];
  /** The worker's name, or another that is nobody else's. */
  readonly name: string;
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
  mget: [],
  incr: [],
  exists: [],
  del: [],
  pttl: [],
  pexpire: ['1'],
  hset: ['f', '1'],
  hmset: ['f', '1'],
  hsetnx: ['f', '1'],
  hget: ['f'],
  hmget: ['f'],
  hgetall: [],
  hvals: [],
  hincrby: ['f', '1'],
  hdel: ['f'],
  hlen: [],
  hscan: ['0'],
  lpush: ['1'],
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
  xtrim: ['MAXLEN', '1'],
};

/** Commands that do not begin with a key. */
const keyless: readonly (readonly [string, ...string[]])[] = [
  ['time'],
  ['eval', 'return 1', '0'],
  ['evalsha', '0'.repeat(40), '0'],
];

/** The commands that the doctor and the start look at. */
export const neededCommands: readonly string[] = [
  ...Object.keys(needed),
  ...keyless.map(([command]) => command),
  'rpoplpush',
];

/**
 * Asks what the connection's user may not do. Redis checks rights when a command joins a transaction; the
 * transaction is given up, so that nothing is done. On a connection of its own that sends nothing twice: what was
 * cut off from its transaction must not be done by itself.
 */
export async function askRights(redis: Redis, place: KeyPlace): Promise<MissingRights> {
  const own = redis.duplicate({
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    reconnectOnError: null,
    retryStrategy: () => null,
  });
  // Seen by what it makes fail.
  own.on('error', () => {});
  try {
    await own.connect();
    return await askWithin(own, place);
  } finally {
    own.disconnect();
  }
}

async function askWithin(redis: Redis, { prefix, accounts, name }: KeyPlace): Promise<MissingRights> {
  const probe = keys.probe(prefix, name);
  const queues = accounts.flatMap((account) => [...queueNames(account), deadQueueName(account)]);
  const places = [probe, ...queues.map((queue) => `${prefix}:${queue}:meta`)];
  const ask = (what: string, command: string, args: readonly string[]): Asked => ({
    what,
    refused: refusedRight(redis.call(command, ...args)),
  });
  const begun = redis.multi({ pipeline: false });
  const commands = [
    ...Object.entries(needed).map(([command, rest]) => ask(command, command, [probe, ...rest])),
    ask('rpoplpush', 'rpoplpush', [probe, probe]),
    ...keyless.map(([command, ...rest]) => ask(command, command, rest)),
  ];
  const writes = places.map((key) => ask(key, 'hdel', [key, 'jetsms-doctor']));
  // What has no transactions, such as a Sentinel, is told by other checks.
  const over = Promise.allSettled([begun, redis.discard()]);
  const missing = { commands: await lacking(commands, 'command'), keys: await lacking(writes, 'key') };
  await over;
  return missing;
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
