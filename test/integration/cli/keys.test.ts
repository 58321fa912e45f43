import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApiKeys } from '../../../src/gateway/keys/api-keys.ts';
import { keys as redisKeys } from '../../../src/queue/names.ts';
import { freshPrefix, sharedRedisUrl } from '../../support/redis.ts';
import { waitFor } from '../../support/wait-for.ts';
import { captureCli } from '../../unit/cli/capture.ts';

let redis: Redis;
let prefix: string;

beforeAll(() => {
  redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
});
afterAll(() => redis.disconnect());
beforeEach(() => {
  prefix = freshPrefix();
});

async function jetsms(...args: readonly string[]) {
  const env = { JETSMS_REDIS_URL: sharedRedisUrl(), JETSMS_PREFIX: prefix };
  const { exitCode, out, err } = await captureCli(['keys', ...args], { env });
  return { code: exitCode, stdout: out.join('\n'), stderr: err.join('\n') };
}
const verify = (key: string) => createApiKeys({ redis, prefix }).verify(key);

describe('jetsms keys create', () => {
  it('prints the key alone, and what it allows beside it', async () => {
    const { code, stdout, stderr } = await jetsms('create', '--name', 'shop');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^jetsms_[a-p]{12}_[0-9a-f]{56}$/);
    expect(stderr).not.toContain(stdout);
    expect(stderr).toMatch(
      /^The key shop \([a-p]{12}\) may send, read, cancel; it is good until it is revoked\./,
    );
    expect(stderr).toMatch(/shown this once/);
    expect(await verify(stdout)).toMatchObject({ name: 'shop', rights: ['send', 'read', 'cancel'] });
  });

  it('makes a key with every limit', async () => {
    const options = ['--accounts', 'default', '--lanes', 'otp,bulk', '--rights', 'send, read'];
    const more = ['--rate', '50', '--expires-in', '90d', '--json'];
    const { code, stdout } = await jetsms('create', '--name', 'shop', ...options, ...more);
    expect(code).toBe(0);
    const { key, createdAt, expiresAt, id, ...view } = JSON.parse(stdout);
    expect(view).toEqual({
      name: 'shop',
      rights: ['send', 'read'],
      accounts: ['default'],
      lanes: ['otp', 'bulk'],
      ratePerSecond: 50,
    });
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(90 * 24 * 3_600_000);
    expect(await verify(key)).toEqual({ ...view, id, expiresAt: expect.any(Number) });
  });

  it.each([
    ['without a name', [], 'USAGE'],
    ['with a phone number for a name', ['--name', 'k05321234567'], 'API_KEY_NAME_INVALID'],
    ['with an account that there is not', ['--name', 'a', '--accounts', 'default,kargo'], 'ACCOUNT_UNKNOWN'],
    ['with a lane that there is not', ['--name', 'a', '--lanes', 'fast'], 'API_KEY_INVALID'],
    ['with a right that there is not', ['--name', 'a', '--rights', ''], 'API_KEY_INVALID'],
    ['with a rate of nothing', ['--name', 'a', '--rate', '0'], 'API_KEY_INVALID'],
    ['with a rate that is no number', ['--name', 'a', '--rate', 'much'], 'USAGE'],
    ['with an expiry without a unit', ['--name', 'a', '--expires-in', '90'], 'USAGE'],
    ['with an expiry of nothing', ['--name', 'a', '--expires-in', '0d'], 'API_KEY_INVALID'],
  ])('makes none %s, and says so', async (_, args, error) => {
    const { code, stdout, stderr } = await jetsms('create', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^error ${error}: `));
    expect(stderr).not.toMatch(/0532|fast|much/);
    expect(await redis.exists(redisKeys.gatewayKeys(prefix))).toBe(0);
  });

  it('makes no second key under a name', async () => {
    await jetsms('create', '--name', 'shop');
    const { code, stderr } = await jetsms('create', '--name', 'shop', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stderr).error.code).toBe('API_KEY_NAME_TAKEN');
  });
});

describe('jetsms keys list', () => {
  it('says that there is none', async () => {
    expect((await jetsms('list')).stdout).toMatch(/^There is no API key\./);
    expect(JSON.parse((await jetsms('list', '--json')).stdout)).toEqual({ keys: [] });
  });

  it('shows keys in force, over and unreadable, and no key itself', async () => {
    const { key } = JSON.parse((await jetsms('create', '--name', 'shop', '--rate', '5', '--json')).stdout);
    await jetsms('create', '--name', 'old', '--expires-in', '1s');
    await verify(key);
    await redis.hset(redisKeys.gatewayKeys(prefix), 'id:aaaaaaaaaaaa', 'rubbish');
    const views = async () => JSON.parse((await jetsms('list', '--json')).stdout).keys;
    await waitFor(async () => (await views())[0].state === 'over' && (await views())[1].lastUsedAt !== null);
    expect(await views()).toMatchObject([
      { name: 'old', state: 'over', lastUsedAt: null, expiresAt: expect.stringMatching(/^20/) },
      { name: 'shop', state: 'in-force', ratePerSecond: 5, accounts: null, expiresAt: null },
      { id: 'aaaaaaaaaaaa', state: 'unreadable' },
    ]);
    const { stdout } = await jetsms('list');
    expect(stdout).toMatch(/^NAME +ID +STATE +CREATED +EXPIRES +LAST USED +RIGHTS, AND LIMITS\n/);
    expect(stdout).toMatch(/^shop .* in-force .* never .*send, read, cancel; 5 requests a second$/m);
    expect(stdout).toMatch(/^\? +aaaaaaaaaaaa +unreadable .*revoke it by its id$/m);
    expect(stdout).not.toContain(key.slice(-20));
  });
});

describe('jetsms keys revoke', () => {
  it.each(['name', 'id', 'key'])('refuses a key from then on, by its %s', async (by) => {
    const view = JSON.parse((await jetsms('create', '--name', 'shop', '--json')).stdout);
    const { code, stdout, stderr } = await jetsms('revoke', view[by]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^${view.id} is revoked`));
    expect(stdout).not.toContain(view.key);
    expect(await verify(view.key)).toBeUndefined();
  });

  it('says where there is no such key, and never which was asked for', async () => {
    const { code, stdout, stderr } = await jetsms('revoke', '05321234567');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error API_KEY_UNKNOWN: /);
    expect(stderr).not.toContain('0532');
  });

  it('frees the name', async () => {
    await jetsms('create', '--name', 'shop');
    expect(JSON.parse((await jetsms('revoke', 'shop', '--json')).stdout).revoked).toMatch(/^[a-p]{12}$/);
    expect((await jetsms('create', '--name', 'shop')).code).toBe(0);
  });
});
