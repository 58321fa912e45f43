import { describe, expect, it } from 'vitest';
import { redisOptionProblems, redisTlsProblems } from '../../../src/queue/redis-target.ts';
import { selfSigned } from '../../support/self-signed.ts';

const address = 'rediss://redis.internal';
const own = selfSigned('redis.internal');
const other = selfSigned('redis.internal');
const unreadable = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';

const fieldsOf = (...args: Parameters<typeof redisTlsProblems>): readonly string[] =>
  redisTlsProblems(...args).map(({ field }) => field);

describe('what TLS with Redis goes by', () => {
  it.each([
    [{}],
    [{ ca: own.cert }],
    [{ ca: `${own.cert}${other.cert}`, cert: own.cert, key: own.key, serverName: 'redis.internal' }],
    [{ ca: '', cert: '', key: '', serverName: '' }],
  ])('is right: case %#', (tls) => {
    expect(redisTlsProblems(address, tls)).toEqual([]);
  });

  it.each([
    ['a certificate without its key', { cert: own.cert }, ['key']],
    ['a key without its certificate', { key: own.key }, ['cert']],
    ['a key of another certificate', { cert: own.cert, key: other.key }, ['key']],
    ['texts that are no PEM', { ca: 'x', cert: 'y', key: 'z' }, ['ca', 'cert', 'key']],
    ['PEM that holds nothing', { ca: unreadable, cert: unreadable, key: own.key }, ['ca', 'cert']],
    ['a key in the place of the authorities', { ca: own.key }, ['ca']],
    ['a name that is none', { serverName: 'redis internal' }, ['serverName']],
  ])('is not %s', (_, tls, fields) => {
    expect(fieldsOf(address, tls)).toEqual(fields);
  });

  it('is refused for an address without TLS, each field by itself', () => {
    const tls = { ca: own.cert, serverName: 'redis.internal' };
    for (const clear of ['redis://h', '/run/redis.sock', 'redis+sentinel://s/m', 'redis+cluster://n'])
      expect(fieldsOf(clear, tls)).toEqual(['ca', 'serverName']);
    for (const secure of ['rediss+sentinel://s/m', 'rediss+cluster://n'])
      expect(redisTlsProblems(secure, tls)).toEqual([]);
  });

  it('of options is refused with all problems at once, whatever it is', () => {
    expect(redisOptionProblems('http://h', { cert: own.cert, serverName: '?' })).toHaveLength(3);
    expect(redisOptionProblems(address, 'pem')).toHaveLength(1);
    expect(redisOptionProblems(address, { passphrase: 'x' })).toHaveLength(1);
    expect(redisOptionProblems(address, { ca: 7 })).toHaveLength(1);
    expect(redisOptionProblems(address, undefined)).toEqual([]);
  });
});
