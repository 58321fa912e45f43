import { describe, expect, it } from 'vitest';
import { judgeRedis, type RedisFacts } from '../../../src/worker/redis-check.ts';

const good: RedisFacts = {
  version: '7.2.4',
  evictionPolicy: 'noeviction',
  hasAof: true,
  hasSnapshots: true,
  appendFsync: 'everysec',
  role: 'master',
  clockAheadMs: 0,
};

/** The findings that are not ok, each with its level. */
const troubles = (change: Partial<RedisFacts>): readonly string[] =>
  judgeRedis({ ...good, ...change })
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
    ['a clock that is ahead', { clockAheadMs: 2_500 }, 'warning clock'],
    ['a clock that is behind', { clockAheadMs: -60_000 }, 'warning clock'],
  ])('names %s', (_title, change, trouble) => {
    expect(troubles(change)).toEqual([trouble]);
  });

  it('says what to do about everything that is not ok', () => {
    const bad = {
      ...good,
      version: '4.0',
      evictionPolicy: 'allkeys-lru',
      hasAof: false,
      role: 'slave',
      clockAheadMs: 9_000,
    };
    for (const finding of judgeRedis(bad)) expect(finding.whatToDo).toMatch(/\.$/);
  });
});
