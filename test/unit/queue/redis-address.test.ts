import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isClusterAddress,
  isRedisAddress,
  maskRedisAddress,
  parseRedisAddress,
  passwordsOf,
} from '../../../src/queue/redis-address.ts';

describe('an address of Redis', () => {
  it.each([
    'redis://127.0.0.1',
    'redis://user:secret@redis.internal:6379/0',
    'rediss://redis.internal:6380/2?family=6',
    '/run/redis.sock',
    '/run/redis.sock?db=2',
    'unix:///run/redis.sock',
    'redis+unix:///run/redis.sock?db=2',
    'redis+sentinel://s1/mymaster',
    'redis+sentinel://user:secret@s1:26379,s2,[::1]:26380/mymaster?db=3',
    'rediss+sentinel://:secret@10.0.0.1:26379/my-master.1?sentinelUsername=u&sentinelPassword=p&family=6',
    'redis+cluster://n1:7000,n2:7001',
    'rediss+cluster://user:p%40ss@n1:7000?family=0',
    'redis+cluster://n1:7000/',
  ])('is %s', (address) => {
    expect(isRedisAddress(address)).toBe(true);
  });

  it.each([
    '',
    'redis.internal:6379',
    'http://127.0.0.1',
    'redis://',
    'redis://127.0.0.1/main',
    '//run/redis.sock',
    'unix://run/redis.sock',
    'run/redis.sock',
    'redis+sentinel://s1:26379',
    'redis+cluster://',
    undefined,
    7,
  ])('is not %j', (address) => {
    expect(isRedisAddress(address)).toBe(false);
  });

  it.each([
    ['redis://127.0.0.1', 'redis://127.0.0.1'],
    ['/run/redis.sock?db=2', '/run/redis.sock?db=2'],
    ['unix:///run/redis.sock?db=2', '/run/redis.sock?db=2'],
    ['redis+unix:///run/redis.sock', '/run/redis.sock'],
  ])('%s is handed to ioredis as %s', (address, form) => {
    expect(parseRedisAddress(address).address).toMatchObject({ kind: 'single', forIoredis: form });
  });

  it.each([
    ['redis://user:secret-word@host', ['secret-word']],
    ['redis://user:secret%2Fword@host', ['secret%2Fword', 'secret/word']],
    ['redis://host?password=secret-word', ['secret-word']],
    ['/run/redis.sock?password=secret-word', ['secret-word']],
    ['unix:///run/redis.sock?password=secret-word', ['secret-word']],
    ['redis://host', []],
    ['redis+sentinel://user:secret%2Fword@s1,s2/mymaster', ['secret%2Fword', 'secret/word']],
    ['redis+sentinel://s1/m?sentinelPassword=secret%2Fword', ['secret%2Fword', 'secret/word']],
    ['rediss+cluster://user:secret@word@n1,n2', ['secret@word']],
    ['redis+cluster://n1', []],
  ])('%s gives away its passwords to whoever hides them', (address, passwords) => {
    expect(new Set(passwordsOf(address))).toEqual(new Set(passwords));
    expect(maskRedisAddress(address)).not.toMatch(/secret/);
  });
  it('behind Sentinels names all of them, the primary, its database and both logins', () => {
    const text =
      'rediss+sentinel://us%40er:p%2Fw@s1:26379,s2,[fd00::1]:26380/mymaster?db=3&sentinelUsername=u&sentinelPassword=p%26w';
    expect(parseRedisAddress(text).address).toEqual({
      kind: 'sentinel',
      tls: true,
      sentinels: [
        { host: 's1', port: 26_379 },
        { host: 's2', port: 26_379 },
        { host: 'fd00::1', port: 26_380 },
      ],
      name: 'mymaster',
      db: 3,
      login: { username: 'us@er', password: 'p/w' },
      sentinelLogin: { username: 'u', password: 'p&w' },
    });
  });

  it('of a cluster names some of its nodes and the login', () => {
    expect(parseRedisAddress('redis+cluster://:pw@n1:7000,n2?family=6').address).toEqual({
      kind: 'cluster',
      tls: false,
      nodes: [
        { host: 'n1', port: 7_000 },
        { host: 'n2', port: 6_379 },
      ],
      login: { password: 'pw' },
      family: 6,
    });
    expect(isClusterAddress('redis+cluster://n1')).toBe(true);
    expect(isClusterAddress('redis://n1')).toBe(false);
  });

  it.each([
    ['redis+sentinel://s1:26379', /what the Sentinels call the primary/],
    ['redis+sentinel://s1/my master', /what the Sentinels call the primary/],
    ['redis+sentinel://s1:0,s2/m', /host number 1/],
    ['redis+sentinel://s1,,s2/m', /host number 2/],
    ['redis+sentinel://s1,s2:99999/m', /host number 2/],
    ['redis+sentinel://user:p/w@s1/m', /percent/],
    ['redis+sentinel://s1/m?db=x', /number of a database/],
    ['redis+sentinel://s1/m?database=1', /something else than db/],
    ['redis+sentinel://s1/m?family=5', /family/],
    ['redis+cluster://n1/3', /no numbered databases/],
    ['redis+cluster://n1?db=3', /no numbered databases/],
    ['redis+cluster://', /host number 1/],
    ['redis://h1:6379,h2:6379', /several hosts/],
    ['redis://h1/main', /number of a database/],
    ['redis://', /host and port/],
    ['sentinel://h1', /begins like none/],
  ])('%s is refused with a word that says what is wrong', (text, words) => {
    expect(parseRedisAddress(text).problem).toMatch(words);
  });

  it('shows what is no secret of an address with several hosts', () => {
    expect(maskRedisAddress('redis+sentinel://app:secret@s1,s2/mymaster?sentinelPassword=secret')).toBe(
      'redis+sentinel://app:***@s1,s2/mymaster?***',
    );
    expect(maskRedisAddress('rediss+cluster://n1:7000,n2:7001')).toBe('rediss+cluster://n1:7000,n2:7001');
    expect(maskRedisAddress('redis://:secret@h1:x,h2/m')).not.toContain('secret');
  });

  it('is read, masked and searched for passwords whatever the text is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string().map((rest) => `redis+sentinel://${rest}`),
          fc.string().map((rest) => `rediss+cluster://${rest}`),
        ),
        (text) => {
          const { address, problem } = parseRedisAddress(text);
          expect((address === undefined) !== (problem === undefined)).toBe(true);
          expect(typeof maskRedisAddress(text)).toBe('string');
          expect(passwordsOf(text).every((password) => password !== '')).toBe(true);
        },
      ),
    );
  });
});
