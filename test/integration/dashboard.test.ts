import { request } from 'node:http';
import { Queue } from 'bullmq';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDashboard } from '../../src/dashboard/dashboard.ts';
import { lanes } from '../../src/message/lane.ts';
import { listHolds } from '../../src/operator/hold-operations.ts';
import { keys, queueName } from '../../src/queue/names.ts';
import { openOperatorRedis, whenReady } from '../../src/queue/redis.ts';
import type { RedisClient } from '../../src/queue/redis-client.ts';
import {
  boardQueues,
  type DashboardChoice,
  dashboardLogin,
  dashboardSettings,
  fillQueues,
  ids,
  laneOf,
  neverShown,
} from '../support/dashboard-world.ts';
import { freshPrefix, sharedRedisUrl, startRedis } from '../support/redis.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { waitFor } from '../support/wait-for.ts';

const otp = `/api/queues/${boardQueues.otp}`;
const transactional = `/api/queues/${boardQueues.transactional}`;
const bulk = `/api/queues/${boardQueues.bulk}`;
const dead = `/api/queues/${boardQueues.dead}`;
const all = [otp, transactional, bulk, dead] as const;
const listOf = (queue: string): string => `/api/queues?activeQueue=${queue}&jobsPerPage=50`;

/** A send job on the board. */
const pageOf = (id: string): string => `/api/queues/${boardQueues[laneOf[id] ?? 'otp']}/${id}`;

/** How many send jobs of account `shop` there are in each state, over all lanes. */
async function countJobs(redis: RedisClient, prefix: string) {
  const queues = lanes.map((lane) => new Queue(queueName('shop', lane), { connection: redis, prefix }));
  const counts = await Promise.all(
    queues.map((queue) => queue.getJobCounts('waiting', 'delayed', 'failed', 'completed')),
  );
  await Promise.all(queues.map((queue) => queue.close()));
  const sum = (state: string) => counts.reduce((total, count) => total + (count[state] ?? 0), 0);
  const [waiting, delayed] = [sum('waiting'), sum('delayed')];
  return { waiting, delayed, failed: sum('failed'), completed: sum('completed') };
}

interface Call {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the right one. */
  readonly login?: { readonly username: string; readonly password: string } | undefined;
}

