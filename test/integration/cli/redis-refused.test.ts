import { describe, expect, it } from 'vitest';
import { serveDashboard } from '../../../src/dashboard/serve.ts';
import { silentLogger } from '../../../src/log/logger.ts';
import { readSettings } from '../../../src/settings/read.ts';
import { startRedis } from '../../support/redis.ts';
import { captureCli } from '../../unit/cli/capture.ts';

const commands: readonly (readonly string[])[] = [
  ['send', '--to', '905321234567', '--text', 'Kodunuz 481516', '--title', 'ACME'],
  ['holds'],
  ['hold', 'default', '--reason', 'a look'],
  ['resume', 'default'],
  ['campaign', 'sale'],
  ['dead', 'list'],
  ['account'],
];

const env = {
  JETSMS_URL: 'http://127.0.0.1:1/',
  JETSMS_USERNAME: 'acme',
  JETSMS_PASSWORD: 'correct-horse',
};

describe('a Redis that refuses', () => {
  it.each(commands)('the login is told as that by jetsms %s, with exit code 3', async (...args) => {
    await using redis = await startRedis();
    const url = `redis://nobody:hidden-word@127.0.0.1:${redis.port}`;
    const { exitCode, err } = await captureCli(args, { env: { ...env, JETSMS_REDIS_URL: url } });
    expect(exitCode).toBe(3);
    expect(err.join('\n')).toMatch(
      /^error REDIS_REFUSED: Redis has refused it.* WRONGPASS: It does not take/,
    );
    expect(err.join('\n')).not.toMatch(/hidden-word|321234567|481516/);
  });

  it.each(commands)('a right is told as that by jetsms %s, with exit code 3', async (...args) => {
    await using redis = await startRedis();
    const rights = ['on', '>pw', '~*', '+@connection', '+info'];
    await redis.client().call('ACL', 'SETUSER', 'few', ...rights);
    const url = `redis://few:pw@127.0.0.1:${redis.port}`;
    const { exitCode, err } = await captureCli(args, { env: { ...env, JETSMS_REDIS_URL: url } });
    expect(exitCode).toBe(3);
    expect(err.join('\n')).toMatch(/^error REDIS_REFUSED: .* NOPERM: Its user lacks a right/);
    expect(err.join('\n')).not.toMatch(/321234567|481516/);
  });

  it('is told as that by the dashboard', async () => {
    await using redis = await startRedis();
    const url = `redis://nobody:hidden-word@127.0.0.1:${redis.port}`;
    const settings = readSettings({ env: { JETSMS_REDIS_URL: url, JETSMS_DASHBOARD_PORT: '0' } });
    await expect(serveDashboard({ settings, log: silentLogger() })).rejects.toMatchObject({
      code: 'REDIS_REFUSED',
      message: expect.stringContaining('WRONGPASS'),
    });
  });
});
