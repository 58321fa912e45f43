import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDashboard } from '../../../src/dashboard/dashboard.ts';
import { createEvents } from '../../../src/events/index.ts';
import { createApiKeys } from '../../../src/gateway/keys/api-keys.ts';
import { serveGateway } from '../../../src/gateway/serve.ts';
import { silentLogger } from '../../../src/log/logger.ts';
import { openDeadLetters } from '../../../src/operator/dead-letters.ts';
import { holdAccount, listHolds, resumeAccount } from '../../../src/operator/hold-operations.ts';
import { createProducer, type Producer } from '../../../src/producer/index.ts';
import { placeOf } from '../../../src/queue/names.ts';
import { openOperatorRedis, whenReady } from '../../../src/queue/redis.ts';
import type { RedisClient } from '../../../src/queue/redis-client.ts';
import { readSettings } from '../../../src/settings/read.ts';
import { createSimulator, type Simulator } from '../../../src/simulator/index.ts';
import { startCli, type TestProcess } from '../../support/process.ts';
import { startCluster, type TestCluster } from '../../support/redis-cluster.ts';
import { waitFor } from '../../support/wait-for.ts';
import { startReceiver, type WebhookReceiver, webhookSecret } from '../../support/webhook-receiver.ts';
import { captureCli } from '../../unit/cli/capture.ts';

/** Of these names the slots lie on three nodes; a test sees to it. */
const accounts = ['acme', 'bank', 'shop', 'spa'] as const;
const prefix = '{firma}';
const secret = webhookSecret(3);

const number = (n: number): string => `+90532${String(1_000_000 + n)}`;