/** A dashboard over filled queues of its own. */
async function openDashboard(choice: Partial<DashboardChoice> = {}) {
  const prefix = freshPrefix();
  const redis = openOperatorRedis(choice.redisUrl ?? sharedRedisUrl(), 2_000);
  redis.on('error', () => {});
  await whenReady(redis, 5_000);
  await fillQueues(redis, prefix);
  const settings = dashboardSettings({ redisUrl: sharedRedisUrl(), ...choice, prefix });
  const dashboard = createDashboard({ settings, redis });
  await dashboard.listen();
  onTestFinished(async () => {
    await dashboard.close();
    redis.disconnect();
  });
  const call = async (path: string, options: Call = {}) => {
    const { method = 'GET', body, headers, login = dashboardLogin } = options;
    const withLogin = 'login' in options && !options.login ? {} : { authorization: basic(login) };
    const answer = await fetch(new URL(path.replace(/^\//, ''), dashboard.url), {
      method,
      headers: {
        ...withLogin,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  return { dashboard, prefix, redis, call };
}

const withCode = (code: string): object => ({
  ...{ attempts: 1, resends: 0, stalls: 0 },
  history: [{ n: 1, at: 1, outcome: 'refused', code, verdict: 'dead-letter' }],
});

const brokenLetter = { v: 1, reason: 'terminal', history: [], enqueuedAt: 1, diedAt: 2, job: {} };

const basic = ({ username, password }: { username: string; password: string }): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** Every page and every answer that shows anything of a job or a queue. */
const looks: readonly string[] = [
  '/',
  ...Object.values(boardQueues).flatMap((queue) => [`/queue/${queue}`, listOf(queue)]),
  '/api/job-schedulers',
  '/api/redis/stats',
  ...['metrics', 'default-job-options', 'workers', 'rate-limit', 'job-data-schema'].flatMap((what) =>
    all.map((queue) => `${queue}/${what}`),
  ),
  ...Object.values(ids).flatMap((id) =>
    all.flatMap((queue) => ['', '/logs', '/flow'].map((what) => `${queue}/${id}${what}`)),
  ),
];

describe('the dashboard', () => {
  it('shows no number, text or password in any page or answer', async () => {
    const { call } = await openDashboard();
    for (const path of looks) {
      const { text } = await call(path);
      for (const secret of neverShown) expect(text, path).not.toContain(secret);
    }
    const { text } = await call(`${pageOf(ids.leaky)}/logs`);
    expect(JSON.parse(text)).toEqual([expect.stringMatching(/^\(a line of \d+ characters, not shown\)$/)]);
  });

  it('shows where every message stands', async () => {
    const { call } = await openDashboard();
    const names: Record<string, string> = {};
    for (const [index, queue] of [boardQueues.otp, boardQueues.transactional, boardQueues.bulk].entries()) {
      const { queues } = JSON.parse((await call(listOf(queue))).text);
      for (const job of queues[index].jobs) names[job.id] = job.name;
    }
    const { queues } = JSON.parse((await call(listOf(boardQueues.otp))).text);
    expect(names).toMatchObject({
      [ids.waiting]: 'otp, 1 message, 1 part: not tried yet',
      [ids.retried]:
        'bulk, 2 messages, 4 parts: unsent: the endpoint refused the connection; nothing was taken',
      [ids.accepted]: 'transactional, 1 message, 2 parts: accepted 00',
      [ids.foreign]: 'no send job of ours',
    });
    expect(queues.map(({ displayName }: { displayName: string }) => displayName)).toEqual([
      ...['shop: otp', 'shop: transactional', 'shop: bulk', 'shop: dead letters'],
      ...['bank-otp: otp', 'bank-otp: transactional', 'bank-otp: bulk', 'bank-otp: dead letters'],
    ]);
    for (const [index, lane] of lanes.entries()) {
      expect(queues[4 + index].description).toMatch(
        new RegExp(`^Messages of account bank-otp, lane ${lane}\\. Held by an operator since 2`),
      );
      expect(queues[index].description).toBe(`Messages of account shop, lane ${lane}.`);
    }
  });

  it('tells the whole way of an accepted message', async () => {
    const { call } = await openDashboard();
    const { job } = JSON.parse((await call(pageOf(ids.accepted))).text);
    expect(job).toMatchObject({
      attempts: 1,
      progress: { now: 'accepted 00', groupId: '130228114512' },
      returnValue: { end: 'accepted', groupId: '130228114512' },
    });
    expect(job.progress.history).toEqual([expect.stringMatching(/^1\. .* → complete in 48 ms/)]);
  });

  it('opens a dead letter', async () => {
    const { call } = await openDashboard();
    const { status, text } = await call(`${dead}/${ids.unknown}`);
    expect(status).toBe(200);
    expect(JSON.parse(text).job).toMatchObject({
      name: 'unknown-code 871: not in the list of JetSMS; never taken for success (otp, 1 message, 1 part)',
      data: { reason: 'unknown-code', code: '871', message: { recipients: '+90*****67' } },
    });
  });

  it.each<[string, Readonly<Record<string, string>>, Readonly<Record<string, string>>?]>([
    ['whose journal is no JSON', {}, { journal: '{"history":' }],
    ['whose journal cannot be read', {}, { journal: '{"history":[null]}' }],
    ['with a code of no form', {}, { journal: JSON.stringify(withCode('constructor')) }],
    ['whose progress is no JSON', { progress: '{"history":' }],
    ['whose data are no JSON', { data: '{"to":"905321234567"' }],
    ['whose data are nested without end', { data: `${'['.repeat(5_000)}${']'.repeat(5_000)}` }],
    ['whose options are none', { opts: 'null' }],
    ['with a result of no form', { returnvalue: '{"end":{},"groupId":["905321234567"]}' }],
  ])('shows all other jobs beside one %s, and opens that one', async (_, fields, recorded = {}) => {
    const { call, redis, prefix } = await openDashboard();
    const queue = queueName('shop', 'transactional');
    if (Object.keys(fields).length > 0) await redis.hset(`${prefix}:${queue}:${ids.leaky}`, fields);
    if (Object.keys(recorded).length > 0) await redis.hset(keys.record(prefix, queue, ids.leaky), recorded);
    const list = await call(listOf(boardQueues.transactional));
    expect(list.status).toBe(200);
    const shown = JSON.parse(list.text).queues[1].jobs.map(({ id }: { id: string }) => id);
    expect(shown).toEqual(expect.arrayContaining([ids.leaky, ids.refused, ids.accepted, ids.foreign]));
    const one = await call(pageOf(ids.leaky));
    expect(one.status).toBe(200);
    for (const secret of neverShown) expect(list.text + one.text).not.toContain(secret);
  });

  it.each<[string, string]>([
    ['with a history of nothing', JSON.stringify({ ...brokenLetter, history: [null] })],
    ['with a code of no form', JSON.stringify({ ...brokenLetter, code: {} })],
    ['with a code that is a word of JavaScript', JSON.stringify({ ...brokenLetter, code: 'constructor' })],
    ['that is no JSON', '{"v":1,"text":"905321234567"'],
    ['that is nested without end', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
  ])('shows all other dead letters beside one %s, and opens that one', async (_, data) => {
    const { call, redis, prefix } = await openDashboard();
    await redis.hset(`${prefix}:jetsms-shop-dead:${ids.terminal}`, { data });
    const list = await call(listOf(boardQueues.dead));
    expect(list.status).toBe(200);
    const shown = JSON.parse(list.text).queues[3].jobs.map(({ id }: { id: string }) => id);
    expect(shown).toEqual(expect.arrayContaining([ids.terminal, ids.uncertain, ids.unknown, ids.invalid]));
    const one = await call(`${dead}/${ids.terminal}`);
    expect(one.status).toBe(200);
    for (const secret of neverShown) expect(list.text + one.text).not.toContain(secret);
  });

  it('lets in nobody without the login, not even to its scripts', async () => {
    const { call } = await openDashboard();
    const { text } = await call('/');
    const script = /static\/js\/main[^"]+/.exec(text)?.[0] ?? '';
    for (const path of ['/', '/api/queues', script, `${dead}/${ids.terminal}`]) {
      const { status, headers, text: answer } = await call(path, { login: undefined });
      expect(status, path).toBe(401);
      expect(headers.get('www-authenticate')).toBe('Basic realm="JetSMS delivery", charset="UTF-8"');
      expect(answer).not.toMatch(/queue|jetsms-/i);
    }
    expect((await call('/', { login: { ...dashboardLogin, password: 'wrong' } })).status).toBe(401);
    expect((await call(script)).status).toBe(200);
  });

  it('makes an address wait after ten wrong logins', async () => {
    const { call } = await openDashboard();
    const wrong = { ...dashboardLogin, password: 'wrong' };
    for (let count = 0; count < 10; count += 1) expect((await call('/', { login: wrong })).status).toBe(401);
    const { status, headers } = await call('/');
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('sends headers that keep it out of frames, caches and the hands of other sites', async () => {
    const { call } = await openDashboard();
    for (const path of ['/', '/api/queues', '/healthz', '/nothing']) {
      const { headers } = await call(path);
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toContain('no-store');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('says without a login only whether Redis answers', async () => {
    const { call } = await openDashboard();
    const { status, text } = await call('/healthz', { login: undefined });
    expect({ status, text }).toEqual({ status: 200, text: '{"status":"ok"}' });
  });

  it('is served under a path of its own', async () => {
    const { call, dashboard } = await openDashboard({ path: '/ops/queues/' });
    expect(dashboard.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/ops\/queues\/$/);
    expect((await call('/')).text).toContain('<base href="/ops/queues/" />');
    expect((await call('/api/queues')).status).toBe(200);
  });

  it('writes nothing to Redis when it is only looked at', async () => {
    const { call, redis, prefix } = await openDashboard();
    const dump = async () => {
      const names = (await redis.keys(`${prefix}*`)).sort();
      return Promise.all(names.map(async (name) => [name, await redis.dumpBuffer(name)]));
    };
    const before = await dump();
    for (const path of looks) await call(path);
    expect(await dump()).toEqual(before);
  });
});

describe('a read-only dashboard', () => {
  it('refuses every change, whatever its method', async () => {
    const { call, redis, prefix } = await openDashboard();
    const changes: readonly (readonly [string, string, unknown?])[] = [
      ['PUT', `${otp}/pause`],
      ['PUT', '/api/queues/pause'],
      ['PUT', `${pageOf(ids.retried)}/promote`],
      ['PUT', `${pageOf(ids.refused)}/retry`],
      ['PUT', `${dead}/${ids.terminal}/clean`],
      ['PUT', `${otp}/obliterate`, { force: true }],
      ['POST', `${otp}/add`, { name: 'otp', data: {}, options: {} }],
      ['PATCH', `${pageOf(ids.waiting)}/update-data`, { jobData: { to: ['+90*****67'] } }],
      ['DELETE', '/'],
    ];
    for (const [method, path, body] of changes) {
      const { status } = await call(path, { method, body });
      expect(status === 405 || status === 404, `${method} ${path}: ${status}`).toBe(true);
    }
    const { hold } = (await listHolds(redis, { prefix, accounts: ['shop'] }))[0] ?? {};
    expect(hold).toBeUndefined();
    expect(await countJobs(redis, prefix)).toEqual({ waiting: 1, delayed: 2, failed: 2, completed: 1 });
  });
});

describe('a writable dashboard', () => {
  it('pauses and resumes a lane, which everybody sees as a hold of that lane', async () => {
    const { call, redis, prefix } = await openDashboard({ writable: true });
    const holdOfShop = async () => (await listHolds(redis, { prefix, accounts: ['shop'] }))[0]?.hold;
    const words = 'Paused on the dashboard; nothing is sent until';
    const paused = async (): Promise<readonly boolean[]> => {
      const { queues } = JSON.parse((await call('/api/queues')).text);
      return queues.slice(0, 3).map((queue: { description: string }) => queue.description.includes(words));
    };
    expect((await call(`${transactional}/pause`, { method: 'PUT' })).status).toBe(200);
    const hold = { reason: 'operator', by: 'dashboard' };
    expect(await holdOfShop()).toMatchObject({ ...hold, lanes: ['transactional'] });
    expect(await paused()).toEqual([false, true, false]);
    expect((await call(`${transactional}/resume`, { method: 'PUT' })).status).toBe(200);
    expect(await holdOfShop()).toBeUndefined();
    expect((await call('/api/queues/pause', { method: 'PUT' })).status).toBe(200);
    expect(await holdOfShop()).toMatchObject(hold);
    expect(await paused()).toEqual([true, true, true]);
    expect((await call('/api/queues/resume', { method: 'PUT' })).status).toBe(200);
    expect(await holdOfShop()).toBeUndefined();
  });

  it('never saves a mask back, and neither adds, repeats nor removes a message', async () => {
    const { call, redis, prefix } = await openDashboard({ writable: true });
    const key = `${prefix}:${queueName('shop', 'otp')}:${ids.waiting}`;
    const before = await redis.hgetall(key);
    expect(before).not.toEqual({});
    const refused: readonly (readonly [string, string, RegExp, unknown?])[] = [
      ['PATCH', `${pageOf(ids.waiting)}/update-data`, /masks/, { jobData: { to: ['+90*****67'] } }],
      ['PATCH', `${pageOf(ids.waiting)}/priority`, /does not do this/, { priority: 1 }],
      ['POST', `${otp}/add`, /jetsms send/, { name: 'otp', data: {}, options: {} }],
      ['PUT', `${pageOf(ids.refused)}/retry`, /jetsms dead replay/],
      ['PUT', `${transactional}/retry/failed`, /jetsms dead replay/],
      ['PUT', `${pageOf(ids.waiting)}/clean`, /jetsms dead discard/],
      ['PUT', `${transactional}/clean/failed`, /jetsms dead discard/],
      ['PUT', `${otp}/empty`, /jetsms dead discard/],
      ['PUT', `${otp}/obliterate`, /jetsms dead discard/, { force: true }],
      ['PUT', `${otp}/promote`, /does not do this/],
      ['PUT', `${otp}/concurrency`, /settings/, { concurrency: 5 }],
      ['PUT', `${otp}/rate-limit`, /settings/, { max: 1, duration: 1 }],
      ['PUT', `${otp}/rate-limit/release`, /settings/],
    ];
    for (const [method, path, words, body] of refused) {
      const { status, text } = await call(path, { method, body });
      expect(status, `${method} ${path}`).toBe(403);
      expect(JSON.parse(text).message).toMatch(words);
    }
    expect(await redis.hgetall(key)).toEqual(before);
    expect(await countJobs(redis, prefix)).toEqual({ waiting: 1, delayed: 2, failed: 2, completed: 1 });
  });

  it('leaves dead letters alone: those are replayed and discarded by command', async () => {
    const { call } = await openDashboard({ writable: true });
    expect((await call(`${dead}/pause`, { method: 'PUT' })).status).toBe(405);
  });

  it('refuses a change that a page of another site makes, though the browser sends the login along', async () => {
    const { call } = await openDashboard({ writable: true });
    const headers = { 'sec-fetch-site': 'cross-site' };
    expect((await call(`${otp}/pause`, { method: 'PUT', headers })).status).toBe(403);
  });
});

describe('a dashboard without a login', () => {
  it('is not built for an address that others reach', () => {
    const settings = dashboardSettings({ redisUrl: sharedRedisUrl(), prefix: freshPrefix(), login: false });
    const redis = openOperatorRedis(sharedRedisUrl(), 1_000);
    onTestFinished(() => redis.disconnect());
    for (const dashboardHost of ['0.0.0.0', '::', '10.0.0.1', 'dashboard.internal']) {
      expect(() => createDashboard({ settings: { ...settings, dashboardHost }, redis })).toThrow(
        expect.objectContaining({ code: 'DASHBOARD_UNPROTECTED' }),
      );
    }
  });

  it('answers this machine by its own names only, so that no page on the internet can read it', async () => {
    const { dashboard } = await openDashboard({ login: false });
    const statusFor = (host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        request(dashboard.url, { headers: { host } }, (answer) => resolve(answer.resume().statusCode))
          .on('error', reject)
          .end();
      });
    expect(await statusFor(new URL(dashboard.url).host)).toBe(200);
    expect(await statusFor('rebound.example')).toBe(403);
  });
});

describe('while Redis is away', () => {
  it('is not served where the connection is lost while its queues are opened: they would fail for ever', async () => {
    await using server = await startRedis();
    await using road = await startTcpProxy(server);
    const redis = openOperatorRedis(`redis://${road.host}:${road.port}`, 2_000);
    redis.on('error', () => {});
    await whenReady(redis, 5_000);
    const settings = dashboardSettings({ redisUrl: server.url, prefix: freshPrefix() });
    await using dashboard = createDashboard({ settings, redis });
    onTestFinished(() => redis.disconnect());
    road.stall('down');
    const sent = road.counters().up;
    const listening = expect(dashboard.listen()).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
    await waitFor(() => road.counters().up > sent);
    road.cut();
    await listening;
  });

  it('answers with words of its own, is red, and comes back with Redis', async () => {
    await using server = await startRedis({ aof: 'always' });
    const { call } = await openDashboard({ redisUrl: server.url });
    await server.kill();
    const { status, text } = await call('/api/queues');
    expect(status).toBe(500);
    expect(JSON.parse(text).message).toMatch(/^Redis does not answer/);
    expect(text).not.toMatch(/ECONN|ioredis|127\.0\.0\.1/);
    expect((await call('/healthz')).status).toBe(503);
    await server.restart();
    await expect.poll(async () => (await call('/api/queues')).status, { timeout: 10_000 }).toBe(200);
  });
});
