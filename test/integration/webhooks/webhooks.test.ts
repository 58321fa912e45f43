import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeliveryQueue, openDeliveryQueue } from '../../../src/bullmq/webhook-queue.ts';
import { askRights } from '../../../src/operator/redis-rights.ts';
import type { MessagesEntry } from '../../../src/queue/event-entry.ts';
import { keys, webhookGroup } from '../../../src/queue/names.ts';
import { openWorkerRedis } from '../../../src/queue/redis.ts';
import { parseSettings } from '../../../src/settings/parse.ts';
import type { Settings, WebhookEndpoint } from '../../../src/settings/settings.ts';
import { createWebhookSnapshot } from '../../../src/watch/webhook-snapshot.ts';
import { createWebhookTelemetry } from '../../../src/webhooks/report.ts';
import { tryForMs } from '../../../src/webhooks/schedule.ts';
import { startWebhooks } from '../../../src/webhooks/webhooks.ts';
import { messagesEntry, writeEntry } from '../../support/event-entries.ts';
import { expectDocumented, type RecordedLog, recordLog } from '../../support/log-lines.ts';
import { httpReply, rawServer } from '../../support/raw-server.ts';
import { freshPrefix, sharedRedisUrl, startRedis } from '../../support/redis.ts';
import { startRedisPair } from '../../support/redis-pair.ts';
import { addRoleUser } from '../../support/redis-users.ts';
import { selfSigned } from '../../support/self-signed.ts';
import { stays, waitFor } from '../../support/wait-for.ts';
import { startReceiver, status, webhookSecret } from '../../support/webhook-receiver.ts';
import { captureCli } from '../../unit/cli/capture.ts';

const secret = webhookSecret(7);

interface World extends AsyncDisposable {
  readonly settings: Settings;
  readonly log: RecordedLog;
  /** Tries by `endpoint result`. */
  readonly counts: ReadonlyMap<string, number>;
  queue(endpoint?: string): DeliveryQueue;
  write(job: string, change?: Partial<MessagesEntry>, account?: string): Promise<string>;
  /** The command line with the settings of this world. */
  cli(...args: readonly string[]): ReturnType<typeof captureCli>;
}

