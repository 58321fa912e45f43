import { execFile } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { HttpCallerTask } from '../processes/http-caller.ts';
import { type BenchProcess, benchFolder, startProcess } from './process.ts';
import type { World } from './world.ts';

/** `jetsms gateway` in a process of its own. */
export interface GatewayProcess extends BenchProcess {
  readonly url: string;
  /** An API key that may do everything. */
  readonly key: string;
  /** How many lines its access log has so far. */
  accessLines(): number;
}

export interface GatewayChoices {
  readonly checkout: string;
  readonly redisUrl: string;
  readonly profileDir?: string | undefined;
}

const run = promisify(execFile);

/** A gateway with every default and a key of `jetsms keys create`, its access log written to a file. */
export async function startGateway({
  checkout,
  redisUrl,
  profileDir,
}: GatewayChoices): Promise<GatewayProcess> {
  const file = join(checkout, 'src', 'cli', 'main.ts');
  const env = {
    JETSMS_REDIS_URL: redisUrl,
    JETSMS_TITLE: 'BENCH',
    JETSMS_HEALTH_PORT: '0',
  };
  const path = { PATH: process.env['PATH'] ?? '' };
  const made = await run(process.execPath, [file, 'keys', 'create', '--name', 'bench'], {
    env: { ...path, ...env },
  });
  const folder = await mkdtemp(join(tmpdir(), 'jetsms-bench-gateway-'));
  const logFile = join(folder, 'gateway.log');
  const output = openSync(logFile, 'w');
  const gateway = startProcess({ file, args: ['gateway', '--port', '0'], env, output, profileDir });
  closeSync(output);
  await gateway.cpuSeconds();
  const logged = (): string => readFileSync(logFile, 'utf8');
  return {
    ...gateway,
    url: await urlIn(logged),
    key: made.stdout.trim(),
    accessLines: () => logged().match(/"msg":"gateway\.request"/g)?.length ?? 0,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A gateway that has not said so after so long will not. */
const startLimitMs = 60_000;

async function urlIn(logged: () => string): Promise<string> {
  for (const began = Date.now(); Date.now() - began < startLimitMs; await pause(20)) {
    const line = logged()
      .split('\n')
      .find((one) => one.includes('"msg":"gateway.started"'));
    const url = /"url":"([^"]+)"/.exec(line ?? '')?.[1];
    if (url !== undefined) return url;
  }
  throw new Error('the gateway has not started');
}

/** A process with connections to a gateway. */
export async function startCaller(gateway: GatewayProcess, connections: number): Promise<BenchProcess> {
  const task: HttpCallerTask = { url: gateway.url, key: gateway.key, connections };
  const file = join(benchFolder, 'processes', 'http-caller.ts');
  const caller = startProcess({ file, args: [JSON.stringify(task)] });
  await caller.ask('ready');
  return caller;
}

/** CPU seconds of a gateway, its worker and their Redis, those of children included. */
export const cpuBehind = async (
  world: World,
  gateway: BenchProcess,
  worker: BenchProcess,
): Promise<readonly [gateway: number, worker: number, redis: number]> =>
  Promise.all([gateway.cpuSeconds(), worker.cpuSeconds(), world.redis.cpuSeconds()]);
