import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createProducer } from '../src/producer/index.ts';
import { alternate, type Figure, p99, ratios, spreadOf } from './measure.ts';
import { type Share, sharesOf } from './profile.ts';
import { type BenchRedis, enqueueSingles, openProvider, orderText, runWorker, startWorker } from './rig.ts';
import type { WorkerReport, WorkerTask } from './worker-process.ts';

/** What a figure is measured with. */
export interface Bench {
  readonly redis: BenchRedis;
  readonly rounds: number;
  /** 1, or less for a quick look. */
  readonly scale: number;
}

const round2 = (value: number): string => value.toFixed(2);
const thousands = (value: number): string => Math.round(value).toLocaleString('en');

interface SingleRun {
  readonly jobs: number;
  readonly task: Omit<WorkerTask, 'redisUrl' | 'jobs'>;
  readonly whenUncertain?: 'resend' | 'park';
  readonly waiting?: number;
}

/** Throughput and CPU of one worker process over waiting single sends. */
async function runSingles({ redis }: Bench, { jobs, task, whenUncertain, waiting = jobs }: SingleRun) {
  await redis.client.flushall();
  await enqueueSingles(redis.queue, { count: waiting, ...(whenUncertain ? { whenUncertain } : {}) });
  const warmUp = Math.floor(jobs / 5);
  const report = await runWorker({ ...task, redisUrl: redis.url, jobs, warmUp });
  return speedOf(report, jobs - warmUp);
}

const speedOf = ({ seconds, cpuSeconds }: WorkerReport, jobs: number) => ({
  perSecond: jobs / seconds,
  cpuPerThousand: (cpuSeconds / jobs) * 1_000,
});

/** A plain worker is measured at the concurrency that suits it best here and now. */
async function bestConcurrency(
  bench: Bench,
  providerUrl: string,
  candidates: readonly number[],
): Promise<number> {
  const speeds = new Map<number, number>();
  for (const concurrency of candidates) {
    const task = { kind: 'plain', providerUrl, concurrency } as const;
    const { perSecond } = await runSingles(bench, { jobs: Math.round(6_000 * bench.scale), task });
    speeds.set(concurrency, perSecond);
  }
  return [...speeds].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? 100;
}

/** A worker set up for throughput; the defaults are meant for OTPs beside it. */
const large = { concurrency: 2_000, env: { JETSMS_BATCH_SIZE: '250' } } as const;
const largeWords = 'concurrency 2,000, batches of 250';

/** Single sends, provider at 0 ms: against the plain worker and against empty jobs; and the CPU that they take. */
export async function singlesAtOnce(bench: Bench): Promise<readonly Figure[]> {
  using provider = await openProvider(0);
  const jobs = Math.round(40_000 * bench.scale);
  const concurrency = await bestConcurrency(bench, provider.url, [50, 100, 500]);
  const common = { providerUrl: provider.url };
  const { ours, plain, empty } = await alternate(bench.rounds, {
    ours: () => runSingles(bench, { jobs, task: { ...common, kind: 'ours', ...large } }),
    plain: () => runSingles(bench, { jobs, task: { ...common, kind: 'plain', concurrency } }),
    empty: () => runSingles(bench, { jobs, task: { ...common, kind: 'empty', concurrency: 2_000 } }),
  });
  const speed = (runs: readonly { perSecond: number }[]) => runs.map(({ perSecond }) => perSecond);
  const cpu = (runs: readonly { cpuPerThousand: number }[]) =>
    runs.map(({ cpuPerThousand }) => cpuPerThousand);
  const toPlain = spreadOf(ratios(speed(ours), speed(plain)));
  const toEmpty = spreadOf(ratios(speed(ours), speed(empty)));
  const cpuToPlain = spreadOf(ratios(cpu(ours), cpu(plain)));
  const speeds = `ours ${thousands(spreadOf(speed(ours)).median)}/s (${largeWords}), plain ${thousands(spreadOf(speed(plain)).median)}/s (concurrency ${concurrency}), empty ${thousands(spreadOf(speed(empty)).median)}/s (concurrency 2,000)`;
  const cpus = `ours ${round2(spreadOf(cpu(ours)).median)} s, plain ${round2(spreadOf(cpu(plain)).median)} s, empty ${round2(spreadOf(cpu(empty)).median)} s`;
  return [
    {
      key: 'singles-plain',
      what: 'single sends, provider at 0 ms, against plain',
      target: 'at least 2.6 ×',
      isMet: toPlain.median >= 2.6,
      unit: '×',
      value: toPlain,
      behind: speeds,
    },
    {
      key: 'singles-empty',
      what: 'single sends, provider at 0 ms, against empty BullMQ jobs',
      target: 'at least 0.9 ×',
      isMet: toEmpty.median >= 0.9,
      unit: '×',
      value: toEmpty,
      behind: speeds,
    },
    {
      key: 'cpu',
      what: 'CPU seconds per 1,000 messages against plain',
      target: 'at most 0.4 ×',
      isMet: cpuToPlain.median <= 0.4,
      unit: '×',
      value: cpuToPlain,
      behind: cpus,
    },
  ];
}

