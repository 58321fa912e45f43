import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PlacedExample, placeExample } from '../../support/examples.ts';
import { type Finished, runProcess, startProcess } from '../../support/process.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';
import { shippedAddress, stopAmidRequest } from './shipped.ts';

describe('the example of NestJS', () => {
  let example: PlacedExample;
  let redis: TestRedis;
  beforeAll(async () => {
    [example, redis] = await Promise.all([placeExample('nestjs', { packages: 'installed' }), startRedis()]);
  }, 300_000);
  afterAll(async () => {
    await redis.stop();
    await example[Symbol.asyncDispose]();
  });

  const npmRun = (script: string): Promise<Finished> =>
    runProcess(['npm', 'run', '-s', script], { cwd: example.folder, env: { REDIS_URL: redis.url } });

  it('passes its own tests in Jest, one of them against a real Redis', async () => {
    const done = await npmRun('test');
    expect(done.stderr).toContain('Tests:       3 passed, 3 total');
    expect(done.code).toBe(0);
  });

  it('is compiled, and finishes what is under way when it is told to end', async () => {
    expect(await npmRun('build')).toMatchObject({ code: 0, stdout: '' });
    await using app = startProcess([process.execPath, 'dist/main.js'], {
      cwd: example.folder,
      env: { REDIS_URL: redis.url, PORT: '0' },
    });
    const answer = await stopAmidRequest(app, redis, await shippedAddress(app, '1842'));
    // 500 where this machine is so busy that Redis was silent for too long: an answer, too.
    expect([202, 500]).toContain(answer.status);
    await app.exit;
  });
});
