import { describe, expect, it } from 'vitest';
import { maskRedisAddress } from '../../../src/queue/redis-address.ts';
import { describeSettings, settingsToJson } from '../../../src/settings/describe.ts';
import { parseSettings } from '../../../src/settings/parse.ts';

const env = {
  JETSMS_REDIS_URL: 'redis://worker:hush-1@redis.example:6379/2?password=hush-2',
  JETSMS_PASSWORD: 'hush-3',
  JETSMS_DASHBOARD_PASSWORD: 'hush-4-long',
  JETSMS_CONFIG: '/config.json',
  JETSMS_TITLE: 'ENV',
};
const config = { accounts: { shop: { title: 'SHOP', mmsWindows: 'Mon 09:00-10:00' }, clinic: {} } };
const settings = parseSettings({ env, files: () => JSON.stringify(config) });

describe('described settings', () => {
  it('say for each setting its value and where it came from', () => {
    const { process, accounts } = settingsToJson(settings);
    expect(process['shutdownTimeoutMs']).toEqual({ value: '30000', source: 'default' });
    expect(process['configFile']).toEqual({ value: '/config.json', source: 'environment JETSMS_CONFIG' });
    expect(accounts['shop']?.['title']).toEqual({ value: 'SHOP', source: 'config accounts.shop.title' });
    expect(accounts['shop']?.['mmsWindows']?.value).toBe('Mon 09:00-10:00');
    expect(accounts['clinic']?.['title']).toEqual({ value: 'ENV', source: 'environment JETSMS_TITLE' });
    expect(accounts['clinic']?.['url']).toEqual({ value: 'not set', source: '' });
  });

  it('never show a secret', () => {
    const shown = JSON.stringify([describeSettings(settings), settingsToJson(settings)]);
    expect(shown).not.toContain('hush');
    const { process, accounts } = settingsToJson(settings);
    expect(process['redisUrl']?.value).toBe('redis://worker:***@redis.example:6379/2?***');
    expect(process['dashboardPassword']?.value).toBe('set');
    expect(accounts['shop']?.['password']?.value).toBe('set');
  });

  it('call a secret that was not read "set", and one that nobody set "not set"', () => {
    const unread = parseSettings({ env: { JETSMS_PASSWORD_FILE: '/not/mounted' } });
    const { process, accounts } = settingsToJson(unread);
    expect(accounts['default']?.['password']?.value).toBe('set');
    expect(process['dashboardPassword']?.value).toBe('not set');
  });

  it.each([
    ['redis://localhost', 'redis://localhost'],
    ['rediss://:pw@host:1', 'rediss://:***@host:1'],
    ['/run/redis.sock?password=x', '/run/redis.sock?***'],
  ])('mask %s as %s', (address, masked) => {
    expect(maskRedisAddress(address)).toBe(masked);
  });
});