/** Single sends to a provider that takes 50 ms, one process. */
export async function singlesAt50Ms(bench: Bench): Promise<readonly Figure[]> {
  using provider = await openProvider(50);
  const jobs = Math.round(40_000 * bench.scale);
  const concurrency = await bestConcurrency(bench, provider.url, [250, 500, 1_000]);
  const env = { JETSMS_CONNECTIONS: '16', JETSMS_BATCH_SIZE: '250' };
  const oursAt = { concurrency: 4_000, env };
  const { ours, plain } = await alternate(bench.rounds, {
    ours: () => runSingles(bench, { jobs, task: { kind: 'ours', providerUrl: provider.url, ...oursAt } }),
    plain: () => runSingles(bench, { jobs, task: { kind: 'plain', providerUrl: provider.url, concurrency } }),
  });
  const speed = (runs: readonly { perSecond: number }[]) => runs.map(({ perSecond }) => perSecond);
  const value = spreadOf(ratios(speed(ours), speed(plain)));
  return [
    {
      key: 'singles-50ms',
      what: 'single sends, provider at 50 ms, one process, against plain',
      target: 'at least 2.8 ×',
      isMet: value.median >= 2.8,
      unit: '×',
      value,
      behind: `ours ${thousands(spreadOf(speed(ours)).median)}/s (concurrency 4,000, 16 connections, batches of 250), plain ${thousands(spreadOf(speed(plain)).median)}/s (concurrency ${concurrency})`,
    },
  ];
}

/** What the marks of `park` messages cost. */
export async function marks(bench: Bench): Promise<readonly Figure[]> {
  using provider = await openProvider(0);
  const jobs = Math.round(40_000 * bench.scale);
  const task = { kind: 'ours', providerUrl: provider.url, ...large } as const;
  const { park, resend } = await alternate(bench.rounds, {
    park: () => runSingles(bench, { jobs, task, whenUncertain: 'park' }),
    resend: () => runSingles(bench, { jobs, task, whenUncertain: 'resend' }),
  });
  const value = spreadOf(
    ratios(
      park.map((run) => run.perSecond),
      resend.map((run) => run.perSecond),
    ),
  );
  const behind = `park ${thousands(spreadOf(park.map((run) => run.perSecond)).median)}/s, resend ${thousands(spreadOf(resend.map((run) => run.perSecond)).median)}/s`;
  return [
    {
      key: 'marks',
      what: 'everything as `park` (marks on) against `resend`',
      target: 'at least 0.9 ×',
      isMet: value.median >= 0.9,
      unit: '×',
      value,
      behind,
    },
  ];
}

