import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OtherWorkerTask } from '../processes/worker.ts';
import { type BenchProcess, benchFolder, startProcess } from './process.ts';
import type { WorldChoices } from './world.ts';

/** A worker process; of ours the log can be read. */
export interface WorkerProcess extends BenchProcess {
  /** How many lines about attempts it has written so far. */
  attemptLines(): number;
}

export interface WorkerChoices extends WorldChoices {
  readonly redisUrl: string;
  readonly providerUrl: string;
}

export async function startWorker(choices: WorkerChoices): Promise<WorkerProcess> {
  return choices.contender === 'ours'
    ? startOurs(choices)
    : startOther({ ...choices, contender: choices.contender });
}

async function startOther(
  choices: WorkerChoices & { readonly contender: 'plain' | 'bee' },
): Promise<WorkerProcess> {
  const { contender, redisUrl, providerUrl, concurrency = 100, profileDir } = choices;
  const task: OtherWorkerTask = { contender, redisUrl, providerUrl, concurrency };
  const worker = startProcess({
    file: join(benchFolder, 'processes', 'worker.ts'),
    args: [JSON.stringify(task)],
    profileDir,
  });
  await worker.ask('ready');
  return { ...worker, attemptLines: () => 0 };
}

/** `jetsms start` with every default, its log written to a file. */
async function startOurs(choices: WorkerChoices): Promise<WorkerProcess> {
  const { checkout, redisUrl, providerUrl, profileDir, accounts = ['default'] } = choices;
  const folder = await mkdtemp(join(tmpdir(), 'jetsms-bench-log-'));
  const logFile = join(folder, 'worker.log');
  const config = join(folder, 'config.json');
  writeFileSync(config, JSON.stringify({ accounts: Object.fromEntries(accounts.map((name) => [name, {}])) }));
  const output = openSync(logFile, 'w');
  const worker = startProcess({
    file: join(checkout, 'src', 'cli', 'main.ts'),
    args: ['start'],
    env: {
      JETSMS_REDIS_URL: redisUrl,
      JETSMS_CONFIG: config,
      JETSMS_URL: `${providerUrl}/SMS-Web/xmlsms`,
      JETSMS_USERNAME: 'bench',
      JETSMS_PASSWORD: 'bench',
      JETSMS_TITLE: 'BENCH',
      JETSMS_HEALTH_PORT: '0',
    },
    output,
    profileDir,
  });
  closeSync(output);
  await worker.cpuSeconds();
  return {
    ...worker,
    attemptLines: () => readFileSync(logFile, 'utf8').match(/"msg":"delivery\./g)?.length ?? 0,
    async [Symbol.asyncDispose]() {
      await worker[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
