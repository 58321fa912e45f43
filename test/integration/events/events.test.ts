import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvents, type Event, type Events, type EventsOptions } from '../../../src/events/index.ts';
import type { EventsProblem } from '../../../src/events/options.ts';
import { removeEventGroup } from '../../../src/events/remove-group.ts';
import { keys } from '../../../src/queue/names.ts';
import { messagesEntry, writeEntry } from '../../support/event-entries.ts';
import { startProcess } from '../../support/process.ts';
import { freshPrefix, sharedRedisUrl, startRedis } from '../../support/redis.ts';
import { startRedisPair } from '../../support/redis-pair.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import { waitFor } from '../../support/wait-for.ts';

const quick = { pollMs: 10, group: 'app' } as const;

/** The next so many events, not acknowledged. */
async function take(iterator: AsyncIterator<Event, void>, count: number): Promise<Event[]> {
  const events: Event[] = [];
  while (events.length < count) {
    const { value } = await iterator.next();
    if (!value) throw new Error('the events have ended');
    events.push(value);
  }
  return events;
}

const idsOf = (events: readonly Event[]): readonly string[] => events.map(({ id }) => id);

/** Reads on its own and acknowledges; `seen` grows. */
function follow(events: Events): { readonly seen: Event[]; readonly end: Promise<void> } {
  const seen: Event[] = [];
  const read = async (): Promise<void> => {
    for await (const event of events) {
      seen.push(event);
      await events.ack(event);
    }
  };
  return { seen, end: read() };
}