/** Throughput does not fall with the length of the queue. A thousand jobs would be over in a tenth of a second. */
export async function backlog(bench: Bench): Promise<readonly Figure[]> {
  using provider = await openProvider(0);
  const long = Math.round(500_000 * bench.scale);
  const jobs = Math.round(20_000 * bench.scale);
  const task = { kind: 'ours', providerUrl: provider.url, concurrency: 500 } as const;
  const { many, few } = await alternate(bench.rounds, {
    many: () => runSingles(bench, { jobs, task, waiting: long }),
    few: () => runSingles(bench, { jobs, task, waiting: jobs }),
  });
  const value = spreadOf(
    ratios(
      many.map((run) => run.perSecond),
      few.map((run) => run.perSecond),
    ),
  );
  return [
    {
      key: 'backlog',
      what: `${thousands(long)} waiting against ${thousands(jobs)} waiting, throughput`,
      target: 'at least 0.9 ×',
      isMet: value.median >= 0.9,
      unit: '×',
      value,
      behind: `${thousands(spreadOf(many.map((run) => run.perSecond)).median)}/s against ${thousands(spreadOf(few.map((run) => run.perSecond)).median)}/s`,
    },
  ];
}

function* inventedNumbers(count: number): Generator<string> {
  for (let n = 0; n < count; n += 1) yield `90532${String(1_000_000 + n)}`;
}

/** A campaign of one text from the first call to the last acceptance, against the same by the plain worker. */
export async function campaigns(bench: Bench): Promise<readonly Figure[]> {
  using provider = await openProvider(0);
  const recipients = Math.round(500_000 * bench.scale);
  const plainJobs = Math.round(10_000 * bench.scale);
  const concurrency = await bestConcurrency(bench, provider.url, [50, 100, 500]);
  const enqueued: number[] = [];
  const bytes: number[] = [];
  const { ours, plain } = await alternate(bench.rounds, {
    async ours() {
      await bench.redis.client.flushall();
      const before = await usedMemory(bench);
      await using producer = createProducer({
        redis: bench.redis.url,
        accounts: { default: { title: 'BENCH' } },
        redisTimeoutMs: 10_000,
      });
      const startedAt = performance.now();
      const { jobs } = await producer.sendMany(inventedNumbers(recipients), {
        campaign: 'bench',
        text: 'İndirim başladı',
      });
      const seconds = (performance.now() - startedAt) / 1_000;
      enqueued.push(recipients / seconds);
      bytes.push(((await usedMemory(bench)) - before) / recipients);
      const task = {
        kind: 'ours',
        redisUrl: bench.redis.url,
        providerUrl: provider.url,
        jobs,
        concurrency: 100,
      } as const;
      const report = await runWorker(task);
      return recipients / (seconds + report.seconds);
    },
    async plain() {
      await bench.redis.client.flushall();
      const startedAt = performance.now();
      await enqueueSingles(bench.redis.queue, { count: plainJobs });
      const seconds = (performance.now() - startedAt) / 1_000;
      const task = {
        kind: 'plain',
        redisUrl: bench.redis.url,
        providerUrl: provider.url,
        jobs: plainJobs,
        concurrency,
      } as const;
      return plainJobs / (seconds + (await runWorker(task)).seconds);
    },
  });
  const value = spreadOf(ratios(ours, plain));
  const enqueueing = spreadOf(enqueued);
  const memory = spreadOf(bytes);
  return [
    {
      key: 'campaign',
      what: '`sendMany`, one text, end to end, recipients/s against plain',
      target: 'at least 60 ×',
      isMet: value.median >= 60,
      unit: '×',
      value,
      behind: `ours ${thousands(spreadOf(ours).median)}/s, plain ${thousands(spreadOf(plain).median)}/s, enqueueing included`,
    },
    {
      key: 'enqueue',
      what: 'enqueueing by `sendMany`, one process',
      target: 'at least 200,000 recipients/s',
      isMet: enqueueing.median >= 200_000,
      unit: 'recipients/s',
      value: enqueueing,
      behind: `${thousands(recipients)} recipients`,
    },
    {
      key: 'memory-campaign',
      what: 'Redis memory per recipient of a campaign of one text',
      target: 'at most 30 B',
      isMet: memory.median <= 30,
      unit: 'B',
      value: memory,
      behind: 'INFO used_memory before and after',
    },
  ];
}

