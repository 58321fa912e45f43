import type { Redis } from 'ioredis';
import { createRedisClock } from '../queue/redis-clock.ts';

/** One thing that was looked at, and what to do about it where it is not as it should be. */
export interface Finding {
  readonly check: 'version' | 'eviction' | 'persistence' | 'writable' | 'clock';
  readonly level: 'ok' | 'warning' | 'error';
  readonly says: string;
  readonly whatToDo?: string;
}

/** What `judgeRedis` rests on, as Redis says it. */
export interface RedisFacts {
  readonly version: string;
  readonly evictionPolicy: string;
  readonly hasAof: boolean;
  /** Undefined where the login may not ask for it. */
  readonly hasSnapshots: boolean | undefined;
  /** `appendfsync`; undefined where the login may not ask for it. */
  readonly appendFsync: string | undefined;
  readonly role: string;
  /** How far this machine's clock is ahead of Redis' (negative: behind). */
  readonly clockSkewMs: number;
}

/** Clocks that are set by NTP differ by much less: a difference above this is worth a word. */
const clockToleranceMs = 2_000;

/** BullMQ's scripts need commands of this version. */
const oldestMajor = 6;

/**
 * Asks Redis for what decides whether messages are safe in it.
 * @throws whatever ioredis throws when Redis does not answer
 */
export async function askRedis(redis: Redis): Promise<RedisFacts> {
  const info = parseInfo(await redis.info());
  const [save, appendFsync] = await Promise.all([configOf(redis, 'save'), configOf(redis, 'appendfsync')]);
  const clock = createRedisClock(redis);
  await clock.measure();
  return {
    version: info.get('redis_version') ?? 'unknown',
    evictionPolicy: info.get('maxmemory_policy') ?? 'unknown',
    hasAof: info.get('aof_enabled') === '1',
    hasSnapshots: save === undefined ? undefined : save !== '',
    appendFsync,
    role: info.get('role') ?? 'unknown',
    clockSkewMs: clock.skewMs() ?? 0,
  };
}

/** What to think of a Redis: an error means that messages could be lost, so a worker refuses to start. */
export function judgeRedis(
  facts: RedisFacts,
  { maxClockSkewMs }: { readonly maxClockSkewMs: number },
): readonly Finding[] {
  return [
    judgeVersion(facts),
    judgeEviction(facts),
    judgePersistence(facts),
    judgeRole(facts),
    judgeClock(facts, maxClockSkewMs),
  ];
}

function judgeVersion({ version }: RedisFacts): Finding {
  const major = Number.parseInt(version, 10);
  if (major >= oldestMajor) return { check: 'version', level: 'ok', says: `Redis ${version}` };
  return {
    check: 'version',
    level: 'error',
    says: `Redis ${version} is too old`,
    whatToDo: `Use Redis ${oldestMajor}.2 or later, or Valkey.`,
  };
}

function judgeEviction({ evictionPolicy }: RedisFacts): Finding {
  if (evictionPolicy === 'noeviction') return { check: 'eviction', level: 'ok', says: 'Redis never evicts' };
  return {
    check: 'eviction',
    level: 'error',
    says: `Redis may throw messages away when its memory is full (maxmemory-policy is ${evictionPolicy})`,
    whatToDo: 'Set it with `redis-cli CONFIG SET maxmemory-policy noeviction`, and in redis.conf.',
  };
}

function judgePersistence({ hasAof, hasSnapshots, appendFsync }: RedisFacts): Finding {
  if (hasAof && appendFsync === 'no') {
    return {
      check: 'persistence',
      level: 'warning',
      says: 'Redis leaves it to the system when its log is written (appendfsync is no)',
      whatToDo: 'Set `appendfsync everysec`, or `always` where not one message may be lost.',
    };
  }
  if (hasAof)
    return {
      check: 'persistence',
      level: 'ok',
      says: `Redis keeps a log (appendfsync ${appendFsync ?? 'unknown'})`,
    };
  const says = hasSnapshots
    ? 'Redis keeps snapshots only: a crash loses what came after the last one'
    : 'Redis keeps nothing on disk: a restart loses every waiting message';
  return {
    check: 'persistence',
    level: 'warning',
    says,
    whatToDo: 'Set `appendonly yes` (`redis-cli CONFIG SET appendonly yes`, and in redis.conf).',
  };
}

function judgeRole({ role }: RedisFacts): Finding {
  if (role === 'master') return { check: 'writable', level: 'ok', says: 'Redis takes writes' };
  return {
    check: 'writable',
    level: 'error',
    says: `This Redis is a ${role} and takes no writes`,
    whatToDo: 'Point JETSMS_REDIS_URL at the primary.',
  };
}

function judgeClock({ clockSkewMs }: RedisFacts, maxClockSkewMs: number): Finding {
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

function parseInfo(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(/\r?\n/).filter((line) => line.includes(':'));
  return new Map(
    pairs.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)] as const),
  );
}

/** A login with few rights may not ask for the configuration; then the answer is unknown, not wrong. */
async function configOf(redis: Redis, name: string): Promise<string | undefined> {
  try {
    const answer: unknown = await redis.config('GET', name);
    return configValue(answer, name);
  } catch {
    return undefined;
  }
}

/** RESP2 answers with a list, RESP3 with a map. */
function configValue(answer: unknown, name: string): string | undefined {
  if (Array.isArray(answer)) return typeof answer[1] === 'string' ? answer[1] : undefined;
  if (typeof answer !== 'object' || answer === null) return undefined;
  const value: unknown = Reflect.get(answer, name);
  return typeof value === 'string' ? value : undefined;
}
