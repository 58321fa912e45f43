import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { findRedisBinary, freePort, spawnRedis } from '../src/cli/redis-process.ts';
import type { Lane, WhenUncertain } from '../src/message/lane.ts';
import { sendJobOptions } from '../src/queue/job-options.ts';
import { queueName } from '../src/queue/names.ts';
import type { SendJob } from '../src/queue/send-job.ts';
import type { WorkerReport, WorkerTask } from './worker-process.ts';

/** A Redis of its own, without persistence, and what is measured in it. */
export interface BenchRedis extends AsyncDisposable {
  readonly url: string;
  readonly client: Redis;
  readonly queue: Queue;
  version(): Promise<string>;
}

export async function openRedis(): Promise<BenchRedis> {
  const binary = await findRedisBinary(process.env['PATH'] ?? '');
  if (!binary) throw new Error('bench needs a redis-server or valkey-server on the PATH');
  const dir = await mkdtemp(join(tmpdir(), 'jetsms-bench-'));
  const port = await freePort();
  const server = await spawnRedis({ binary, port, dir, args: ['--save', '', '--appendonly', 'no'] });
  const url = `redis://127.0.0.1:${port}`;
  const client = new Redis(url, { maxRetriesPerRequest: null });
  const queue = new Queue(queueName('default'), { connection: client, prefix: '{jetsms}' });
  return {
    url,
    client,
    queue,
    async version() {
      return /redis_version:(\S+)/.exec(await client.info('server'))?.[1] ?? 'unknown';
    },
    async [Symbol.asyncDispose]() {
      await queue.close();
      client.disconnect();
      server.kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A stub provider in a process of its own. */
export async function openProvider(latencyMs: number): Promise<{ readonly url: string } & Disposable> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'stub-provider.ts'), String(latencyMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { url: line.toString().trim(), [Symbol.dispose]: () => void child.kill() };
}

/** A worker process that is ready to begin. */
export interface WorkerProcess extends AsyncDisposable {
  go(): void;
  readonly report: Promise<WorkerReport>;
}

/** @param profileDir where it leaves a CPU profile when it ends; none without it */
export async function startWorker(task: WorkerTask, profileDir?: string): Promise<WorkerProcess> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'worker-process.ts'), [JSON.stringify(task)], {
    execArgv: profileDir ? ['--cpu-prof', `--cpu-prof-dir=${profileDir}`] : [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  const report = once(child, 'message').then(([done]) => done as WorkerReport);
  return {
    report,
    go: () => void child.send('go'),
    async [Symbol.asyncDispose]() {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

/** Runs a worker process over the jobs that wait, and reports what it took. */
export async function runWorker(task: WorkerTask, profileDir?: string): Promise<WorkerReport> {
  await using worker = await startWorker(task, profileDir);
  worker.go();
  return await worker.report;
}

export interface SingleJobs {
  readonly count: number;
  readonly lane?: Lane;
  readonly whenUncertain?: WhenUncertain;
}

/** A text as shops send it. */
export const orderText = (n: number): string =>
  `Sayın müşterimiz, ${n} numaralı siparişiniz kargoya verildi.`;

/** Single-message send jobs, stored as the producer stores them. */
export async function enqueueSingles(
  queue: Queue,
  { count, lane = 'transactional', whenUncertain = 'resend' }: SingleJobs,
): Promise<void> {
  const now = Date.now();
  for (let first = 0; first < count; first += 5_000) {
    const bulk = Array.from({ length: Math.min(5_000, count - first) }, (_, index) => {
      const n = first + index;
      const data: SendJob = {
        v: 1,
        account: 'default',
        lane,
        title: 'BENCH',
        to: [`90532${String(1_000_000 + n)}`],
        text: orderText(n),
        whenUncertain,
        parts: 1,
        enqueuedAt: now,
        deadlineAt: now + 86_400_000,
      };
      return {
        name: lane,
        data,
        opts: sendJobOptions({ id: `m${n.toString(36).padStart(20, '0')}`, lane, now }),
      };
    });
    await queue.addBulk(bulk);
  }
}