async function usedMemory({ redis }: Bench): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.client.info('memory'))?.[1] ?? 0);
}

/** Redis memory of a waiting single message, as `send()` stores it. */
export async function singleMemory(bench: Bench): Promise<readonly Figure[]> {
  const count = Math.round(20_000 * bench.scale);
  const samples: number[] = [];
  for (let n = 0; n < bench.rounds; n += 1) {
    await bench.redis.client.flushall();
    const before = await usedMemory(bench);
    await sendSingles(bench, count);
    samples.push(((await usedMemory(bench)) - before) / count);
  }
  const value = spreadOf(samples);
  return [
    {
      key: 'memory-single',
      what: 'Redis memory per waiting single message',
      target: 'at most 1,100 B',
      isMet: value.median <= 1_100,
      unit: 'B',
      value,
      behind: `${thousands(count)} messages of ${orderText(count).length} characters, as send() stores them by default`,
    },
  ];
}

/** What a backend app does, with every default. */
async function sendSingles({ redis }: Bench, count: number): Promise<void> {
  await using producer = createProducer({
    redis: redis.url,
    accounts: { default: { title: 'BENCH' } },
    redisTimeoutMs: 10_000,
  });
  for (let first = 0; first < count; first += 1_000) {
    const numbers = [...inventedNumbers(count)].slice(first, first + 1_000);
    await Promise.all(numbers.map((to, index) => producer.send({ to, text: orderText(first + index) })));
  }
}

/** From `send()` to the provider for an otp message: on an idle queue, and under 100,000 waiting bulk messages. */
export async function otpUnderBulk(bench: Bench): Promise<readonly Figure[]> {
  const { idle, busy } = await alternate(bench.rounds, {
    idle: () => otpLatency(bench, 0),
    busy: () => otpLatency(bench, Math.round(100_000 * bench.scale)),
  });
  const value = spreadOf(ratios(busy, idle));
  return [
    {
      key: 'otp',
      what: 'otp, `send()` to provider, p99, under 100,000 waiting bulk messages against an idle queue',
      target: 'at most 2 ×',
      isMet: value.median <= 2,
      unit: '×',
      value,
      behind: `p99 of ${otpCount(bench)} OTPs: ${round2(spreadOf(busy).median)} ms against ${round2(spreadOf(idle).median)} ms, provider at ${otpLatencyMs} ms`,
    },
  ];
}

/** A guess at what JetSMS takes; no figure is public. */
const otpLatencyMs = 100;

const otpCount = ({ scale }: Bench): number => Math.round(250 * scale);

async function otpLatency(bench: Bench, bulk: number): Promise<number> {
  const { redis } = bench;
  await redis.client.flushall();
  const arrived = new Map<string, (at: number) => void>();
  await using provider = await listeningProvider((code) => arrived.get(code)?.(performance.now()));
  await enqueueSingles(redis.queue, { count: bulk, lane: 'bulk' });
  const task = {
    kind: 'ours',
    redisUrl: redis.url,
    providerUrl: provider.url,
    jobs: Number.POSITIVE_INFINITY,
    concurrency: 500,
  } as const;
  await using worker = await startWorker(task);
  await using producer = createProducer({ redis: redis.url, accounts: { default: { title: 'BENCH' } } });
  worker.go();
  const waits: number[] = [];
  const warmUp = 20;
  for (let n = 0; n < warmUp + otpCount(bench); n += 1) {
    const code = `OTP${n}#`;
    const arrival = new Promise<number>((resolve) => arrived.set(code, resolve));
    const sentAt = performance.now();
    await producer.send({ to: '0532 123 45 67', text: `Kodunuz ${code}`, lane: 'otp' });
    const wait = (await arrival) - sentAt;
    if (n >= warmUp) waits.push(wait);
    // Not on the heels of each other: they would wait for connections that their own kind fills.
    await pause(otpLatencyMs / 2);
  }
  return p99(waits);
}

