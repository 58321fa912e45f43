import { access } from 'node:fs/promises';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { freshPrefix, sharedRedisUrl, startRedis } from '../../support/redis.ts';

describe('startRedis', () => {
  it('gives a private server that removes its files when it stops', async () => {
    const redis = await startRedis();
    expect(await redis.client().ping()).toBe('PONG');
    await redis.stop();
    await expect(access(redis.dir)).rejects.toThrow();
  });

  it('keeps what was written through a kill when the append-only file is on', async () => {
    await using redis = await startRedis({ aof: 'always' });
    const client = redis.client();
    await client.set('kept', 'yes');
    await redis.kill('SIGKILL');
    await redis.restart();
    expect(await client.get('kept')).toBe('yes');
  });

  it('forgets everything at a restart without it', async () => {
    await using redis = await startRedis();
    const client = redis.client();
    await client.set('kept', 'no');
    await redis.restart();
    expect(await client.get('kept')).toBeNull();
  });

  it('stands still while frozen and answers after the thaw', async () => {
    await using redis = await startRedis();
    const client = redis.client();
    await client.ping();
    redis.freeze();
    const quick = redis.client({ commandTimeout: 100 });
    await expect(quick.ping()).rejects.toThrow(/timed out/);
    redis.thaw();
    expect(await client.ping()).toBe('PONG');
  });

  it('can be stopped while frozen', async () => {
    const redis = await startRedis();
    redis.freeze();
    await redis.stop();
    await expect(access(redis.dir)).rejects.toThrow();
  });
});

describe('the shared Redis', () => {
  it('answers under a prefix that no other test has', async () => {
    const client = new Redis(sharedRedisUrl());
    const prefix = freshPrefix();
    expect(prefix).not.toBe(freshPrefix());
    expect(await client.keys(`${prefix}*`)).toEqual([]);
    await client.quit();
  });
});
