import type { Redis } from 'ioredis';
import { createRedisClock } from '../queue/redis-clock.ts';
import { type RefusalReason, redisRefusals } from '../queue/redis-refusals.ts';
import { judgeEviction } from '../watch/eviction.ts';
import { type Replication, readReplication } from '../watch/replication.ts';
import { configOf, parseInfo, refusalOf, unlessRefused } from './redis-answers.ts';
import { judgePersistence, type PersistenceFacts } from './redis-persistence.ts';
import type { MissingRights } from './redis-rights.ts';
import { judgeReplicas } from './replicas-finding.ts';

/** One thing that was looked at, and what to do about it where it is not as it should be. */
export interface Finding {
  readonly check: 'version' | 'eviction' | 'persistence' | 'writable' | 'replicas' | 'rights' | 'clock';
  readonly level: 'ok' | 'warning' | 'error';
  readonly says: string;
  readonly whatToDo?: string;
}

/** What `judgeRedis` rests on, as Redis says it; undefined where it does not say, or the login may not ask. */
export interface RedisFacts extends PersistenceFacts {
  readonly version: string | undefined;
  /** `standalone`, `cluster`, `sentinel`. */
  readonly mode: string | undefined;
  readonly evictionPolicy: string | undefined;
  readonly role: string | undefined;
  /** Whether a write was tried; not where the role may not write for nothing but a try. */
  readonly isWriteTried: boolean;
  /** What it says of its replicas, where it is a primary. */
  readonly replication?: Replication | undefined;
  /** Why it does not answer WAIT; undefined where it does. */
  readonly waitRefusal?: string | undefined;
  /** Why it does not take a write; undefined where it does. */
  readonly writeRefusal: RefusalReason | undefined;
  readonly missing: MissingRights;
  /** How far this machine's clock is ahead of Redis' (negative: behind). */
  readonly clockSkewMs: number | undefined;
}

/** Those of them that a server knows of itself. */
export type ServerFacts = Omit<RedisFacts, 'isWriteTried' | 'writeRefusal' | 'missing'>;

/** Clocks that are set by NTP differ by much less: a difference above this is worth a word. */
const clockToleranceMs = 2_000;

/** BullMQ's scripts need commands of this version. */
const oldestMajor = 6;

/** What a server says of itself. Rejects with whatever ioredis throws where it does not answer; a refusal is one of the facts. */
export async function askServer(redis: Redis): Promise<ServerFacts> {
  const told = (await unlessRefused(redis.info())) ?? '';
  const info = parseInfo(told);
  const [save, appendFsync, policy] = await Promise.all([
    configOf(redis, 'save'),
    configOf(redis, 'appendfsync'),
    configOf(redis, 'maxmemory-policy'),
  ]);
  const aof = info.get('aof_enabled');
  return {
    version: info.get('redis_version'),
    mode: info.get('redis_mode'),
    evictionPolicy: info.get('maxmemory_policy') ?? policy,
    hasAof: aof === undefined ? undefined : aof === '1',
    hasSnapshots: save === undefined ? undefined : save !== '',
    appendFsync,
    role: info.get('role'),
    replication: readReplication(told),
    waitRefusal: await refusalOf(redis.wait(0, 1)),
    clockSkewMs: await unlessRefused(clockSkew(redis)),
  };
}

async function clockSkew(redis: Redis): Promise<number> {
  const clock = createRedisClock(redis);
  await clock.measure();
  return clock.skewMs() ?? 0;
}

/** The settings that a judgement rests on. */
export interface RedisLimits {
  readonly maxClockSkewMs: number;
  /** Vouches that a Redis which does not say never evicts. */
  readonly redisNeverEvicts: boolean;
  /** 0 = no replica need be there. */
  readonly replicasToConfirm?: number;
}

/** What to think of a Redis: an error means that messages could be lost or not be sent, so a worker refuses to start. */
export function judgeRedis(
  facts: RedisFacts,
  { maxClockSkewMs, redisNeverEvicts: isTrusted, replicasToConfirm = 0 }: RedisLimits,
): readonly Finding[] {
  if (facts.mode === 'sentinel') return [sentinel];
  return [
    judgeVersion(facts),
    evictionFinding(facts, isTrusted),
    judgePersistence(facts),
    ...judgeWritable(facts),
    ...judgeReplicas(facts, replicasToConfirm),
    ...judgeRights(facts),
    judgeClock(facts, maxClockSkewMs),
  ];
}

