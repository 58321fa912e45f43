import { describe, expect, it } from 'vitest';
import {
  forIoredis,
  isRedisAddress,
  maskRedisAddress,
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
  ])('is not %j', (address) => {
    expect(isRedisAddress(address)).toBe(false);
  });

  it.each([
    ['redis://127.0.0.1', 'redis://127.0.0.1'],
    ['/run/redis.sock?db=2', '/run/redis.sock?db=2'],
    ['unix:///run/redis.sock?db=2', '/run/redis.sock?db=2'],
    ['redis+unix:///run/redis.sock', '/run/redis.sock'],
  ])('%s is handed to ioredis as %s', (address, form) => {
    expect(forIoredis(address)).toBe(form);
  });

  it.each([
    ['redis://user:secret-word@host', ['secret-word']],
    ['redis://user:secret%2Fword@host', ['secret%2Fword', 'secret/word']],
    ['redis://host?password=secret-word', ['secret-word']],
    ['/run/redis.sock?password=secret-word', ['secret-word']],
    ['unix:///run/redis.sock?password=secret-word', ['secret-word']],
    ['redis://host', []],
  ])('%s gives away its passwords to whoever hides them', (address, passwords) => {
    expect(new Set(passwordsOf(address))).toEqual(new Set(passwords));
    expect(maskRedisAddress(address)).not.toMatch(/secret/);
  });
});
