import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDashboard, type Dashboard } from '../../src/dashboard/dashboard.ts';
import { openProducerRedis, whenReady } from '../../src/queue/redis.ts';
import {
  type DashboardChoice,
  dashboardLogin,
  dashboardSettings,
  fillQueues,
  ids,
} from '../support/dashboard-world.ts';
import { expectDocumented, recordLog } from '../support/log-lines.ts';
import { freshPrefix, sharedRedisUrl } from '../support/redis.ts';
import { waitFor } from '../support/wait-for.ts';

const right = basic(dashboardLogin.password);
const wrong = basic('wrong');

function basic(password: string): string {
  return `Basic ${Buffer.from(`${dashboardLogin.username}:${password}`).toString('base64')}`;
}

interface Request {
  readonly method?: string;
  readonly path?: string;
  readonly login?: string;
  readonly forwardedFor?: string;
}

async function openDashboard(choice: Partial<DashboardChoice> = {}) {
  const prefix = freshPrefix();
  const redis = openProducerRedis(sharedRedisUrl(), 2_000);
  await whenReady(redis, 5_000);
  await fillQueues(redis, prefix);
  const recorded = recordLog();
  const settings = dashboardSettings({ redisUrl: sharedRedisUrl(), ...choice, prefix });
  const dashboard = createDashboard({ settings, redis, log: recorded.log });
  await dashboard.listen();
  onTestFinished(async () => {
    await dashboard.close();
    redis.disconnect();
  });
  const linesOf = (event: RegExp) => recorded.lines.filter(({ msg }) => event.test(String(msg)));
  return {
    dashboard,
    linesOf,
    text: recorded.text,
    ask: (requests: readonly Request[]) => pipeline(dashboard, requests),
  };
}

const written = ({ method = 'GET', path = '/api/queues', login = right, forwardedFor }: Request): string =>
  [
    `${method} ${path} HTTP/1.1`,
    'Host: dashboard.example',
    ...(login === '' ? [] : [`Authorization: ${login}`]),
    ...(forwardedFor === undefined ? [] : [`X-Forwarded-For: ${forwardedFor}`]),
    ...['', ''],
  ].join('\r\n');

/** Writes all requests at once on one connection, without waiting for an answer; the statuses in their order. */
async function pipeline({ url }: Dashboard, requests: readonly Request[]): Promise<readonly number[]> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let received = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    received += chunk;
  });
  socket.write(requests.map(written).join(''));
  const statuses = () => [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  await waitFor(() => statuses().length === requests.length, { what: 'all answers' });
  socket.destroy();
  return statuses();
}

const count = (statuses: readonly number[], status: number): number =>
  statuses.filter((one) => one === status).length;

describe('the login of the dashboard', () => {
  it('looks at no more than ten of 600 guesses that come at once, and not at the right one among them', async () => {
    const { ask } = await openDashboard();
    const guesses = Array.from({ length: 600 }, (_, n) => ({ login: n === 599 ? right : wrong }));
    const statuses = await ask(guesses);
    expect([count(statuses, 401), count(statuses, 429)]).toEqual([10, 590]);
  });

  it('looks at no more than ten of them over many connections either', async () => {
    const { ask } = await openDashboard();
    const guesses = Array.from({ length: 60 }, () =>
      ask(Array.from({ length: 10 }, () => ({ login: wrong }))),
    );
    const statuses = (await Promise.all(guesses)).flat();
    expect([count(statuses, 401), count(statuses, 429)]).toEqual([10, 590]);
  });

  it('lets a page load all of its parts at once, with the right login', async () => {
    const { ask } = await openDashboard();
    const statuses = await ask(Array.from({ length: 100 }, () => ({ path: '/healthz' })));
    expect(count(statuses, 200)).toBe(100);
    expect(count(await ask(Array.from({ length: 100 }, () => ({ path: '/' }))), 200)).toBe(100);
  });

  it('does not forget wrong guesses because somebody at the same address has the right login', async () => {
    const { ask } = await openDashboard();
    const mixed = Array.from({ length: 60 }, (_, n) => ({ path: '/', login: n % 3 === 0 ? right : wrong }));
    const statuses = await ask(mixed);
    expect(count(statuses, 401)).toBe(10);
    expect(statuses.at(-3)).toBe(429);
  });

  it.each([
    ['no proxy is trusted', ''],
    ['another proxy is', '10.0.3.7'],
  ])('believes no X-Forwarded-For where %s', async (_, trustedProxies) => {
    const { ask, linesOf } = await openDashboard({ trustedProxies });
    const statuses = await ask(
      Array.from({ length: 20 }, (_, n) => ({ login: wrong, forwardedFor: `203.0.113.${n}` })),
    );
    expect(count(statuses, 401)).toBe(10);
    for (const { address } of linesOf(/login-refused/)) expect(address).toBe('127.0.0.1');
  });
});

