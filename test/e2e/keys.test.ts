import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { createApiKeys } from '../../src/gateway/keys/api-keys.ts';
import { runCli } from '../support/process.ts';
import { freshPrefix, sharedRedisUrl } from '../support/redis.ts';

it('jetsms keys: a key that one process has made is good in another, and refused once a third has revoked it', async () => {
  const prefix = freshPrefix();
  const redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
  onTestFinished(() => redis.disconnect());
  const apiKeys = createApiKeys({ redis, prefix });
  const env = { JETSMS_REDIS_URL: sharedRedisUrl(), JETSMS_PREFIX: prefix };

  const created = await runCli(['keys', 'create', '--name', 'shop', '--rights', 'send'], { env });
  expect(created.code).toBe(0);
  expect(await apiKeys.verify(created.stdout)).toMatchObject({ name: 'shop', rights: ['send'] });

  const listed = await runCli(['keys', 'list'], { env });
  expect(listed.stdout).toMatch(/^shop .*in-force/m);

  const revoked = await runCli(['keys', 'revoke', 'shop'], { env });
  expect(revoked.code).toBe(0);
  expect(await apiKeys.verify(created.stdout)).toBeUndefined();
  for (const { stdout, stderr } of [created, listed, revoked])
    expect(`${stderr}${stdout === created.stdout ? '' : stdout}`).not.toContain(created.stdout);
});

it('jetsms keys says so where Redis is away', async () => {
  const env = { JETSMS_REDIS_URL: 'redis://127.0.0.1:1' };
  const { code, stdout, stderr } = await runCli(['keys', 'create', '--name', 'shop'], { env });
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toMatch(/^error REDIS_UNAVAILABLE/);
});
