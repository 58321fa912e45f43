import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { noRecord } from '../../../src/worker/account/hold-record.ts';
import { createHoldStore } from '../../../src/worker/account/hold-store.ts';
import { type DeadLetterFixture, openDeadLetterFixture } from '../../support/dead-letters.ts';
import { freshPrefix, sharedRedisUrl } from '../../support/redis.ts';
import { captureCli } from '../../unit/cli/capture.ts';

let redis: Redis;
let prefix: string;
let yard: DeadLetterFixture;

beforeAll(() => {
  redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
});
afterAll(() => redis.disconnect());
beforeEach(() => {
  prefix = freshPrefix();
  yard = openDeadLetterFixture(redis, prefix);
  return () => yard[Symbol.asyncDispose]();
});

async function jetsms(...args: readonly string[]) {
  const env = { JETSMS_REDIS_URL: sharedRedisUrl(), JETSMS_PREFIX: prefix };
  const { exitCode, out, err } = await captureCli(args, { env });
  return { code: exitCode, stdout: out.join('\n'), stderr: err.join('\n') };
}
const holds = async () => JSON.parse((await jetsms('holds', '--json')).stdout);

describe('jetsms hold, resume and holds', () => {
  it('holds an account, shows it with who and why, and resumes it', async () => {
    expect(await holds()).toMatchObject([{ account: 'default', held: false, reason: null }]);
    const held = await jetsms('hold', 'default', '--reason', 'title change', '--by', 'ayse');
    expect(held).toMatchObject({ code: 0, stderr: '' });
    expect(await holds()).toMatchObject([
      ...[{ held: true, reason: 'operator', mode: 'stopped', by: 'operator ayse', note: 'title change' }],
    ]);
    expect((await jetsms('holds')).stdout).toMatch(/title change; until `jetsms resume default`/);
    expect((await jetsms('resume', 'default')).stdout).toBe('default sends again.');
    expect((await jetsms('resume', 'default')).stdout).toBe('default was not held.');
  });

  it('shows a hold by its code in words, and when the next probe is due', async () => {
    const store = createHoldStore(redis, { prefix, account: 'default' });
    const since = Math.floor(Date.now() / 1_000) * 1_000;
    const hold = {
      reason: 'no-credit',
      mode: 'probing',
      code: '11',
      since,
      modeSince: since,
      by: 'worker w1',
      probes: 3,
      nextProbeAt: since + 60_000,
      canaryMayGo: false,
    } as const;
    await store.change(() => ({ record: { ...noRecord, hold }, result: undefined }));
    const [view] = await holds();
    expect(view).toMatchObject({ held: true, reason: 'no-credit', meaning: 'not enough credit to send' });
    expect(Date.parse(view.nextProbeAt)).toBe(since + 60_000);
    expect((await jetsms('resume', 'default')).stdout).toMatch(/JetSMS is probed now/);
    const [after] = await holds();
    expect(after).toMatchObject({ reason: 'no-credit', mode: 'probing' });
    expect(Date.parse(after.nextProbeAt)).toBeLessThanOrEqual(Date.now());
  });

  it("shows the dashboard's own pause as such, and ends it", async () => {
    await yard.queue.pause();
    expect(await holds()).toMatchObject([{ held: true, reason: 'operator', by: 'dashboard', since: null }]);
    await jetsms('resume', 'default');
    expect(await yard.queue.isPaused()).toBe(false);
  });

  it('says that a pause of the dashboard ends with the hold that hid it', async () => {
    await yard.queue.pause();
    await jetsms('hold', 'default', '--reason', 'title change', '--by', 'ayse');
    expect(await holds()).toMatchObject([{ by: 'operator ayse', pausedLanes: ['bulk'] }]);
    expect((await jetsms('holds')).stdout).toMatch(/paused on the dashboard: bulk$/m);
    expect((await jetsms('resume', 'default')).stdout).toBe(
      'default sends again. What was paused on the dashboard goes on too: bulk.',
    );
    expect(await yard.queue.isPaused()).toBe(false);
  });

  it.each(['hold', 'resume'])('refuses to %s an account that there is not', async (what) => {
    const { code, stderr } = await jetsms(what, 'shop', ...(what === 'hold' ? ['--reason', 'x'] : []));
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error ACCOUNT_UNKNOWN: .*Known: default\./);
  });
});
