import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { mostIds } from '../../../../src/jetsms/reports.ts';
import { dayOf, endedKey, endedText, parseEnded, type Reported } from '../../../../src/queue/ended-state.ts';
import { type MessagesEntry, parseEventEntry } from '../../../../src/queue/event-entry.ts';
import { type AccountPlace, keys } from '../../../../src/queue/names.ts';
import { type WaitingReport, waitingText } from '../../../../src/queue/waiting-report.ts';
import {
  createReportStore,
  type ReportStore,
  type ReportWrite,
} from '../../../../src/worker/reports/report-store.ts';
import { freshPrefix, sharedRedisUrl } from '../../../support/redis.ts';
import { waitFor } from '../../../support/wait-for.ts';

const at = Date.UTC(2026, 10, 28, 12);
const leaseMs = 60_000;

const redis = new Redis(sharedRedisUrl());
afterAll(() => redis.disconnect());

interface Place extends AccountPlace {
  readonly redis: Redis;
  readonly store: ReportStore;
  readonly reports: string;
}

function place(reportsPerSecond = 1_000): Place {
  const where = { prefix: freshPrefix(), account: 'acme' };
  const store = createReportStore({ redis, place: where, reportsPerSecond, maxEvents: 1_000 });
  return { ...where, redis, store, reports: keys.reports(where.prefix, where.account) };
}

const waitingOf = (change: Partial<WaitingReport> = {}): WaitingReport => ({
  job: 'm1',
  kind: 'accepted',
  lane: 'bulk',
  endedAt: at,
  n: 2,
  resends: 0,
  ...change,
});

const mark = (n: number): string => String(n).padStart(8, '0');

async function put({ redis, reports }: Place, dueAt: number, ...waiting: WaitingReport[]): Promise<string[]> {
  const members = waiting.map(waitingText);
  for (const member of members) await redis.zadd(reports, dueAt, member);
  return members;
}

async function taken(store: ReportStore): Promise<readonly string[]> {
  const taking = await store.take(leaseMs);
  return taking.kind === 'taken' ? taking.members : [];
}

describe('what a worker takes', () => {
  it('is of nothing where nothing waits, and tells when something is due', async () => {
    const { redis, store, reports } = place();
    expect(await store.take(leaseMs)).toEqual({ kind: 'none', inMs: undefined });
    await redis.zadd(reports, Date.now() + 30_000, waitingText(waitingOf()));
    const taking = await store.take(leaseMs);
    expect(taking.kind === 'none' && taking.inMs).toBeGreaterThan(20_000);
  });

  it('by a group id takes everything of that group that is due, or soon is, and nothing else', async () => {
    const here = place();
    const jobs = Array.from({ length: 120 }, (_, n) =>
      waitingOf({ job: `m${n}`, n: 1, groupId: n === 60 ? '2' : '1', marks: [mark(n)] }),
    );
    const members = await put(here, at, ...jobs);
    const late = await put(
      here,
      Date.now() + 1_000,
      waitingOf({ job: 'soon', n: 1, groupId: '1', marks: [mark(7)] }),
    );
    await put(here, Date.now() + 60_000, waitingOf({ job: 'later', n: 1, groupId: '1', marks: [mark(8)] }));
    const first = await taken(here.store);
    expect(new Set(first)).toEqual(new Set([...members.filter((_, n) => n !== 60), ...late]));
    expect(await taken(here.store)).toEqual([members[60]]);
    expect(await taken(here.store)).toEqual([]);
  });

  it('by ids takes as many messages as one question may be about, or one job however large', async () => {
    const here = place();
    const jobs = Array.from({ length: 250 }, (_, n) => waitingOf({ job: `m${n}`, n: 1 }));
    await put(here, at, ...jobs);
    await put(here, at + 1, waitingOf({ job: 'large', n: 1_000 }));
    await put(here, at + 1, waitingOf({ job: 'marked', n: 1, groupId: '1', marks: [mark(1)] }));
    const sizes: number[] = [];
    for (let found = await taken(here.store); found.length > 0; found = await taken(here.store))
      sizes.push(found.length);
    expect(sizes).toEqual([mostIds, mostIds, 50, 1, 1]);
  });

  it('is nobody else’s until its lease is over, and then whoever comes has it', async () => {
    const here = place();
    const members = await put(here, at, waitingOf());
    expect(await here.store.take(50)).toEqual({ kind: 'taken', members });
    expect((await here.store.take(50)).kind).toBe('none');
    // Whoever held it was killed.
    const again = await waitFor(async () => {
      const taking = await here.store.take(leaseMs);
      return taking.kind === 'taken' && taking;
    });
    expect(again).toEqual({ kind: 'taken', members });
    await here.store.giveBack(members);
    expect(await taken(here.store)).toEqual(members);
  });

  it('of several at once is of different jobs', async () => {
    const here = place();
    await put(
      here,
      at,
      ...Array.from({ length: 40 }, (_, n) =>
        waitingOf({ job: `m${n}`, n: 1, groupId: String(n), marks: [mark(n)] }),
      ),
    );
    const all = (await Promise.all(Array.from({ length: 60 }, () => taken(here.store)))).flat();
    expect(all).toHaveLength(40);
    expect(new Set(all).size).toBe(40);
  });

  it('keeps to the pace of all workers together', async () => {
    const here = place(2);
    await put(
      here,
      at,
      ...[1, 2, 3].map((n) => waitingOf({ job: `m${n}`, n: 1, groupId: String(n), marks: [mark(n)] })),
    );
    expect(await taken(here.store)).toHaveLength(1);
    expect(await taken(here.store)).toHaveLength(1);
    const third = await here.store.take(leaseMs);
    expect(third.kind === 'paced' && third.inMs).toBeGreaterThan(0);
    expect(await here.store.pay()).toBeGreaterThan(0);
  });
});

