import { describe, expect, it } from 'vitest';
import { captureCli } from '../capture.ts';

const env = {
  JETSMS_REDIS_URL: 'redis://:hush-1@redis.example',
  JETSMS_URL: 'https://service.example/xmlsms',
  JETSMS_USERNAME: 'shop',
  JETSMS_PASSWORD: 'hush-2',
};

describe('jetsms config', () => {
  it('prints every setting with where it came from, secrets hidden', async () => {
    const { exitCode, out } = await captureCli(['config'], { env });
    expect(exitCode).toBe(0);
    const text = out.join('\n');
    expect(text).toMatch(/redisUrl +environment JETSMS_REDIS_URL +redis:\/\/:\*\*\*@redis\.example/);
    expect(text).toMatch(/password +environment JETSMS_PASSWORD +set/);
    expect(text).not.toContain('hush');
  });

  it('prints one JSON object', async () => {
    const { out } = await captureCli(['config', '--json'], { env });
    expect(JSON.parse(out.join('\n'))).toMatchObject({
      process: { healthPort: { value: '9464', source: 'default' } },
      accounts: { default: { username: { value: 'shop', source: 'environment JETSMS_USERNAME' } } },
      warnings: [],
    });
    expect(out.join('\n')).not.toContain('hush');
  });

  it('tells everything that is wrong at once, and nothing that was given', async () => {
    const wrong = { ...env, JETSMS_CONNECTIONS: 'hush-3', JETSMS_PASSWORD_FILE: '/hush-4' };
    const { exitCode, out, err } = await captureCli(['config'], { env: wrong });
    expect(exitCode).toBe(2);
    expect(out).toEqual([]);
    const text = err.join('\n');
    expect(text).toContain('SETTINGS_INVALID');
    expect(text).toContain('JETSMS_CONNECTIONS');
    expect(text).toContain('keep JETSMS_PASSWORD or JETSMS_PASSWORD_FILE, not both');
    expect(text).not.toContain('hush');
  });

  it('gives the problems to scripts as data', async () => {
    const { err } = await captureCli(['config', '--json'], { env: {} });
    expect(JSON.parse(err.join('\n')).error).toMatchObject({
      code: 'SETTINGS_INVALID',
      problems: expect.arrayContaining([
        { key: 'redisUrl', env: 'JETSMS_REDIS_URL', message: 'must be set' },
      ]),
    });
  });

  it('demands only what the named command needs', async () => {
    const { JETSMS_REDIS_URL } = env;
    expect((await captureCli(['config'], { env: { JETSMS_REDIS_URL } })).exitCode).toBe(2);
    expect((await captureCli(['config', '--for', 'send'], { env: { JETSMS_REDIS_URL } })).exitCode).toBe(0);
    const open = { JETSMS_REDIS_URL, JETSMS_DASHBOARD_HOST: '0.0.0.0' };
    const { exitCode, err } = await captureCli(['config', '--for', 'dashboard'], { env: open });
    expect(exitCode).toBe(2);
    expect(err.join('\n')).toContain('is reachable from elsewhere');
  });
});
