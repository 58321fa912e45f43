import { Redis } from 'ioredis';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { countCampaignJob, deadCount, readCampaign, setCampaignState } from '../../../src/queue/campaign.ts';
import { keys } from '../../../src/queue/names.ts';
import { freshPrefix, sharedRedisUrl } from '../../support/redis.ts';
import { captureCli } from '../../unit/cli/capture.ts';

const redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
afterAll(() => redis.disconnect());

const startedAt = Date.UTC(2030, 0, 1);
let place: { readonly prefix: string; readonly account: string; readonly campaign: string };

beforeEach(async () => {
  place = { prefix: freshPrefix(), account: 'default', campaign: 'sale' };
  const job = { position: 0, messages: 1_000, deadlineAt: startedAt, now: startedAt };
  await countCampaignJob(redis, place, job);
  await redis.hset(keys.campaign(place.prefix, 'default', 'sale'), {
    accepted: 900,
    [deadCount({ reason: 'terminal', code: '12' })]: 8,
    [deadCount({ reason: 'expired' })]: 2,
  });
});

async function jetsms(...args: readonly string[]) {
  const env = { JETSMS_REDIS_URL: sharedRedisUrl(), JETSMS_PREFIX: place.prefix };
  const { exitCode, out, err } = await captureCli(args, { env });
  return { code: exitCode, stdout: out.join('\n'), stderr: err.join('\n') };
}
const shown = async (...args: readonly string[]) =>
  JSON.parse((await jetsms('campaign', 'sale', ...args, '--json')).stdout);

describe('jetsms campaign', () => {
  it('shows how far it has come, and what each code means', async () => {
    const { code, stdout, stderr } = await jetsms('campaign', 'sale');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').map((line) => line.replace(/ {2,}/g, '  '))).toEqual([
      'Campaign sale of account default: running',
      'messages  1000',
      'waiting  90',
      'accepted  900',
      expect.stringMatching(/^dead 12 {2}8 {2}\S.+/),
      'dead expired  2',
    ]);
  });

  it('prints one JSON object with --json', async () => {
    expect(await shown()).toEqual({
      id: 'sale',
      account: 'default',
      state: 'running',
      messages: 1_000,
      waiting: 90,
      accepted: 900,
      dead: { 12: 8, expired: 2 },
      startedAt,
    });
  });

  it('pauses, resumes and cancels, and shows the state that came of it', async () => {
    expect(await shown('pause')).toMatchObject({ state: 'paused' });
    expect(await shown('pause')).toMatchObject({ state: 'paused' });
    expect(await shown('resume')).toMatchObject({ state: 'running' });
    expect(await shown('cancel')).toMatchObject({ state: 'cancelled' });
    expect(await readCampaign(redis, place)).toMatchObject({ state: 'cancelled', messages: 1_000 });
  });

  it.each(['pause', 'resume'])('does not %s what is cancelled, and says what can be done', async (action) => {
    await setCampaignState(redis, place, 'cancelled');
    const { code, stdout, stderr } = await jetsms('campaign', 'sale', action);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      /^error CAMPAIGN_CANCELLED: .*jetsms dead replay --reason cancelled --include-cancelled`/,
    );
  });

  it('cancels what is cancelled already without a complaint', async () => {
    await setCampaignState(redis, place, 'cancelled');
    expect(await shown('cancel')).toMatchObject({ state: 'cancelled' });
  });

  it.each([[], ['pause'], ['cancel']])('knows no campaign that was never enqueued: %j', async (...action) => {
    const { code, stdout, stderr } = await jetsms('campaign', 'nobody', ...action);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error CAMPAIGN_UNKNOWN: .*Account: default\./);
  });

  it.each([
    [['campaign', 'sale', 'stop'], 'USAGE'],
    [['campaign'], 'USAGE'],
    [['campaign', 'sale', '--account', 'shop'], 'ACCOUNT_UNKNOWN'],
  ])('refuses %j', async (args, error) => {
    const { code, stderr } = await jetsms(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(`error ${error}: `);
  });

  it('ends with exit code 3 where Redis is away', async () => {
    const env = { JETSMS_REDIS_URL: 'redis://127.0.0.1:1' };
    const { exitCode, err } = await captureCli(['campaign', 'sale', '--json'], { env });
    expect(exitCode).toBe(3);
    expect(JSON.parse(err.join('\n'))).toMatchObject({ error: { code: 'REDIS_UNAVAILABLE' } });
  });
});