const sentinel: Finding = {
  check: 'version',
  level: 'error',
  says: 'This is a Sentinel, which keeps no messages',
  whatToDo: 'Write redis+sentinel://…/name, or point JETSMS_REDIS_URL at the Redis that it watches.',
};

function judgeVersion({ version }: RedisFacts): Finding {
  const update = `Use Redis ${oldestMajor}.2 or later, or Valkey.`;
  if (version === undefined) {
    return { check: 'version', level: 'warning', says: 'Redis does not say its version', whatToDo: update };
  }
  const major = Number.parseInt(version, 10);
  if (major >= oldestMajor) return { check: 'version', level: 'ok', says: `Redis ${version}` };
  return { check: 'version', level: 'error', says: `Redis ${version} is too old`, whatToDo: update };
}

function evictionFinding({ evictionPolicy }: RedisFacts, isTrusted: boolean): Finding {
  const { level, says } = judgeEviction(evictionPolicy, isTrusted);
  const about = { check: 'eviction', level, says } as const;
  if (level === 'ok') return about;
  const set = 'Set it with `redis-cli CONFIG SET maxmemory-policy noeviction`, and in redis.conf.';
  if (level === 'error') return { ...about, whatToDo: set };
  return {
    ...about,
    whatToDo: 'See that its maxmemory-policy is noeviction, then set JETSMS_REDIS_NEVER_EVICTS=true.',
  };
}

function judgeWritable({ role, isWriteTried, writeRefusal }: RedisFacts): readonly Finding[] {
  const about = { check: 'writable' } as const;
  if (role === 'slave') {
    const says = 'This Redis is a replica and takes no writes';
    return [{ ...about, level: 'error', says, whatToDo: 'Point JETSMS_REDIS_URL at the primary.' }];
  }
  if (!isWriteTried) return [];
  if (writeRefusal === undefined) return [{ ...about, level: 'ok', says: 'Redis takes writes' }];
  const { meaning, whatToDo } = redisRefusals[writeRefusal];
  const why = meaning.slice(0, -1);
  return [{ ...about, level: 'error', says: `Redis refuses writes (${writeRefusal}). ${why}`, whatToDo }];
}

/** Named only where one is missing: most logins may do everything. */
function judgeRights({ missing: { commands, keys: places } }: RedisFacts): readonly Finding[] {
  if (commands.length + places.length === 0) return [];
  const mayNot = [
    ...(commands.length === 0 ? [] : [`run ${commands.join(', ')}`]),
    ...(places.length === 0 ? [] : [`use ${places.join(', ')}`]),
  ];
  return [
    {
      check: 'rights',
      level: 'error',
      says: `The user of JETSMS_REDIS_URL may not ${mayNot.join(', nor ')}`,
      whatToDo:
        'Give it these rights with ACL SETUSER, and in the ACL file: deploy/redis/users.acl has them for each role (docs/redis-users.md).',
    },
  ];
}

function judgeClock({ clockSkewMs }: RedisFacts, maxClockSkewMs: number): Finding {
  if (clockSkewMs === undefined) {
    return {
      check: 'clock',
      level: 'error',
      says: 'Redis does not tell the time',
      whatToDo: 'Let the user of JETSMS_REDIS_URL run TIME.',
    };
  }
  const awayMs = Math.abs(clockSkewMs);
  if (awayMs <= clockToleranceMs) {
    return { check: 'clock', level: 'ok', says: 'The clocks of Redis and this machine agree' };
  }
  const where = `This machine's clock is ${Math.round(awayMs / 1_000)} s ${clockSkewMs > 0 ? 'ahead of' : 'behind'} Redis'`;
  return {
    check: 'clock',
    level: 'warning',
    says: awayMs <= maxClockSkewMs ? where : `${where}: a worker here takes nothing until it is set right`,
    whatToDo: 'Set both clocks by NTP.',
  };
}
