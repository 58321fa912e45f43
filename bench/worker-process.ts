import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { createAllObjectsYoung } from '../src/bullmq/short-pauses.ts';
import { createLogger } from '../src/log/logger.ts';
import { createMetrics } from '../src/metrics/metrics.ts';
import { queueName } from '../src/queue/names.ts';
import { readSettings } from '../src/settings/read.ts';
import { createTelemetry } from '../src/worker/report.ts';
import { createWorker } from '../src/worker/worker.ts';
import { startPlainWorker } from './plain-worker.ts';

/** What a worker process is told on its command line, as JSON. */
export interface WorkerTask {
  readonly kind: 'ours' | 'plain' | 'empty';
  readonly redisUrl: string;
  readonly providerUrl: string;
  /** Jobs to finish, the warm-up included, before it reports. */
  readonly jobs: number;
  /** Jobs that are not counted: the code is compiled and the connections are opened meanwhile. */
  readonly warmUp?: number;
  readonly concurrency: number;
  /** Further settings of ours, as in the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where log lines go; without it they are not written. */
  readonly logFile?: string;
}

/** What it reports when the last job is finished. */
export interface WorkerReport {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

const task = JSON.parse(process.argv[2] ?? '{}') as WorkerTask;
const settings = readSettings({
  env: {
    JETSMS_REDIS_URL: task.redisUrl,
    JETSMS_URL: `${task.providerUrl}/SMS-Web/xmlsms`,
    JETSMS_USERNAME: 'bench',
    JETSMS_PASSWORD: 'bench',
    JETSMS_TITLE: 'BENCH',
    JETSMS_CONCURRENCY: String(task.concurrency),
    ...task.env,
  },
});
// As `jetsms start` does; the others profit by it as well.
createAllObjectsYoung();
const start = task.kind === 'ours' ? startOurs : startOther;
const { bull, run } = await start();
let finished = 0;
const now = () => ({ at: performance.now(), cpu: process.cpuUsage() });
let began = now();

bull.on('completed', () => {
  finished += 1;
  if (finished === task.warmUp) began = now();
  if (finished === task.jobs) report();
});
process.on('message', () => {
  began = now();
  run();
});
// Ends as soon as the rig has the report; a CPU profile is written on the way out.
process.on('disconnect', () => process.exit(0));
process.send?.('ready');

function report(): void {
  const cpu = process.cpuUsage(began.cpu);
  const done: WorkerReport = {
    seconds: (performance.now() - began.at) / 1_000,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    rssBytes: process.memoryUsage().rss,
  };
  process.send?.(done);
}

interface Started {
  readonly bull: Worker;
  readonly run: () => void;
}

async function startOurs(): Promise<Started> {
  const log = createLogger({
    level: task.logFile ? 'info' : 'warn',
    version: 'bench',
    pretty: false,
  });
  const metrics = createMetrics({ version: 'bench', accounts: [...settings.accounts.values()] });
  const worker = createWorker({
    settings,
    telemetryOf: (account) => createTelemetry({ account, log, metrics }),
  });
  const [account] = worker.accounts;
  if (!account) throw new Error('no account');
  await account.queue.waitUntilReady();
  return { bull: account.bull, run: () => void worker.start() };
}

async function startOther(): Promise<Started> {
  const connection = new Redis(task.redisUrl, { maxRetriesPerRequest: null });
  const { concurrency } = task;
  const name = queueName('default');
  const options = {
    connection,
    prefix: '{jetsms}',
    concurrency,
    autorun: false,
    // As ours keeps them: what is removed costs Redis time too.
    removeOnComplete: { count: settings.keepCompletedCount, age: settings.keepCompletedAgeMs / 1_000 },
  };
  const bull =
    task.kind === 'empty'
      ? new Worker(name, async () => ({ end: 'accepted' }), options)
      : startPlainWorker(name, task.providerUrl, options);
  await bull.waitUntilReady();
  return { bull, run: () => void bull.run() };
}