describe('events', () => {
  let redis: Redis;
  let prefix = '';
  const opened: Events[] = [];

  const open = (options: Partial<EventsOptions> = {}): Events => {
    const events = createEvents({ redis: sharedRedisUrl(), prefix, ...quick, ...options });
    opened.push(events);
    return events;
  };
  /** A world of its own for each test. */
  const begin = (): void => {
    prefix = freshPrefix();
  };
  const pending = async (group = 'app'): Promise<number> =>
    Number((await redis.xpending(keys.events(prefix, 'default'), group))[0]);
  const write = (job: string, change = {}, account = 'default') =>
    writeEntry(redis, prefix, messagesEntry({ job, ...change }), account);

  beforeAll(() => {
    redis = new Redis(sharedRedisUrl());
  });
  afterAll(async () => {
    await Promise.all(opened.map((events) => events.close()));
    redis.disconnect();
  });

  it('come in the order in which they were written, and are through once acknowledged', async () => {
    begin();
    const events = open();
    await events.subscribed();
    for (let n = 0; n < 5; n += 1) await write(`m${n}`);
    const { seen } = follow(events);
    await waitFor(() => seen.length === 5);
    expect(idsOf(seen)).toEqual([0, 1, 2, 3, 4].map((n) => `m${n}:message.accepted`));
    await waitFor(async () => (await pending()) === 0);
  });

  it('of a new group begin with what happens from its subscription on, or with all that there is', async () => {
    begin();
    const first = open({ group: 'first', from: 'beginning' });
    await first.subscribed();
    await write('before');
    const now = open({ group: 'now' });
    const all = open({ group: 'all', from: 'beginning' });
    await Promise.all([now.subscribed(), all.subscribed()]);
    await write('after');
    expect(idsOf(await take(all[Symbol.asyncIterator](), 2))).toHaveLength(2);
    expect(await take(now[Symbol.asyncIterator](), 1)).toMatchObject([{ messageId: 'after' }]);
  });

  it('of an entry about many messages are through when all of them are acknowledged', async () => {
    begin();
    const events = open();
    await events.subscribed();
    await write('many', { n: 3 });
    const [first, second, third] = await take(events[Symbol.asyncIterator](), 3);
    await events.ack(third!);
    await events.ack(first!);
    await events.ack(first!);
    expect(await pending()).toBe(1);
    await events.ack(second!);
    expect(await pending()).toBe(0);
  });

  it('come to every group', async () => {
    begin();
    const [one, other] = [open({ group: 'one' }), open({ group: 'other' })];
    await Promise.all([one.subscribed(), other.subscribed()]);
    await write('m1');
    for (const events of [one, other])
      expect(await take(events[Symbol.asyncIterator](), 1)).toMatchObject([{ messageId: 'm1' }]);
  });

  it('of several accounts say which account they are of', async () => {
    begin();
    const events = open({ account: ['shop', 'bank'] });
    await events.subscribed();
    await write('m1', {}, 'shop');
    await write('m2', {}, 'bank');
    const found = await take(events[Symbol.asyncIterator](), 2);
    expect(new Map(found.map(({ account, messageId }) => [account, messageId]))).toEqual(
      new Map([
        ['shop', 'm1'],
        ['bank', 'm2'],
      ]),
    );
  });

  it('of types that are not wanted are acknowledged and not shown', async () => {
    begin();
    const events = open({ types: ['message.dead'] });
    await events.subscribed();
    for (let n = 0; n < 300; n += 1) await write(`m${n}`);
    await write('m300', { type: 'message.dead' });
    expect(await take(events[Symbol.asyncIterator](), 1)).toMatchObject([{ messageId: 'm300' }]);
    expect(await pending()).toBe(1);
  });

  it('pass over what nobody of ours wrote, and tell', async () => {
    begin();
    const problems: EventsProblem[] = [];
    const events = open({ onProblem: (problem) => problems.push(problem) });
    await events.subscribed();
    const stream = keys.events(prefix, 'default');
    const entryId = await redis.xadd(stream, '*', 'other', 'field');
    await writeEntry(redis, prefix, '{"type":"message.accepted"');
    await writeEntry(redis, prefix, JSON.stringify({ type: 'message.sent', at: 1 }));
    await write('good');
    expect(await take(events[Symbol.asyncIterator](), 1)).toMatchObject([{ messageId: 'good' }]);
    expect(problems).toMatchObject([
      { kind: 'unreadable', account: 'default', entryId },
      { kind: 'unreadable' },
      { kind: 'unreadable' },
    ]);
    expect(await pending()).toBe(1);
  });

  it('that were not acknowledged come again, before anything new, to whoever reads next', async () => {
    begin();
    const events = open({ consumer: 'first' });
    await events.subscribed();
    for (const job of ['m1', 'm2', 'm3']) await write(job);
    const [, second] = await take(events[Symbol.asyncIterator](), 3);
    await events.ack(second!);
    await events.close();
    await write('m4');
    const after = open({ consumer: 'second' });
    const found = await take(after[Symbol.asyncIterator](), 3);
    expect(found.map(({ messageId }) => messageId)).toEqual(['m1', 'm3', 'm4']);
    const consumers = (await redis.xinfo('CONSUMERS', keys.events(prefix, 'default'), 'app')) as string[][];
    expect(consumers.map(([, name]) => name)).toEqual(['second']);
  });

  it('go to one consumer of a group at a time, and to the next at once when it leaves', async () => {
    begin();
    const [one, other] = [open(), open()];
    await one.subscribed();
    const first = follow(one);
    await write('m1');
    await waitFor(() => first.seen.length === 1);
    const second = follow(other);
    await write('m2');
    await waitFor(() => first.seen.length === 2);
    expect(second.seen).toEqual([]);
    await one.close();
    await first.end;
    await write('m3');
    await waitFor(() => second.seen.length === 1);
    expect(second.seen).toMatchObject([{ messageId: 'm3' }]);
  });

  it('go to another consumer when one gives no sign of life, in the order of each message', async () => {
    begin();
    const dead = new Redis(sharedRedisUrl());
    const one = open({ redis: dead, takeOverAfterMs: 1_000 });
    await one.subscribed();
    for (const type of ['message.accepted', 'message.delivered'] as const) await write('m1', { type });
    await take(one[Symbol.asyncIterator](), 1);
    dead.disconnect();
    await write('m2');
    const { seen } = follow(open({ takeOverAfterMs: 1_000 }));
    await waitFor(() => seen.length === 3, { limitMs: 10_000 });
    expect(idsOf(seen)).toEqual(['m1:message.accepted', 'm1:message.delivered', 'm2:message.accepted']);
  });

  it('stay with a consumer that takes long over one of them', async () => {
    begin();
    const [one, other] = [open({ takeOverAfterMs: 1_000 }), open({ takeOverAfterMs: 1_000 })];
    await one.subscribed();
    await write('m1');
    const iterator = one[Symbol.asyncIterator]();
    const [event] = await take(iterator, 1);
    const { seen } = follow(other);
    const key = keys.eventsReader(prefix, 'default', 'app');
    // Renewed several times over.
    for (let n = 0; n < 6; n += 1) {
      const before = await waitFor(async () => (await redis.pttl(key)) < 800);
      expect(before).toBe(true);
      await waitFor(async () => (await redis.pttl(key)) > 900);
    }
    expect(seen).toEqual([]);
    await one.ack(event!);
    expect(await pending()).toBe(0);
  });

  it('are read only as far as they are taken', async () => {
    begin();
    const events = open({ readAhead: 10 });
    await events.subscribed();
    for (let n = 0; n < 200; n += 1) await write(`m${n}`);
    const iterator = events[Symbol.asyncIterator]();
    await take(iterator, 5);
    expect(await pending()).toBe(10);
    await take(iterator, 6);
    expect(await pending()).toBe(20);
  });

  it('that were trimmed before they were acknowledged are told of', async () => {
    begin();
    const problems: EventsProblem[] = [];
    const one = open();
    await one.subscribed();
    for (const job of ['m1', 'm2', 'm3']) await write(job);
    await take(one[Symbol.asyncIterator](), 3);
    await one.close();
    await redis.xtrim(keys.events(prefix, 'default'), 'MAXLEN', '=', 1);
    const after = open({ onProblem: (problem) => problems.push(problem) });
    expect(await take(after[Symbol.asyncIterator](), 1)).toMatchObject([{ messageId: 'm3' }]);
    expect(problems).toEqual([{ kind: 'trimmed', account: 'default', entries: 2 }]);
  });

  it('of a group that has vanished go on where it was, and tell', async () => {
    begin();
    const problems: EventsProblem[] = [];
    const events = open({ onProblem: (problem) => problems.push(problem) });
    const keeper = open({ group: 'keeper' });
    await Promise.all([events.subscribed(), keeper.subscribed()]);
    const { seen } = follow(events);
    await write('m1');
    await waitFor(() => seen.length === 1);
    await redis.xgroup('DESTROY', keys.events(prefix, 'default'), 'app');
    await write('m2');
    await waitFor(() => seen.length === 2);
    await redis.del(keys.events(prefix, 'default'));
    await write('m3');
    await waitFor(() => seen.length === 3);
    expect(seen.map(({ messageId }) => messageId)).toEqual(['m1', 'm2', 'm3']);
    expect(problems).toContainEqual({ kind: 'group-lost', account: 'default' });
  });

  it('are refused where something else lies in the place of the stream', async () => {
    begin();
    await redis.set(keys.events(prefix, 'default'), 'text');
    const events = open();
    await expect(events.subscribed()).rejects.toMatchObject({ code: 'EVENTS_STREAM_INVALID' });
    await expect(events[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'EVENTS_STREAM_INVALID',
    });
  });

  it('are acknowledged only by what handed them out, and only while it is open', async () => {
    begin();
    const events = open();
    await events.subscribed();
    await write('m1');
    const [event] = await take(events[Symbol.asyncIterator](), 1);
    await expect(events.ack({ ...event! })).rejects.toMatchObject({ code: 'EVENTS_NOT_OURS' });
    await events.close();
    await expect(events.ack(event!)).rejects.toMatchObject({ code: 'EVENTS_CLOSED' });
  });

  it('end for whoever waits for them when they are closed', async () => {
    begin();
    const events = open();
    const { end } = follow(events);
    await events.subscribed();
    await events.close();
    await end;
  });

  it('keep no process alive once they are closed, though somebody holds an iterator that has not ended', async () => {
    begin();
    await writeEntry(redis, prefix, messagesEntry());
    const options = { redis: sharedRedisUrl(), prefix, group: 'app', from: 'beginning' };
    const input = `
      import { createEvents } from './src/events/index.ts';
      const events = createEvents(${JSON.stringify(options)});
      const { value } = await events[Symbol.asyncIterator]().next();
      await events.ack(value);
      await events.close();
      console.log('closed');`;
    await using consumer = startProcess([process.execPath, '--input-type=module', '-'], { input });
    await consumer.waitForLine(/closed/);
    expect(await consumer.exit).toMatchObject({ code: 0 });
  });

  it('leave nothing behind when the last group is removed', async () => {
    begin();
    const [one, other] = [open({ group: 'one' }), open({ group: 'other' })];
    await Promise.all([one.subscribed(), other.subscribed()]);
    await Promise.all([one.close(), other.close()]);
    const place = { prefix, account: 'default' };
    expect(await removeEventGroup(redis, { ...place, group: 'one' })).toBe(true);
    expect(await redis.exists(keys.events(prefix, 'default'))).toBe(1);
    expect(await removeEventGroup(redis, { ...place, group: 'other' })).toBe(true);
    expect(await removeEventGroup(redis, { ...place, group: 'other' })).toBe(false);
    expect(await redis.keys(`${prefix}:*`)).toEqual([]);
  });
});