describe('webhooks', () => {
  let shared: Redis;
  beforeAll(() => {
    shared = new Redis(sharedRedisUrl());
  });
  afterAll(() => shared.disconnect());

  const endpointAt = (url: string, change: Partial<WebhookEndpoint> = {}): WebhookEndpoint => ({
    name: 'app',
    url,
    secret: [secret],
    types: [],
    accounts: [],
    batch: 1,
    proxyUrl: '',
    ...change,
  });

  /** Webhooks to these endpoints, once they have subscribed. */
  async function start(
    webhooks: readonly WebhookEndpoint[],
    { redisUrl = sharedRedisUrl(), redis = shared, config = {} as object, prefix = freshPrefix() } = {},
  ): Promise<World> {
    const env = { JETSMS_REDIS_URL: redisUrl, JETSMS_PREFIX: prefix, JETSMS_CONFIG: '/config.json' };
    const file = {
      lockDurationMs: 70_000,
      webhookTimeoutMs: 1_000,
      accounts: { default: {}, bank: {} },
      ...config,
    };
    const parsed = parseSettings({ env, files: () => JSON.stringify(file) });
    const settings: Settings = { ...parsed, webhooks };
    const log = recordLog();
    const counts = new Map<string, number>();
    const telemetry = createWebhookTelemetry({
      log: log.log,
      count: ({ endpoint, result }) => {
        const key = `${endpoint} ${result}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      },
    });
    const running = startWebhooks({ settings, telemetry, now: Date.now, random: () => 0 });
    const queues = new Map<string, DeliveryQueue>();
    for (const { name, accounts } of webhooks) {
      queues.set(name, openDeliveryQueue({ redis, prefix, endpoint: name }));
      for (const account of accounts.length > 0 ? accounts : ['default', 'bank']) {
        await waitFor(async () => {
          const groups = (await redis.xinfo('GROUPS', keys.events(prefix, account))) as unknown[][];
          return groups.some((group) => group.includes(webhookGroup(name)));
        });
      }
    }
    return {
      settings,
      log,
      counts,
      queue: (endpoint = 'app') => queues.get(endpoint)!,
      write: (job, change = {}, account = 'default') =>
        writeEntry(redis, prefix, messagesEntry({ job, ...change }), account),
      cli: async (...args) => {
        const { writeFile, mkdtemp, rm } = await import('node:fs/promises');
        const { tmpdir } = await import('node:os');
        const { join } = await import('node:path');
        const dir = await mkdtemp(join(tmpdir(), 'jetsms-webhooks-'));
        const path = join(dir, 'config.json');
        await writeFile(
          path,
          JSON.stringify({ ...file, webhooks }, (_, value) => (value?.length === 0 ? undefined : value)),
        );
        const done = await captureCli(args, { env: { ...env, JETSMS_CONFIG: path } });
        await rm(dir, { recursive: true });
        return done;
      },
      async [Symbol.asyncDispose]() {
        await running.close();
        for (const queue of queues.values()) await queue.close();
        for (const line of log.lines) expectDocumented(line);
        expect(log.text()).not.toMatch(/whsec_|hidden|hooks\/jetsms/);
      },
    };
  }

  it('carry each event, signed, to the endpoint', async () => {
    await using receiver = await startReceiver(secret);
    await using world = await start([endpointAt(receiver.url)]);
    await world.write('m1', { keys: ['order-1'] });
    await world.write('m2', { n: 3, type: 'message.delivered' });
    await waitFor(() => receiver.received.length === 4);
    const bodies = receiver.received.map(({ body }) => body);
    expect(bodies.map(({ data }) => data.id).toSorted()).toEqual([
      'm1:message.accepted',
      'm2.0:message.delivered',
      'm2.1:message.delivered',
      'm2.2:message.delivered',
    ]);
    expect(bodies.find(({ data }) => data.messageId === 'm1')).toEqual({
      type: 'message.accepted',
      timestamp: '2027-01-15T08:00:00.000Z',
      data: {
        id: 'm1:message.accepted',
        type: 'message.accepted',
        at: 1_800_000_000_000,
        account: 'default',
        messageId: 'm1',
        key: 'order-1',
        lane: 'transactional',
      },
    });
    expect(receiver.forged).toEqual([]);
    await waitFor(() => world.counts.get('app delivered') === 4);
    expect(await world.queue().counts()).toEqual({ waiting: 0, dead: 0 });
  });

  it('carry only the types and the accounts that an endpoint wants', async () => {
    await using receiver = await startReceiver(secret);
    await using world = await start([
      endpointAt(receiver.url, { types: ['message.dead'], accounts: ['bank'] }),
    ]);
    await world.write('m1', { type: 'message.dead' });
    await world.write('m2', { type: 'message.accepted' }, 'bank');
    await world.write('m3', { type: 'message.dead' }, 'bank');
    await waitFor(() => receiver.received.length === 1);
    expect(receiver.received[0]?.body.data.messageId).toBe('m3');
    await stays(() => receiver.received.length, 300);
  });

  it('carry what has come by then together, where the endpoint takes lists', async () => {
    await using receiver = await startReceiver(secret);
    await using world = await start([endpointAt(receiver.url, { batch: 100 })]);
    await world.write('m1', { n: 250 });
    await waitFor(() => receiver.received.length === 3);
    const lists = receiver.received.map(({ body }) => body.data.events.length);
    expect(lists.toSorted((one, other) => one - other)).toEqual([50, 100, 100]);
    expect(receiver.received.map(({ body }) => body.type)).toEqual(['events', 'events', 'events']);
  });

  it('are signed with every secret while one takes the place of another', async () => {
    await using old = await startReceiver(webhookSecret(1));
    await using world = await start([endpointAt(old.url, { secret: [webhookSecret(2), webhookSecret(1)] })]);
    await world.write('m1');
    await waitFor(() => old.received.length === 1);
    expect(old.received[0]?.signatures).toHaveLength(2);
  });

  it.each([
    ['an error of the server', status(500), 'http-500'],
    [
      'a redirect, which is not followed',
      status(302, { location: 'https://elsewhere.example/' }),
      'http-302',
    ],
    ['a wrong address', status(404), 'http-404'],
    ['no answer in time', () => {}, 'headers-timeout'],
    [
      'a connection that breaks off',
      (response: { destroy(): void }) => response.destroy(),
      'reset-after-write',
    ],
  ] as const)('are tried again after %s, with the same id, until they are taken', async (_, answer, code) => {
    await using receiver = await startReceiver(secret);
    receiver.answer(answer);
    await using world = await start([endpointAt(receiver.url)]);
    await world.write('m1');
    const failed = await waitFor(() => world.log.lines.find(({ msg }) => msg === 'webhook.failed'));
    expect(failed).toMatchObject({ endpoint: 'app', events: 1, attempt: 1, delayMs: 4_000 });
    expect(['headers-timeout', 'request-timeout'].includes(code) ? 'headers-timeout' : failed['code']).toBe(
      code,
    );
    receiver.answer(status(200));
    await waitFor(async () => {
      await world.queue().hurry();
      return world.counts.get('app delivered') === 1;
    });
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1);
    expect(receiver.forged).toEqual([]);
  });

  it('wait as long as the endpoint asks for', async () => {
    await using receiver = await startReceiver(secret);
    receiver.answer(status(429, { 'retry-after': '3600' }));
    await using world = await start([endpointAt(receiver.url)]);
    await world.write('m1');
    const failed = await waitFor(() => world.log.lines.find(({ msg }) => msg === 'webhook.failed'));
    expect(failed).toMatchObject({ code: 'http-429', delayMs: 3_600_000 });
  });

  it('go to no endpoint whose certificate nobody has reason to trust', async () => {
    await using receiver = await startReceiver(secret, selfSigned('127.0.0.1'));
    await using world = await start([endpointAt(receiver.url)]);
    await world.write('m1');
    const failed = await waitFor(() => world.log.lines.find(({ msg }) => msg === 'webhook.failed'));
    expect(failed).toMatchObject({ code: 'tls' });
    expect(receiver.received).toEqual([]);
  });

  it('are taken though the endpoint answers more than anybody reads', async () => {
    await using server = await rawServer((socket) => socket.write(httpReply(200, 'x'.repeat(1_000_000))));
    await using world = await start([endpointAt(server.url)]);
    await world.write('m1');
    await waitFor(() => world.counts.get('app delivered') === 1);
  });

  it('reach an endpoint though another is slow and a third is away', async () => {
    await using slow = await startReceiver(secret);
    slow.answer(() => {});
    await using quick = await startReceiver(secret);
    const gone = await startReceiver(secret);
    await gone[Symbol.asyncDispose]();
    await using world = await start([
      endpointAt(slow.url, { name: 'slow' }),
      endpointAt(gone.url, { name: 'gone' }),
      endpointAt(quick.url, { name: 'quick' }),
    ]);
    for (let n = 0; n < 50; n += 1) await world.write(`m${n}`);
    await waitFor(() => quick.received.length === 50);
    expect(world.counts.get('slow delivered')).toBeUndefined();
    expect(await world.queue('slow').counts()).toMatchObject({ waiting: 50 });
    expect(await world.queue('gone').counts()).toMatchObject({ waiting: 50 });
  });

  it('wait in the stream where 10,000 wait for an endpoint, however many messages one look at it brings', async () => {
    const gone = await startReceiver(secret);
    await gone[Symbol.asyncDispose]();
    await using world = await start([endpointAt(gone.url)]);
    const entries = ['m1', 'm2'].map((job) => JSON.stringify(messagesEntry({ job, n: 6_000 })));
    const both = shared.multi();
    for (const entry of entries) both.xadd(keys.events(world.settings.prefix, 'default'), '*', 'e', entry);
    await both.exec();
    const waiting = async (): Promise<number> => (await world.queue().counts()).waiting;
    await waitFor(async () => (await waiting()) >= 10_000, { limitMs: 20_000 });
    await stays(async () => (await waiting()) <= 10_100, 1_500);
  });

  it('are hurried where an endpoint takes them again after an outage', async () => {
    await using receiver = await startReceiver(secret);
    receiver.answer(status(503));
    await using world = await start([endpointAt(receiver.url)]);
    for (let n = 0; n < 20; n += 1) await world.write(`m${n}`);
    await waitFor(() => world.counts.get('app failed') === 20);
    receiver.answer(status(200));
    await world.write('after');
    // By their schedule none would be tried again for four seconds.
    await waitFor(() => world.counts.get('app delivered') === 21, { limitMs: 3_500 });
  });

  it('are hurried by a process that was started amid the outage', async () => {
    await using receiver = await startReceiver(secret);
    receiver.answer(status(503, { 'retry-after': '600' }));
    const prefix = freshPrefix();
    {
      await using first = await start([endpointAt(receiver.url)], { prefix });
      await first.write('before');
      await waitFor(() => first.counts.get('app failed') === 1);
    }
    receiver.answer(status(200));
    await using second = await start([endpointAt(receiver.url)], { prefix });
    await second.write('after');
    await waitFor(() => second.counts.get('app delivered') === 2);
  });

  it('end with an endpoint that says that it is gone, and go on where it was when it is switched on', async () => {
    await using receiver = await startReceiver(secret);
    receiver.answer(status(410));
    await using world = await start([endpointAt(receiver.url)]);
    await world.write('m1');
    await waitFor(() => world.log.lines.some(({ msg }) => msg === 'webhook.ended'));
    receiver.answer(status(200));
    await world.write('m2');
    await stays(() => receiver.received.length, 500);
    const { settings } = world;
    const [snapshot] = await createWebhookSnapshot({ redis: shared, ...settings })();
    expect(snapshot).toEqual({ endpoint: 'app', waiting: 0, dead: 1, isEnded: true });
    const listed = JSON.parse((await world.cli('webhooks', 'list', '--json')).out.join(''));
    expect(listed.endpoints).toMatchObject([
      { name: 'app', state: 'ended', unread: 1, dead: 1, deadDeliveries: [{ why: 'http-410', tries: 1 }] },
    ]);
    expect(JSON.stringify(listed)).not.toContain('hidden');
    expect((await world.cli('webhooks', 'resume', 'app')).exitCode).toBe(0);
    await waitFor(() => receiver.received.some(({ body }) => body.data.messageId === 'm2'));
    expect((await world.cli('webhooks', 'replay', '--endpoint', 'app')).out).toEqual([
      '1 delivery is tried again.',
    ]);
    await waitFor(() => world.counts.get('app delivered') === 2);
  });

  it('that were ended are on again under another address', async () => {
    await using old = await startReceiver(secret);
    old.answer(status(410));
    await using receiver = await startReceiver(secret);
    const prefix = freshPrefix();
    {
      await using world = await start([endpointAt(old.url)], { prefix });
      await world.write('m1');
      await waitFor(() => world.log.lines.some(({ msg }) => msg === 'webhook.ended'));
      await world.write('m2');
    }
    await using _world = await start([endpointAt(receiver.url)], { prefix });
    await waitFor(() => receiver.received.some(({ body }) => body.data.messageId === 'm2'));
  });

  it('are given up after 24 hours, are listed, and are tried again for another 24 when somebody says so', async () => {
    await using receiver = await startReceiver(secret);
    receiver.answer(status(500));
    await using world = await start([endpointAt(receiver.url)]);
    const since = Date.now() - tryForMs - 1_000;
    const body = JSON.stringify({ type: 'message.dead', data: {} });
    await world.queue().add([{ id: 'msg_old', data: { body, events: 1, since } }]);
    await waitFor(() => world.counts.get('app dead') === 1);
    // It is told before BullMQ has put it aside.
    await waitFor(async () => (await world.queue().counts()).dead === 1);
    expect(await world.queue().counts()).toEqual({ waiting: 0, dead: 1 });
    const list = await world.cli('webhooks', 'list');
    expect(list.out.join('\n')).toMatch(/app +on +0 +0 +1 .*\n\nDEAD DELIVERY.*\nmsg_old .* http-500/);
    expect((await world.cli('webhooks', 'replay')).err.join('')).toContain('NO_DELIVERIES_CHOSEN');
    const replayed = await world.cli('webhooks', 'replay', 'msg_old', 'msg_unknown', '--json');
    expect(JSON.parse(replayed.out.join(''))).toEqual({ replayed: 1 });
    expect(replayed.err).toEqual(['1 of these ids are those of no dead delivery.']);
    expect(replayed.exitCode).toBe(1);
    await waitFor(() => world.counts.get('app failed') === 1);
    receiver.answer(status(200));
    await waitFor(async () => {
      await world.queue().hurry();
      return world.counts.get('app delivered') === 1;
    });
  });

  it('are all tried again once, however many there are and though they die again at once', async () => {
    await using receiver = await startReceiver(secret);
    await using world = await start([endpointAt(receiver.url)]);
    const data = { body: '', events: -1, since: 0 };
    await world.queue().add(Array.from({ length: 1_100 }, (_, n) => ({ id: `msg_${n}`, data })));
    await waitFor(async () => (await world.queue().counts()).dead === 1_100, { limitMs: 20_000 });
    const replayed = await world.cli('webhooks', 'replay', '--all', '--json');
    expect(JSON.parse(replayed.out.join(''))).toEqual({ replayed: 1_100 });
    await waitFor(() => world.counts.get('app dead') === 2_200, { limitMs: 20_000 });
  }, 60_000);

  it('that nobody of ours wrote are given up at once, and harm no other', async () => {
    await using receiver = await startReceiver(secret);
    await using world = await start([endpointAt(receiver.url)]);
    await world.queue().add([{ id: 'msg_bad', data: { body: '', events: -1, since: 0 } }]);
    await world.write('m1');
    await waitFor(() => receiver.received.length === 1);
    await waitFor(async () => (await world.queue().counts()).dead === 1);
    expect(await world.queue().dead(1)).toMatchObject([
      { id: 'msg_bad', data: undefined, why: 'unreadable' },
    ]);
    expect(world.counts.get('app dead')).toBe(1);
    const [line] = world.log.lines.filter(({ msg }) => msg === 'webhook.dead');
    expect(line).toMatchObject({ endpoint: 'app', id: 'msg_bad', code: 'unreadable', events: 0 });
    expectDocumented(line!);
  });

  it('are sent once by several processes, and by another when one has gone', async () => {
    await using receiver = await startReceiver(secret);
    const prefix = freshPrefix();
    await using second = await start([endpointAt(receiver.url)], { prefix });
    {
      await using first = await start([endpointAt(receiver.url)], { prefix });
      for (let n = 0; n < 50; n += 1) await first.write(`m${n}`);
      await waitFor(() => receiver.received.length === 50);
    }
    for (let n = 50; n < 100; n += 1) await second.write(`m${n}`);
    await waitFor(() => receiver.received.length === 100);
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(100);
  });

  it('come, every one, through a crash of Redis and a failover', async () => {
    await using receiver = await startReceiver(secret);
    await using server = await startRedis({ aof: 'always' });
    await using pair = await startRedisPair();
    for (const { url, client, trouble } of [
      { url: server.url, client: () => server.client(), trouble: () => server.restart() },
      { url: pair.url, client: () => pair.second.client(), trouble: () => pair.failOver() },
    ]) {
      const before = client();
      const writer = url === pair.url ? pair.first.client() : before;
      await using world = await start([endpointAt(receiver.url)], { redisUrl: url, redis: writer });
      const { prefix } = world.settings;
      for (let n = 0; n < 20; n += 1) await writeEntry(writer, prefix, messagesEntry({ job: `before-${n}` }));
      await trouble();
      for (let n = 0; n < 20; n += 1)
        await writeEntry(client(), prefix, messagesEntry({ job: `after-${n}` }));
      const seen = () => new Set(receiver.received.map(({ body }) => body.data.messageId));
      await waitFor(() => seen().size === 40, { limitMs: 60_000 });
    }
  });

  it('need no more rights in Redis than the doctor looks at', async () => {
    await using receiver = await startReceiver(secret);
    await using server = await startRedis();
    const redisUrl = await addRoleUser(server, 'worker');
    receiver.answer((response, nth) => status(nth % 2 === 0 ? 200 : 500)(response, nth));
    await using world = await start([endpointAt(receiver.url)], { redisUrl, redis: server.client() });
    const { prefix } = world.settings;
    for (let n = 0; n < 20; n += 1)
      await writeEntry(server.client(), prefix, messagesEntry({ job: `m${n}` }));
    await waitFor(async () => {
      await world.queue().hurry();
      return world.counts.get('app delivered') === 20;
    });
    receiver.answer(status(410));
    await writeEntry(server.client(), prefix, messagesEntry({ job: 'last' }));
    await waitFor(() => world.log.lines.some(({ msg }) => msg === 'webhook.ended'));
    expect(world.log.lines.filter(({ msg }) => msg === 'webhook.redis')).toEqual([]);
  });

  it.each(['xgroup', 'xreadgroup', 'xautoclaim', 'xack'])(
    'are not begun where the right to %s is missing, which is named',
    async (command) => {
      await using server = await startRedis();
      await server
        .client()
        .call('ACL', 'SETUSER', 'worker', 'reset', 'on', '>pw', '~*', '+@all', `-${command}`);
      const connection = openWorkerRedis(`redis://worker:pw@127.0.0.1:${server.port}`);
      const place = { prefix: '{jetsms}', accounts: ['shop'], name: 'w1' };
      expect(await askRights(connection, { ...place, readsEvents: true })).toEqual({
        commands: [command],
        keys: [],
      });
      expect(await askRights(connection, place)).toEqual({ commands: [], keys: [] });
      expect(await server.client().dbsize()).toBe(0);
      connection.disconnect();
    },
  );

  it('are tried by a test event, which says what came back', async () => {
    await using receiver = await startReceiver(secret);
    await using world = await start([endpointAt(receiver.url)]);
    const done = await world.cli('webhooks', 'test', 'app');
    expect(done).toMatchObject({ exitCode: 0, err: [] });
    expect(done.out.join('')).toMatch(/^app took the test event: http-204, after \d+ ms\.$/);
    expect(receiver.received).toMatchObject([{ body: { type: 'webhook.test' } }]);
    receiver.answer(status(401));
    const refused = await world.cli('webhooks', 'test', 'app', '--json');
    expect(refused.exitCode).toBe(1);
    expect(JSON.parse(refused.out.join(''))).toMatchObject({
      endpoint: 'app',
      taken: false,
      code: 'http-401',
    });
    const unknown = await world.cli('webhooks', 'test', 'other');
    expect(unknown.err.join('')).toMatch(/WEBHOOK_UNKNOWN.*Known: app/);
    // Without a name it is that of JETSMS_WEBHOOK_URL, which is called `default`.
    expect((await world.cli('webhooks', 'test')).err.join('')).toMatch(/WEBHOOK_UNKNOWN.*Known: app/);
    await using own = await start([{ ...endpointAt(receiver.url), name: 'default' }]);
    receiver.answer(status(204));
    expect((await own.cli('webhooks', 'test')).out.join('')).toMatch(/^default took the test event/);
  });
});
