import { describe, expect, it } from 'vitest';
import { judgeRedis, type RedisFacts } from '../../../src/operator/redis-check.ts';

const good: RedisFacts = {
  version: '7.2.4',
  mode: 'standalone',
  evictionPolicy: 'noeviction',
  hasAof: true,
  hasSnapshots: true,
  appendFsync: 'everysec',
  role: 'master',
  isWriteTried: true,
  writeRefusal: undefined,
  missing: { commands: [], keys: [] },
  clockSkewMs: 0,
};

const limits = { maxClockSkewMs: 30_000, redisNeverEvicts: false };

/** The findings that are not ok, each with its level. */
const troubles = (change: Partial<RedisFacts>, redisNeverEvicts = false): readonly string[] =>
  judgeRedis({ ...good, ...change }, { ...limits, redisNeverEvicts })
    .filter(({ level }) => level !== 'ok')
    .map(({ check, level }) => `${level} ${check}`);

describe('judgeRedis', () => {
  it('finds a good Redis good', () => {
    expect(troubles({})).toEqual([]);
  });

  it.each<[string, Partial<RedisFacts>, string]>([
    ['an old version', { version: '5.0.14' }, 'error version'],
    ['a policy that evicts', { evictionPolicy: 'volatile-ttl' }, 'error eviction'],
    ['a replica', { role: 'slave' }, 'error writable'],
    ['a policy that it does not say', { evictionPolicy: undefined }, 'warning eviction'],
    ['a policy that nobody knows', { evictionPolicy: 'clever' }, 'warning eviction'],
    ['a version that it does not say', { version: undefined }, 'warning version'],
    ['a Sentinel, and nothing else of it', { mode: 'sentinel', evictionPolicy: undefined }, 'error version'],
    ['a refused write', { writeRefusal: 'OOM' }, 'error writable'],
    ['a command that is not allowed', { missing: { commands: ['xadd'], keys: [] } }, 'error rights'],
    ['a key that is not allowed', { missing: { commands: [], keys: ['x'] } }, 'error rights'],
    ['a log that it does not speak of', { hasAof: undefined }, 'warning persistence'],
    ['a time that it does not tell', { clockSkewMs: undefined }, 'error clock'],
    ['snapshots only', { hasAof: false }, 'warning persistence'],
    [
      'no log, and snapshots that it does not speak of',
      { hasAof: false, hasSnapshots: undefined },
      'warning persistence',
    ],
    ['nothing on disk', { hasAof: false, hasSnapshots: false }, 'warning persistence'],
    ['a log that the system writes when it likes', { appendFsync: 'no' }, 'warning persistence'],
    ['a clock that is ahead', { clockSkewMs: 2_500 }, 'warning clock'],
    ['a clock that is behind', { clockSkewMs: -60_000 }, 'warning clock'],
  ])('names %s', (_title, change, trouble) => {
    expect(troubles(change)).toEqual([trouble]);
  });

  it.each([
    [9_000, "This machine's clock is 9 s ahead of Redis'"],
    [-30_000, "This machine's clock is 30 s behind Redis'"],
    [
      600_000,
      "This machine's clock is 600 s ahead of Redis': a worker here takes nothing until it is set right",
    ],
  ])('names a skew of %d ms, and what follows from it', (clockSkewMs, says) => {
    const findings = judgeRedis({ ...good, clockSkewMs }, limits);
    expect(findings.find(({ check }) => check === 'clock')).toMatchObject({ level: 'warning', says });
  });

  it('takes the word of the settings for a policy that is not said, and not for one that evicts', () => {
    expect(troubles({ evictionPolicy: undefined }, true)).toEqual([]);
    expect(troubles({ evictionPolicy: 'allkeys-lfu' }, true)).toEqual(['error eviction']);
  });

  it('names what is not allowed', () => {
    const missing = { commands: ['xadd', 'zadd'], keys: ['{jetsms}:jetsms-shop:meta'] };
    const findings = judgeRedis({ ...good, missing }, limits);
    expect(findings.find(({ check }) => check === 'rights')?.says).toBe(
      'The user of JETSMS_REDIS_URL may not run xadd, zadd, nor use {jetsms}:jetsms-shop:meta',
    );
  });

  it('claims nothing about what the user may not ask', () => {
    const saying = (change: Partial<RedisFacts>) =>
      judgeRedis({ ...good, ...change }, limits).map(({ says }) => says);
    expect(saying({ hasAof: false, hasSnapshots: undefined })).toContain(
      'Redis keeps no log, and does not say whether it keeps snapshots: a crash loses messages',
    );
    expect(saying({ appendFsync: undefined })).toContain(
      'Redis keeps a log (how often it is written, this user may not ask)',
    );
  });

  it('says nothing of writes where none was tried', () => {
    const findings = judgeRedis({ ...good, isWriteTried: false }, limits);
    expect(findings.map(({ check }) => check)).not.toContain('writable');
    const replica = judgeRedis({ ...good, isWriteTried: false, role: 'slave' }, limits);
    expect(replica.find(({ check }) => check === 'writable')?.level).toBe('error');
  });

  it('says what to do about everything that is not ok', () => {
    const bad = {
      ...good,
      version: '4.0',
      evictionPolicy: 'allkeys-lru',
      hasAof: false,
      role: 'slave',
      missing: { commands: ['xadd'], keys: [] },
      clockSkewMs: 9_000,
    };
    for (const finding of judgeRedis(bad, limits)) expect(finding.whatToDo).toMatch(/\.$/);
  });
});