describe('behind a trusted proxy', () => {
  const behindProxy = { trustedProxies: '127.0.0.0/8' };

  it("counts the wrong logins of each caller's address by itself", async () => {
    const { ask, linesOf } = await openDashboard(behindProxy);
    const guess = { login: wrong, forwardedFor: '203.0.113.7' };
    expect(count(await ask(Array.from({ length: 12 }, () => guess)), 429)).toBe(2);
    expect(await ask([{ forwardedFor: '203.0.113.7' }, { forwardedFor: '203.0.113.8' }])).toEqual([429, 200]);
    expect(linesOf(/login-refused/)[0]).toMatchObject({ address: '203.0.113.7' });
  });

  it('takes what the proxy wrote, not what the caller wrote before it', async () => {
    const { ask } = await openDashboard(behindProxy);
    const guesses = Array.from({ length: 12 }, (_, n) => ({
      login: wrong,
      forwardedFor: `198.51.100.${n}, 203.0.113.7`,
    }));
    expect(count(await ask(guesses), 429)).toBe(2);
  });

  it('counts whatever is no address as the proxy', async () => {
    const { ask, linesOf } = await openDashboard(behindProxy);
    const guesses = Array.from({ length: 12 }, (_, n) => ({ login: wrong, forwardedFor: `nobody-${n}` }));
    expect(count(await ask(guesses), 429)).toBe(2);
    expect(linesOf(/login-refused/)[0]).toMatchObject({ address: '127.0.0.1' });
  });

  it('counts all addresses of one IPv6 network together', async () => {
    const { ask } = await openDashboard(behindProxy);
    const guesses = Array.from({ length: 12 }, (_, n) => ({
      login: wrong,
      forwardedFor: `2001:db8:1:2::${n.toString(16)}`,
    }));
    expect(count(await ask(guesses), 429)).toBe(2);
    expect(await ask([{ forwardedFor: '2001:db8:1:3::1' }])).toEqual([200]);
  });
});

describe('the log of changes', () => {
  const bulk = '/api/queues/shop%2Fjetsms-shop-bulk';
  const transactional = '/api/queues/shop%2Fjetsms-shop-transactional';
  const operator = { user: dashboardLogin.username, address: '203.0.113.7' };
  const forwardedFor = operator.address;

  it('tells who changed what, from where, and what became of it', async () => {
    const { ask, linesOf, text } = await openDashboard({ writable: true, trustedProxies: '127.0.0.1' });
    const put = (path: string) => ask([{ method: 'PUT', path, forwardedFor }]);
    await put(`${bulk}/pause`);
    await put(`${bulk}/${ids.retried}/promote`);
    await put('/api/queues/resume');
    await put(`${transactional}/${ids.refused}/retry`);
    await put(`/api/queues/${encodeURIComponent('+90 532')}/905321234567/promote`);
    const lines = linesOf(/^dashboard\.change/);
    expect(lines).toMatchObject([
      { msg: 'dashboard.changed', ...operator, operation: 'put /api/queues/:queueName/pause', status: 200 },
      {
        operation: 'put /api/queues/:queueName/:jobId/promote',
        queue: 'shop/jetsms-shop-bulk',
        job: ids.retried,
      },
      { msg: 'dashboard.changed', operation: 'put /api/queues/resume' },
      { msg: 'dashboard.change-refused', job: ids.refused, status: 403, level: 'warn' },
      { msg: 'dashboard.change-refused', queue: '?', job: '?' },
    ]);
    for (const line of lines) expectDocumented(line);
    expect(text()).not.toContain(dashboardLogin.password);
    expect(text()).not.toContain('905321234567');
  });

  it('tells of changes that a read-only dashboard refused', async () => {
    const { ask, linesOf } = await openDashboard();
    expect(await ask([{ method: 'PUT', path: `${bulk}/pause` }])).toEqual([405]);
    expect(linesOf(/^dashboard\.change/)).toMatchObject([{ msg: 'dashboard.change-refused', status: 405 }]);
  });

  it('names no user for somebody who was not let in', async () => {
    const { ask, linesOf } = await openDashboard({ writable: true });
    expect(await ask([{ method: 'PUT', path: `${bulk}/pause`, login: wrong }])).toEqual([401]);
    expect(await ask([{ method: 'PUT', path: `${bulk}/pause`, login: '' }])).toEqual([401]);
    expect(linesOf(/^dashboard\.change/)).toEqual([]);
  });

  it('tells of a change whose caller did not wait for the answer', async () => {
    const { dashboard, linesOf } = await openDashboard({ writable: true });
    const socket = connect(Number(new URL(dashboard.url).port), '127.0.0.1');
    socket.write(written({ path: '/healthz' }));
    await once(socket, 'data');
    socket.write(written({ method: 'PUT', path: `${bulk}/pause` }), () => socket.resetAndDestroy());
    const [line] = await waitFor(() => {
      const lines = linesOf(/^dashboard\.change/);
      return lines.length > 0 && lines;
    });
    expect(line).toMatchObject({ user: dashboardLogin.username, address: '127.0.0.1' });
  });
});
