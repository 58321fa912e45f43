// `node bench/confirmation.ts [messages]`: what `replicasToConfirm` costs on this machine, with no and with one replica asked:
// sends one after the other, sends at once, and a worker's deliveries. All on one machine, so without any network between.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findRedisBinary, freePort, spawnRedis } from '../src/cli/redis-process.ts';
import { createProducer } from '../src/producer/index.ts';
import { createSimulator } from '../src/simulator/index.ts';
import {
  createLogger,
  createMetrics,
  createTelemetry,
  createWorker,
  readSettings,
} from '../src/worker/index.ts';

const messages = Number(process.argv[2] ?? 10_000);
const to = (n: number): string => `90532${String(n).padStart(7, '0')}`;
const message = (n: number) => ({ to: to(n), text: 'Kodunuz 481516', title: 'DEMO', lane: 'otp' as const });

const binary = await findRedisBinary(process.env['PATH']);
if (!binary) throw new Error('no redis-server or valkey-server on the PATH');
const dirs: string[] = [];
const start = async (...args: readonly string[]): Promise<number> => {
  const port = await freePort();
  const dir = await mkdtemp(join(tmpdir(), 'jetsms-bench-'));
  dirs.push(dir);
  const aof = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--repl-diskless-sync-delay', '0'];
  await spawnRedis({ binary, port, dir, args: [...aof, ...args] });
  return port;
};
const port = await start();
await start('--replicaof', '127.0.0.1', String(port));
const client = new Redis(port);
while (!(await client.info('replication')).includes('state=online'))
  await new Promise((resolve) => setTimeout(resolve, 50));
const url = `redis://127.0.0.1:${port}`;
await using simulator = createSimulator({ seed: 1 });
await simulator.listen();

for (let round = 1; round <= 3; round += 1)
  for (const replicasToConfirm of [0, 1]) {
    await client.flushall();
    console.log(JSON.stringify({ round, replicasToConfirm, ...(await measure(replicasToConfirm)) }));
  }
client.disconnect();
await Promise.all(dirs.map((dir) => rm(dir, { recursive: true, force: true })));
process.exit(0);

async function measure(replicasToConfirm: number) {
  const producer = createProducer({ redis: url, replicasToConfirm, redisTimeoutMs: 10_000 });
  await producer.send(message(0));
  const lone: number[] = [];
  for (let n = 1; n <= messages / 10; n += 1) {
    const began = performance.now();
    await producer.send(message(n));
    lone.push(performance.now() - began);
  }
  const sendsMs = await timed(() =>
    Promise.all(Array.from({ length: messages }, (_, n) => producer.send(message(n)))),
  );
  await producer.close();
  const waiting = messages + lone.length + 1;
  const deliveriesMs = await timed(() => deliverAll(replicasToConfirm, waiting));
  lone.sort((one, other) => one - other);
  const perSecond = (count: number, ms: number): number => Math.round((count * 1_000) / ms);
  return {
    loneMedianMs: Number(lone[Math.floor(lone.length / 2)]?.toFixed(2)),
    loneP99Ms: Number(lone[Math.floor(lone.length * 0.99)]?.toFixed(2)),
    atOncePerSecond: perSecond(messages, sendsMs),
    deliveriesPerSecond: perSecond(waiting, deliveriesMs),
  };
}

async function deliverAll(replicasToConfirm: number, waiting: number): Promise<void> {
  const settings = readSettings(
    {
      env: {
        JETSMS_REDIS_URL: url,
        JETSMS_URL: simulator.xmlUrl,
        JETSMS_USERNAME: 'demo',
        JETSMS_PASSWORD: 'demo',
        JETSMS_REPLICAS_TO_CONFIRM: String(replicasToConfirm),
      },
    },
    { needs: ['redis', 'credentials'] },
  );
  const log = createLogger({ level: 'silent', version: 'bench' });
  const metrics = createMetrics({ version: 'bench', accounts: [...settings.accounts.values()] });
  const worker = createWorker({
    settings,
    telemetryOf: (account) => createTelemetry({ account, log, metrics }),
  });
  const before = simulator.stats().acceptedMessages;
  await worker.start();
  while (simulator.stats().acceptedMessages - before < waiting)
    await new Promise((resolve) => setTimeout(resolve, 5));
  await worker.close();
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
