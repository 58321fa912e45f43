import { describe, expect, it } from 'vitest';
import { judgeRedis, type RedisFacts } from '../../../src/worker/redis-check.ts';

const good: RedisFacts = {
  version: '7.2.4',
  evictionPolicy: 'noeviction',
  hasAof: true,
  hasSnapshots: true,
  appendFsync: 'everysec',
  role: 'master',
  clockSkewMs: 0,
};

const limits = { maxClockSkewMs: 30_000 };

/** The findings that are not ok, each with its level. */
const troubles = (change: Partial<RedisFacts>): readonly string[] =>
  judgeRedis({ ...good, ...change }, limits)
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
    ['snapshots only', { hasAof: false }, 'warning persistence'],
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

  it('says what to do about everything that is not ok', () => {
    const bad = {
      ...good,
      version: '4.0',
      evictionPolicy: 'allkeys-lru',
      hasAof: false,
      role: 'slave',
      clockSkewMs: 9_000,
    };
    for (const finding of judgeRedis(bad, limits)) expect(finding.whatToDo).toMatch(/\.$/);
  });
});