describe('events through trouble with Redis', () => {
  it('come, every one, through a crash and a restart', async () => {
    await using server = await startRedis({ aof: 'always' });
    const prefix = freshPrefix();
    await using events = createEvents({
      redis: server.url,
      prefix,
      ...quick,
      takeOverAfterMs: 2_000,
    });
    await events.subscribed();
    const { seen } = follow(events);
    const client = server.client();
    const expected: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      for (let n = 0; n < 20; n += 1) {
        await writeEntry(client, prefix, messagesEntry({ job: `m${round}-${n}` }));
        expected.push(`m${round}-${n}:message.accepted`);
      }
      await server.kill();
      await server.restart();
    }
    await waitFor(() => new Set(idsOf(seen)).size === expected.length, { limitMs: 15_000 });
    expect([...new Set(idsOf(seen))]).toEqual(expected);
  });

  it('come in their order though Redis read them for a consumer that did not get the answer', async () => {
    const prefix = freshPrefix();
    const client = new Redis(sharedRedisUrl());
    const consumer = 'c1';
    await using events = createEvents({ redis: sharedRedisUrl(), prefix, ...quick, consumer });
    await events.subscribed();
    const iterator = events[Symbol.asyncIterator]();
    await writeEntry(client, prefix, messagesEntry({ job: 'm1' }));
    const [first] = await take(iterator, 1);
    await events.ack(first!);
    const coming = take(iterator, 2);
    // What a reading does whose answer gets lost.
    const stream = keys.events(prefix, 'default');
    await client
      .multi()
      .xadd(stream, '*', 'e', JSON.stringify(messagesEntry({ job: 'm2' })))
      .xreadgroup('GROUP', 'app', consumer, 'COUNT', 1, 'STREAMS', stream, '>')
      .exec();
    await writeEntry(client, prefix, messagesEntry({ job: 'm3' }));
    expect((await coming).map(({ messageId }) => messageId)).toEqual(['m2', 'm3']);
    client.disconnect();
  });

  it('of a consumer that died are told though the next one heard of them too late for them to be its own', async () => {
    const prefix = freshPrefix();
    const client = new Redis(sharedRedisUrl());
    await using proxy = await startTcpProxy({ port: Number(new URL(sharedRedisUrl()).port) });
    const takeOverAfterMs = 1_000;
    const redis = `redis://127.0.0.1:${proxy.port}`;
    await using events = createEvents({ redis, prefix, ...quick, takeOverAfterMs });
    await events.subscribed();
    const { seen } = follow(events);
    await writeEntry(client, prefix, messagesEntry({ job: 'm0' }));
    await waitFor(() => seen.length === 1);
    proxy.stall('up');
    // By then every sign of life that it has tried to give is too old, too.
    const isOld = performance.now() + 2.5 * takeOverAfterMs;
    for (const job of ['m1', 'm2']) await writeEntry(client, prefix, messagesEntry({ job }));
    const stream = keys.events(prefix, 'default');
    await client.xreadgroup('GROUP', 'app', 'died', 'STREAMS', stream, '>');
    await waitFor(() => performance.now() > isOld);
    proxy.resume();
    await waitFor(() => new Set(idsOf(seen)).size === 3);
    expect([...new Set(seen.map(({ messageId }) => messageId))]).toEqual(['m0', 'm1', 'm2']);
    client.disconnect();
  });

  it('come through a failover, though the old connection leads to a replica', async () => {
    await using pair = await startRedisPair();
    const prefix = freshPrefix();
    await using events = createEvents({ redis: pair.url, prefix, ...quick, takeOverAfterMs: 2_000 });
    await events.subscribed();
    const { seen } = follow(events);
    await writeEntry(pair.first.client(), prefix, messagesEntry({ job: 'before' }));
    await waitFor(() => seen.length > 0);
    await pair.failOver();
    await writeEntry(pair.second.client(), prefix, messagesEntry({ job: 'after' }));
    await waitFor(() => seen.some(({ messageId }) => messageId === 'after'), { limitMs: 15_000 });
    expect([...new Set(seen.map(({ messageId }) => messageId))]).toEqual(['before', 'after']);
  });

  it('begin when Redis comes, and can be closed before', async () => {
    const server = await startRedis();
    await server.kill();
    const prefix = freshPrefix();
    const waiting = createEvents({ redis: server.url, prefix, ...quick });
    const { end } = follow(waiting);
    await waiting.close();
    await end;
    const problems: EventsProblem[] = [];
    const onProblem = (problem: EventsProblem) => problems.push(problem);
    await using events = createEvents({ redis: server.url, prefix, ...quick, onProblem });
    const { seen } = follow(events);
    await waitFor(() => problems.length > 0);
    expect(problems[0]).toEqual({ kind: 'redis', cause: 'ECONNREFUSED' });
    await server.restart();
    await events.subscribed();
    await writeEntry(server.client(), prefix, messagesEntry());
    await waitFor(() => seen.length === 1);
    await server.stop();
  });

  it('are refused at once where the user of the connection lacks the right', async () => {
    await using server = await startRedis();
    await server.client().acl('SETUSER', 'poor', 'on', '>secret', '~*', '&*', '+@all', '-xgroup');
    await using events = createEvents({
      redis: server.url.replace('redis://', 'redis://poor:secret@'),
      prefix: freshPrefix(),
      ...quick,
    });
    const error = await events.subscribed().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'EVENTS_REFUSED' });
    expect(String(error)).not.toMatch(/secret/);
  });
});
