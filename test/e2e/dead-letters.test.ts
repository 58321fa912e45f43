import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DeadLetterFixture, openDeadLetterFixture } from '../support/dead-letters.ts';
import { runCli, startCli } from '../support/process.ts';
import { freshPrefix, sharedRedisUrl } from '../support/redis.ts';
import { waitFor } from '../support/wait-for.ts';

let redis: Redis;
let env: Record<string, string>;
let yard: DeadLetterFixture;

beforeAll(() => {
  redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
});
afterAll(() => redis.disconnect());
beforeEach(() => {
  const prefix = freshPrefix();
  env = { JETSMS_REDIS_URL: sharedRedisUrl(), JETSMS_PREFIX: prefix };
  yard = openDeadLetterFixture(redis, prefix);
  return () => yard[Symbol.asyncDispose]();
});

describe('jetsms dead', () => {
  it('sends nothing where nobody says yes', async () => {
    await yard.put('m1');
    const { code, stderr } = await runCli(['dead', 'replay', 'm1'], { env });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^Would enqueue 1 message [\s\S]*error NOT_CONFIRMED: /);
    expect(await yard.waitingIds()).toEqual([]);
  });

  it('stops a replay at SIGINT between two messages, and says how far it came', async () => {
    for (let n = 0; n < 60; n += 1) await yard.put(`m${n}`);
    await using replay = startCli(['dead', 'replay', '--all', '--yes', '--rate', '20', '--json'], { env });
    await waitFor(async () => (await yard.waitingIds()).length > 1);
    replay.signal('SIGINT');
    expect(await replay.exit).toEqual({ code: 1, signal: null });
    const { stopped, replayed } = JSON.parse(replay.stdout.join('\n'));
    expect(stopped).toBe(true);
    expect((await yard.waitingIds()).length).toBe(replayed);
    expect((await yard.letterIds()).length).toBe(60 - replayed);
  });

  it('neither loses nor doubles a message when a replay is killed again and again', async () => {
    const ids = Array.from({ length: 400 }, (_, n) => `m${n}`);
    await Promise.all(ids.map((id) => yard.put(id)));
    const replay = ['dead', 'replay', '--all', '--yes', '--rate', '0'];
    for (const share of [0.25, 0.5, 0.75]) {
      await using killed = startCli(replay, { env });
      await waitFor(async () => (await yard.letterIds()).length < ids.length * (1 - share), {
        limitMs: 15_000,
        everyMs: 1,
      });
      await killed.kill();
    }
    expect(await runCli(replay, { env })).toMatchObject({ code: 0 });
    expect(await yard.letterIds()).toEqual([]);
    expect(await yard.waitingIds()).toEqual(ids.map((id) => `${id}.r1`).sort());
  });
});
