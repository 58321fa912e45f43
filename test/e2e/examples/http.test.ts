import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PlacedExample, placeExample } from '../../support/examples.ts';
import { startProcess, type TestProcess } from '../../support/process.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';
import { postJson, shippedAddress, stopAmidRequest } from './shipped.ts';

const shipped = async (app: TestProcess, order: string, body: unknown): Promise<Response> =>
  postJson(await shippedAddress(app, order), body);

describe.each(['express', 'fastify'])('the example of %s', (framework) => {
  let example: PlacedExample;
  let redis: TestRedis;
  let app: TestProcess;
  beforeAll(async () => {
    example = await placeExample('http', { packages: 'sources' });
    redis = await startRedis();
    app = start();
  });
  afterAll(async () => {
    await app.kill();
    await redis.stop();
    await example[Symbol.asyncDispose]();
  });

  const start = (): TestProcess =>
    startProcess([process.execPath, `${framework}.ts`], {
      cwd: example.folder,
      env: { PORT: '0', REDIS_URL: redis.url },
    });

  it('takes an order once, however often it is told of it', async () => {
    const first = await shipped(app, '1842', { phone: '0532 123 45 67' });
    expect(first.status).toBe(202);
    const again = await shipped(app, '1842', { phone: '0532 123 45 67' });
    expect(await again.json()).toEqual(await first.json());
  });

  it('finishes what is under way when it is told to end', async () => {
    await using ending = start();
    const answer = await stopAmidRequest(ending, redis, await shippedAddress(ending, '1847'));
    // 503 where this machine is so busy that Redis was silent for too long: an answer, too.
    expect([202, 503]).toContain(answer.status);
    expect(await ending.exit).toMatchObject({ code: 0 });
    expect(ending.stderr).toEqual([]);
  });

  it('says 422 with code and field where the message is wrong, and does not repeat the number', async () => {
    const answer = await shipped(app, '1843', { phone: '0212 123 45 67' });
    expect(answer.status).toBe(422);
    const said = await answer.text();
    expect(JSON.parse(said)).toMatchObject({ code: 'NUMBER_NOT_MOBILE', field: 'to' });
    expect(said).not.toContain('123');
    const other = await shipped(app, '1842', { phone: '0533 123 45 67' });
    expect(other.status).toBe(422);
    expect(await other.json()).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
  });

  it('says 4xx to a body that is none', async () => {
    const answer = await shipped(app, '1844', undefined);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });

  it('says 400 to a body that breaks off, and logs nothing of it', async () => {
    const answer = await fetch(await shippedAddress(app, '1844'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"phone": "0532 123 45 67"',
    });
    expect(answer.status).toBe(400);
    expect(await answer.text()).not.toContain('123');
    expect([...app.stdout, ...app.stderr].join()).not.toContain('123');
  });

  it('says 503 with Retry-After while Redis is away', async () => {
    await shipped(app, '1845', { phone: '0532 123 45 67' });
    await redis.kill();
    const answer = await shipped(app, '1846', { phone: '0532 123 45 67' });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(await answer.json()).toMatchObject({ code: 'REDIS_UNAVAILABLE' });
  });
});