describe('on a Redis Cluster of three primaries and their replicas', () => {
  let cluster: TestCluster;
  let simulator: Simulator;
  let receiver: WebhookReceiver;
  let env: Readonly<Record<string, string>>;
  let dir: string;
  let worker: TestProcess;
  let producer: Producer;
  let redis: RedisClient;

  beforeAll(async () => {
    [cluster, simulator, receiver, dir] = await Promise.all([
      startCluster(),
      Promise.resolve(createSimulator()),
      startReceiver(secret),
      mkdtemp(join(tmpdir(), 'jetsms-cluster-')),
    ]);
    await simulator.listen();
    const config = join(dir, 'config.json');
    const login = { username: 'demo', password: 'demo', title: 'DEMO', url: simulator.xmlUrl };
    const webhooks = [{ name: 'app', url: receiver.url, secret: [secret] }];
    await writeFile(
      config,
      JSON.stringify({ accounts: Object.fromEntries(accounts.map((name) => [name, login])), webhooks }),
    );
    env = {
      JETSMS_REDIS_URL: cluster.url,
      JETSMS_PREFIX: prefix,
      JETSMS_CONFIG: config,
      JETSMS_HEALTH_PORT: '0',
      JETSMS_LOG_LEVEL: 'info',
    };
    worker = startCli(['start'], { env });
    await worker.waitForLine(/"msg":"worker.started"/);
    producer = createProducer({
      redis: cluster.url,
      prefix,
      accounts: Object.fromEntries(accounts.map((name) => [name, { title: 'DEMO' }])),
    });
    redis = openOperatorRedis(cluster.url, 5_000);
    redis.on('error', () => {});
    await whenReady(redis, 5_000);
  }, 60_000);

  afterAll(async () => {
    await producer?.close();
    redis?.disconnect();
    await worker?.kill('SIGTERM');
    await Promise.all([cluster, simulator, receiver].map((one) => one?.[Symbol.asyncDispose]()));
    await rm(dir, { recursive: true, force: true });
  });

  const stateOf = async (id: string): Promise<string> => (await producer.status(id)).state;
  const becomes = (id: string, state: string) =>
    waitFor(async () => (await stateOf(id)) === state, { limitMs: 15_000, what: `${id} ${state}` });

  it('accounts lie on all three nodes, and all keys of one together', async () => {
    const places = accounts.map((account) => placeOf({ isCluster: true }, prefix, account));
    const owners = await Promise.all(places.map((place) => cluster.ownerOf(place.prefix)));
    expect(new Set(owners).size).toBe(3);
  });

  it('messages of each account are accepted, and their events told by webhooks', async () => {
    const receipts = await Promise.all(
      accounts.flatMap((account, at) =>
        Array.from({ length: 10 }, (_, n) =>
          producer.send({ account, to: number(100 * at + n), text: `Merhaba ${n}`, idempotencyKey: `m${n}` }),
        ),
      ),
    );
    for (const { id } of receipts) await becomes(id, 'accepted');
    const told = () =>
      receiver.received
        .filter(({ body }) => body.type === 'message.accepted')
        .map(({ body }) => body.data.account);
    await waitFor(() => told().length >= receipts.length, { limitMs: 15_000, what: 'all webhooks' });
    expect(new Set(told())).toEqual(new Set(accounts));
    expect(receiver.forged).toEqual([]);
    const again = await producer.send({
      account: 'bank',
      to: number(100),
      text: 'Merhaba 0',
      idempotencyKey: 'm0',
    });
    expect(again).toMatchObject({ id: receipts[10]?.id, duplicate: true });
  });

  it('campaigns are enqueued, counted, paused and finished, each on its node', async () => {
    await using events = createEvents({
      redis: cluster.url,
      prefix,
      account: [...accounts],
      group: 'app',
      types: ['campaign.finished'],
    });
    await events.subscribed();
    const campaign = 'sale';
    await Promise.all(
      accounts.map((account, at) =>
        producer.sendMany(
          Array.from({ length: 300 }, (_, n) => number(10_000 * (at + 1) + n)),
          { account, campaign, text: 'Bahar geldi.' },
        ),
      ),
    );
    const finished = new Set<string>();
    for await (const event of events) {
      finished.add(event.account);
      await events.ack(event);
      if (finished.size === accounts.length) break;
    }
    for (const account of accounts)
      expect(await producer.campaign(campaign, { account })).toMatchObject({ messages: 300, accepted: 300 });
    const shown = await captureCli(['campaign', campaign, '--account', 'spa', '--json'], { env });
    expect(JSON.parse(shown.out.join(''))).toMatchObject({ accepted: 300, state: 'running' });
  });

  it('scheduled messages are moved and called off', async () => {
    const { id } = await producer.send({
      account: 'shop',
      to: number(1),
      text: 'Yarın',
      sendAt: { in: '2h' },
    });
    expect(await stateOf(id)).toBe('scheduled');
    expect(await producer.reschedule(id, { in: '3h' })).toBe('rescheduled');
    expect(await producer.cancel(id)).toBe('cancelled');
    await becomes(id, 'cancelled');
  });

  it('a dead letter is shown and replayed', async () => {
    const { id } = await producer.send({ account: 'spa', to: number(2), text: 'Kime', title: 'YOK' });
    await becomes(id, 'dead');
    await using letters = openDeadLetters({ redis: cluster.url, prefix, account: 'spa' });
    expect((await letters.list()).letters).toHaveLength(1);
    const { replayed } = await letters.replay({ ids: [id] });
    expect(replayed).toBe(1);
    await letters.discard({});
  });

  it('an account is held and resumed, while others go on', async () => {
    await holdAccount(redis, { prefix, account: 'bank', by: 'ops', note: 'test' });
    const [held, free] = await Promise.all(
      ['bank', 'acme'].map((account) => producer.send({ account, to: number(3), text: 'Bekle' })),
    );
    await becomes(free?.id ?? '', 'accepted');
    expect(await stateOf(held?.id ?? '')).toBe('waiting');
    const holds = await listHolds(redis, { prefix, accounts });
    expect(holds.filter(({ hold }) => hold).map(({ account }) => account)).toEqual(['bank']);
    await resumeAccount(redis, { prefix, account: 'bank' });
    await becomes(held?.id ?? '', 'accepted');
  });

  it('the gateway takes messages behind a key of a rate', async () => {
    const created = await captureCli(['keys', 'create', '--name', 'app', '--rate', '5', '--json'], { env });
    const { key } = JSON.parse(created.out.join(''));
    const settings = { ...readSettings({ env }, { needs: ['redis'] }), gatewayPort: 0 };
    const openKeys = (connection: RedisClient) => createApiKeys({ redis: connection, prefix });
    const gateway = await serveGateway({ settings, log: silentLogger(), openKeys });
    const ask = (body: object) =>
      fetch(`${gateway.url}/v1/messages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => ask({ account: 'bank', to: number(4), text: `Kapı ${n}` })),
    );
    const statuses = answers.map(({ status }) => status);
    await waitFor(async () => (await fetch(`${gateway.healthUrl}/readyz`)).status === 200);
    await gateway.close();
    expect(new Set(statuses)).toEqual(new Set([202, 429]));
    expect(statuses.filter((status) => status === 202).length).toBeLessThanOrEqual(10);
  });

  it('the dashboard shows the queues of all accounts', async () => {
    const settings = readSettings(
      { env: { ...env, JETSMS_DASHBOARD_PORT: '0' } },
      { needs: ['redis', 'dashboard'] },
    );
    await using dashboard = createDashboard({ settings, redis });
    await dashboard.listen();
    const { queues } = (await (await fetch(`${dashboard.url}api/queues`)).json()) as {
      queues: { name: string; counts: Record<string, number> }[];
    };
    expect(queues).toHaveLength(4 * accounts.length);
    const completed = queues.map(({ counts }) => counts['completed'] ?? 0);
    expect(completed.filter((count) => count > 0).length).toBeGreaterThanOrEqual(accounts.length);
  });

  it('the doctor looks at every primary, and names the one that may lose messages', async () => {
    const visit = async () => JSON.parse((await captureCli(['doctor', '--json'], { env })).out.join('\n'));
    const well = await visit();
    expect(well.findings.filter(({ level }: { level: string }) => level === 'error')).toEqual([]);
    const [, second] = cluster.nodes;
    const node = second?.client();
    await node?.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const ill = await visit();
    await node?.config('SET', 'maxmemory-policy', 'noeviction');
    const found = ill.findings.find(
      ({ check, level }: { check: string; level: string }) => check === 'eviction' && level === 'error',
    );
    expect(found.says).toContain(`127.0.0.1:${second?.port}`);
  });

  it('the worker is green, its queues can be read for metrics, and it ends softly', async () => {
    const { url } = JSON.parse(await worker.waitForLine(/"msg":"health.listening"/));
    await waitFor(async () => (await fetch(`${url}/readyz`)).ok, { limitMs: 10_000, what: 'a green worker' });
    const metrics = await (await fetch(`${url}/metrics`)).text();
    for (const account of accounts) expect(metrics).toContain(`account="${account}"`);
    worker.signal('SIGTERM');
    await worker.waitForLine(/"msg":"shutdown.clean"/);
    expect((await worker.exit).code).toBe(0);
    expect(worker.stdout.filter((line) => /"level":"error"/.test(line))).toEqual([]);
  });
});
