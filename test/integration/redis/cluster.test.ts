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

  it('each account lies in one slot of its own, and accounts lie on several nodes', async () => {
    for (const account of accounts)
      await producer.send({ account, to: number(1), text: 'Merhaba', delayMs: 3_600_000 } as never);
    const owners = await Promise.all(
      accounts.map((account) => cluster.ownerOf(placeOf({ isCluster: true }, prefix, account).prefix)),
    );
    expect(new Set(owners).size).toBe(3);
  });
});