const delivered: Reported = { state: 'delivered', at: at + 5_000, status: '1' };
const failed: Reported = { state: 'failed', at: at + 9_000, status: '3' };
const event = (n: number): MessagesEntry => ({
  type: 'message.delivered',
  at,
  job: 'm1',
  n,
  lane: 'bulk',
  code: '1',
});

function writeOf(
  waiting: WaitingReport,
  reports: readonly [number, Reported][],
  done?: number[],
): ReportWrite {
  return {
    member: waitingText(waiting),
    waiting,
    reports: new Map(reports),
    events: [event(reports.length)],
    next: done ? { member: waitingText({ ...waiting, done }), dueAt: at + 60_000 } : undefined,
  };
}

async function putEnd({ redis, ...where }: Place, n = 2): Promise<string> {
  const key = endedKey(where, 'm1', dayOf(at));
  const ended = {
    end: 'accepted',
    at,
    lane: 'bulk',
    enqueuedAt: at,
    n,
    parts: n,
    attempts: 1,
    notes: { keys: ['a', 'b, {c}'] },
    reports: [],
  } as const;
  await redis.hset(key, 'm1', endedText(ended));
  return key;
}

const readEnd = async (redis: Redis, key: string) => parseEnded((await redis.hget(key, 'm1')) ?? '');

async function listen({ redis, prefix, account }: Place): Promise<() => Promise<readonly unknown[]>> {
  const stream = keys.events(prefix, account);
  await redis.xgroup('CREATE', stream, 'app', '$', 'MKSTREAM');
  return async () =>
    (await redis.xrange(stream, '-', '+')).map(([, fields]) => parseEventEntry(fields[1] ?? ''));
}

