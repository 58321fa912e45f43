import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findRedisBinary } from '../../src/cli/redis-process.ts';
import { projectFolder, runCli, runProcess, startCli } from '../support/process.ts';
import { sharedRedisUrl, startRedis } from '../support/redis.ts';

/** What became of the messages of examples/recipients.csv, with the faults that the demo plans. */
const expected = {
  lines: 300,
  enqueued: 297,
  repeated: 1,
  refused: 2,
  accepted: 288,
  dead: 9,
  open: 0,
  lost: 0,
  duplicates: 0,
  contradictions: 0,
  deadByReason: { terminal: 6, uncertain: 2, 'unknown-code': 1 },
  deadByCode: { '12': 2, '80': 1, '85': 3, '99': 1, 'reset-after-write': 2 },
  accountedFor: true,
};

describe('the demo', () => {
  it('accounts for every message, on a private redis-server', async () => {
    expect(await findRedisBinary(process.env['PATH'])).toBeDefined();
    const { code, stdout } = await runCli(['demo', '--once', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ redis: 'local', ...expected });
    expect(code).toBe(0);
  });

  it('needs nothing but Node: without a Redis on the PATH it brings its own', async () => {
    const { code, stdout } = await runProcess(
      [process.execPath, join(projectFolder, 'src/cli/main.ts'), 'demo', '--once', '--json'],
      { env: { PATH: '/nowhere' } },
    );
    expect(JSON.parse(stdout)).toMatchObject({ redis: 'embedded', ...expected });
    expect(code).toBe(0);
  });

  it('leaves a given Redis as it was, and tells people what became of the messages', async () => {
    await using redis = await startRedis();
    const client = redis.client();
    await client.set('theirs', 'kept');
    const { code, stdout } = await runCli(['demo'], { env: { REDIS_URL: redis.url } });
    expect(code).toBe(0);
    expect(await client.keys('*')).toEqual(['theirs']);
    for (const words of [
      /nothing here reaches a phone/,
      /no credit\. The account is held/,
      /^accepted +00 +288 /m,
      /^dead letter: unknown-code +99 +1 /m,
      /^\+90\*{5}\d{2} +uncertain +reset-after-write /m,
      /Every message is accounted for/,
      /Where to look next/,
    ])
      expect(stdout).toMatch(words);
    expect(stdout).not.toMatch(/905\d{9}/);
  });

  it('ends cleanly at Ctrl-C', async () => {
    await using demo = startCli(['demo', '--once'], { env: { REDIS_URL: sharedRedisUrl() } });
    await demo.waitForLine(/^ {2}JetSMS answers 11/);
    demo.signal('SIGINT');
    expect(await demo.exit).toEqual({ code: 1, signal: null });
    expect(demo.stdout.join('\n')).toMatch(/^Stopped after .* still under way\.$/m);
  });
});