/** A provider in this process, which tells when an otp arrives. */
async function listeningProvider(
  onOtp: (code: string) => void,
): Promise<{ readonly url: string } & AsyncDisposable> {
  let requests = 0;
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      for (const [code] of Buffer.concat(pieces)
        .toString('latin1')
        .matchAll(/OTP\d+#/g))
        onOtp(code);
      requests += 1;
      setTimeout(() => response.end(`00 ${260_101_000_000_000 + requests}`), otpLatencyMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** What a backend app pays for importing the producer, as built, against BullMQ and ioredis alone. */
export async function importCost(bench: Bench): Promise<readonly Figure[]> {
  const root = join(import.meta.dirname, '..');
  const producer = `import ${JSON.stringify(join(root, 'dist/producer/index.js'))};`;
  const alone = "import 'bullmq'; import 'ioredis';";
  const { ours, base } = await alternate(Math.max(bench.rounds, 5), {
    ours: () => importing(producer, root),
    base: () => importing(alone, root),
  });
  const time = spreadOf(
    ratios(
      ours.map(({ ms }) => ms),
      base.map(({ ms }) => ms),
    ),
  );
  const memory = spreadOf(
    ratios(
      ours.map(({ rss }) => rss),
      base.map(({ rss }) => rss),
    ),
  );
  const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  return [
    {
      key: 'import-time',
      what: 'importing the producer against bullmq and ioredis alone, time',
      target: 'at most 1.2 ×',
      isMet: time.median <= 1.2,
      unit: '×',
      value: time,
      behind: `${spreadOf(ours.map(({ ms }) => ms)).median.toFixed(0)} ms against ${spreadOf(base.map(({ ms }) => ms)).median.toFixed(0)} ms`,
    },
    {
      key: 'import-memory',
      what: 'importing the producer against bullmq and ioredis alone, memory',
      target: 'at most 1.2 ×',
      isMet: memory.median <= 1.2,
      unit: '×',
      value: memory,
      behind: `${mb(spreadOf(ours.map(({ rss }) => rss)).median)} against ${mb(spreadOf(base.map(({ rss }) => rss)).median)}`,
    },
  ];
}

async function importing(code: string, cwd: string): Promise<{ readonly ms: number; readonly rss: number }> {
  const program = `const t = performance.now(); ${code.replaceAll(/import ("[^"]+"|'[^']+');/g, 'await import($1);')} console.log(JSON.stringify({ ms: performance.now() - t, rss: process.memoryUsage().rss }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    cwd,
  });
  return JSON.parse(stdout);
}

/** One run with a CPU profile: where a message's time goes. */
export async function profileSingles({ redis, scale }: Bench, folder: string): Promise<readonly Share[]> {
  using provider = await openProvider(0);
  const messages = Math.round(40_000 * scale);
  await redis.client.flushall();
  await enqueueSingles(redis.queue, { count: messages });
  const before = await cpuOfRedis(redis);
  const task = { kind: 'ours', redisUrl: redis.url, providerUrl: provider.url, jobs: messages } as const;
  await runWorker({ ...task, ...large }, folder);
  return sharesOf({ folder, messages, redisSeconds: (await cpuOfRedis(redis)) - before });
}

async function cpuOfRedis({ client }: BenchRedis): Promise<number> {
  const info = await client.info('cpu');
  const seconds = (name: string): number => Number(new RegExp(`${name}:([0-9.]+)`).exec(info)?.[1] ?? 0);
  return seconds('used_cpu_user') + seconds('used_cpu_sys');
}