describe('what was learned', () => {
  it('is kept, told and no longer waited for in one step, once', async () => {
    const here = place();
    const key = await putEnd(here);
    const told = await listen(here);
    const waiting = waitingOf();
    await put(here, at, waiting);
    const first = writeOf(waiting, [[0, delivered]], [0]);
    expect(await here.store.write([first])).toEqual([true]);
    expect((await readEnd(here.redis, key))?.reports).toEqual([delivered, undefined]);
    // Whoever was killed after that writes it again, or another has asked at the same time.
    expect(await here.store.write([first])).toEqual([false]);
    const stale = writeOf(waiting, [[1, failed]], [1]);
    expect(await here.store.write([stale])).toEqual([false]);
    expect(await told()).toEqual([event(1)]);
    expect(await here.redis.zrange(here.reports, '0', '-1')).toEqual([first.next?.member]);
    expect(await here.store.write([writeOf({ ...waiting, done: [0] }, [[1, failed]])])).toEqual([true]);
    const kept = await readEnd(here.redis, key);
    expect(kept?.reports).toEqual([delivered, failed]);
    expect(kept?.notes).toEqual({ keys: ['a', 'b, {c}'] });
    expect(await here.redis.exists(here.reports)).toBe(0);
  });

  it('never takes the place of what was final before', async () => {
    const here = place();
    const key = await putEnd(here);
    const waiting = waitingOf();
    await put(here, at, waiting);
    await here.store.write([writeOf(waiting, [[0, delivered]], [0])]);
    const other = waitingOf({ done: [0], resends: 1 });
    await put(here, at, other);
    await here.store.write([writeOf(other, [[0, failed]])]);
    expect((await readEnd(here.redis, key))?.reports).toEqual([delivered, undefined]);
  });

  it('of nothing leaves what is kept as it is', async () => {
    const here = place();
    const key = await putEnd(here);
    const before = await here.redis.hget(key, 'm1');
    const waiting = waitingOf();
    const [member = ''] = await put(here, at, waiting);
    const next = { member, dueAt: at + 60_000 };
    await here.store.write([{ member, waiting, reports: new Map(), events: [], next }]);
    expect(await here.redis.hget(key, 'm1')).toBe(before);
    expect(Number(await here.redis.zscore(here.reports, member))).toBe(next.dueAt);
  });

  it('is told although what was kept of the end is gone', async () => {
    const here = place();
    const told = await listen(here);
    const waiting = waitingOf();
    await put(here, at, waiting);
    expect(await here.store.endsOf([waiting])).toEqual([undefined]);
    await here.store.write([writeOf(waiting, [[0, delivered]], [0])]);
    expect(await told()).toEqual([event(1)]);
    expect(await here.redis.exists(endedKey(here, 'm1', dayOf(at)))).toBe(0);
  });

  it.each(['no list', ' leading', '- '])('leaves alone what is no end of ours: %j', async (text) => {
    const here = place();
    const key = endedKey(here, 'm1', dayOf(at));
    await here.redis.hset(key, 'm1', text);
    const waiting = waitingOf({ n: 1 });
    await put(here, at, waiting);
    expect(await here.store.write([writeOf(waiting, [[0, delivered]])])).toEqual([true]);
    expect(await here.redis.exists(here.reports)).toBe(0);
  });

  it('is written past a key that holds something else', async () => {
    const here = place();
    const waiting = waitingOf({ n: 1 });
    const key = endedKey(here, 'm1', dayOf(at));
    await here.redis.set(key, 'no hash');
    await here.redis.set(keys.events(here.prefix, here.account), 'no stream');
    await put(here, at, waiting);
    expect(await here.store.endsOf([waiting])).toEqual([undefined]);
    expect(await here.store.write([writeOf(waiting, [[0, delivered]])])).toEqual([true]);
    expect(await here.redis.exists(here.reports)).toBe(0);
    expect(await here.redis.get(key)).toBe('no hash');
  });

  it('is kept of each of a thousand recipients', async () => {
    const here = place();
    const n = 1_000;
    const key = await putEnd(here, n);
    const marks = Array.from({ length: n }, (_, index) => mark(index));
    const waiting = waitingOf({ n, groupId: '260520174835022091', marks });
    await put(here, at, waiting);
    const odd = Array.from({ length: n / 2 }, (_, index) => 2 * index + 1);
    const even = odd.map((index) => index - 1);
    const write = writeOf(
      waiting,
      odd.map((index) => [index, delivered]),
      odd,
    );
    expect(await here.store.write([write])).toEqual([true]);
    const rest = writeOf(
      { ...waiting, done: odd },
      even.map((index) => [index, failed]),
    );
    expect(await here.store.write([rest])).toEqual([true]);
    const reports = (await readEnd(here.redis, key))?.reports ?? [];
    expect(reports).toHaveLength(n);
    expect(reports.every((one, index) => one?.state === (index % 2 === 1 ? 'delivered' : 'failed'))).toBe(
      true,
    );
    expect(await here.redis.exists(here.reports)).toBe(0);
  });
});
