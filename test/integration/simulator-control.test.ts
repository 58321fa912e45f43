import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSimulator, type Simulator } from '../../src/simulator/index.ts';

interface Json {
  readonly [name: string]: unknown;
}

let simulator: Simulator;

beforeEach(async () => {
  simulator = createSimulator();
  await simulator.listen();
});
afterEach(() => simulator.close());

async function control(method: string, path: string, body?: unknown) {
  const response = await fetch(`${simulator.url}/control/${path}`, {
    method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Json };
}

async function send(...numbers: readonly string[]): Promise<string> {
  const body =
    '<message-context type="smmgsd"><username>demo</username><password>demo</password>' +
    `<outbox-name>DEMO</outbox-name><text>Merhaba</text><gsmnos>${numbers.join()}</gsmnos></message-context>`;
  return (await fetch(simulator.xmlUrl, { method: 'POST', body })).text();
}

describe('what it tells', () => {
  it('GET stats', async () => {
    await send('5321234567', '5321234568');
    expect(await control('GET', 'stats')).toEqual({ status: 200, body: simulator.stats() });
  });

  it('GET accepted, a page at a time', async () => {
    await send('5321234567', '5321234568', '5321234569');
    const { body } = await control('GET', 'accepted?limit=1&offset=1');
    expect(body).toEqual({ total: 3, messages: [simulator.accepted[1]] });
  });

  it.each([
    ['counts', { '905321234567': 2, '905321234568': 1 }],
    ['counts?by=message', { '905321234567|Merhaba': 2, '905321234568|Merhaba': 1 }],
    ['counts?by=messageId', {}],
  ])('GET %s', async (path, expected) => {
    await send('5321234567', '5321234568', '5321234567');
    expect(await control('GET', path)).toEqual({ status: 200, body: expected });
  });

  it('GET counts of many thousands', async () => {
    const numbers = Array.from({ length: 3_000 }, (_, i) => String(5_320_000_000 + i));
    await send(...numbers);
    expect(Object.keys((await control('GET', 'counts')).body)).toHaveLength(3_000);
  });

  it('GET questions, by what was asked for', async () => {
    const groupId = (await send('5321234567')).slice(3);
    await fetch(`${simulator.reportUrl}?username=demo&password=demo&groupid=${groupId}&status=5`);
    expect((await control('GET', 'questions?by=groupId')).body).toEqual({ [groupId]: 1 });
    expect((await control('GET', 'questions?by=to')).body).toEqual({ '905321234567': 1 });
    expect((await control('GET', 'questions')).body).toEqual({});
  });

  it('GET accounts, without passwords', async () => {
    const { body } = await control('GET', 'accounts');
    expect(body['accounts']).toEqual([
      expect.objectContaining({ username: 'demo', credit: 'unlimited', maxTextLength: 160 }),
    ]);
    expect(JSON.stringify(body)).not.toContain('password');
  });
});

describe('what it can be told', () => {
  it('POST faults, one or a list; DELETE faults, one or all', async () => {
    const one = await control('POST', 'faults', { kind: 'reply', code: '12', times: 1 });
    expect(one).toEqual({ status: 201, body: { id: '1' } });
    expect(await send('5321234567')).toBe('12 wrong title');

    const list = [{ kind: 'hang' }, { kind: 'status', status: 503 }];
    expect(await control('POST', 'faults', list)).toEqual({ status: 201, body: { ids: ['2', '3'] } });
    expect((await control('DELETE', 'faults/2')).status).toBe(200);
    expect((await control('DELETE', 'faults/2')).status).toBe(404);
    const { body } = await control('GET', 'faults');
    expect(body).toEqual({ faults: [{ id: '3', fired: 0, rule: { kind: 'status', status: 503 } }] });
    await control('DELETE', 'faults');
    expect(simulator.faults.list()).toEqual([]);
  });

  it('POST accounts, PUT accounts/<username>, POST top-up', async () => {
    await control('POST', 'accounts', { username: 'a b', password: 'x', titles: ['T'], credit: 1 });
    await control('PUT', 'accounts/a%20b', { maxTextLength: 612, open: false });
    await control('POST', 'top-up', { username: 'a b', credit: 4 });
    expect(simulator.accounts.list()[1]).toMatchObject({ credit: 5, maxTextLength: 612, open: false });
    await control('PUT', 'accounts/a%20b', { credit: 'unlimited' });
    expect(simulator.accounts.list()[1]?.credit).toBe(Number.POSITIVE_INFINITY);
  });

  it('POST latency', async () => {
    await control('POST', 'latency', { minMs: 30, maxMs: 40 });
    const before = performance.now();
    await send('5321234567');
    expect(performance.now() - before).toBeGreaterThan(28);
  });

  it('POST reports, and GET reports', async () => {
    await control('POST', 'reports', { shares: { never: 1 }, idLagMs: 10 });
    const { body } = await control('GET', 'reports');
    expect(body).toEqual({ ...simulator.reports.settings() });
    expect(body).toMatchObject({ shares: { delivered: 0, never: 1 }, idLagMs: 10, unknownId: 'empty' });
  });

  it('POST statuses', async () => {
    const groupId = (await send('5321234567', '5321234568')).slice(3);
    const order = { groupId, to: '5321234567', status: 3 };
    expect(await control('POST', 'statuses', order)).toEqual({ status: 200, body: { messages: 1 } });
    const report = await fetch(
      `${simulator.reportUrl}?username=demo&password=demo&groupid=${groupId}&status=3`,
    );
    expect(await report.text()).toBe(`${groupId} 905321234567 3`);
  });

  it('POST reset', async () => {
    await send('5321234567');
    await control('POST', 'reset');
    expect(simulator.accepted).toEqual([]);
  });
});

describe('what it cannot be told', () => {
  it.each([
    ['POST', 'faults', { kind: 'explode' }, 'kind'],
    ['POST', 'faults', [{ kind: 'hang' }, { kind: 'hang', times: 0 }], 'times'],
    ['POST', 'faults', 'no json', ''],
    ['POST', 'faults', undefined, ''],
    ['POST', 'accounts', { username: 'a' }, 'password'],
    ['PUT', 'accounts/yok', { open: false }, 'username'],
    ['POST', 'top-up', { username: 'yok', credit: 1 }, 'username'],
    ['POST', 'latency', { minMs: 2, maxMs: 1 }, 'maxMs'],
    ['POST', 'reports', { unknownId: 'colour' }, 'unknownId'],
    ['POST', 'reports', { shares: { delivered: 0 } }, 'shares'],
    ['POST', 'statuses', { messageId: 'yok', status: 3 }, 'messageId'],
    ['POST', 'statuses', { groupId: 'yok', status: 3 }, 'groupId'],
    ['POST', 'statuses', { status: 3 }, ''],
    ['GET', 'questions?by=colour', undefined, 'by'],
    ['GET', 'counts?by=colour', undefined, 'by'],
    ['GET', 'accepted?limit=-1', undefined, 'limit'],
  ])('%s %s %j names the field', async (method, path, body, field) => {
    const reply = await control(method, path, body);
    expect(reply).toMatchObject({
      status: 400,
      body: { error: { code: 'SIMULATOR_INPUT', problems: [{ field }] } },
    });
    expect(simulator.faults.list()).toEqual([]);
  });

  it('a route that is not there', async () => {
    const reply = await control('GET', 'nope');
    expect(reply).toMatchObject({ status: 404, body: { error: { code: 'SIMULATOR_NOT_FOUND' } } });
  });
});
