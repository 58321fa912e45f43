import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Logger } from '../../log/logger.ts';
import type { Settings } from '../../settings/settings.ts';
import type { DeliveryWorker } from '../../worker/worker.ts';
import type { CliContext } from '../context.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { packageVersion } from '../package-version.ts';

/** How long a start waits for Redis before it gives up and leaves the next try to its supervisor. */
const redisWaitMs = 30_000;

/** `jetsms start`: the worker of all accounts, until it is told to end. */
export function registerStart(program: Command, context: CliContext): void {
  program
    .command('start')
    .description('deliver the messages of all accounts, until SIGTERM')
    .action(() => runStart(context));
}

async function runStart(context: CliContext): Promise<void> {
  const { readSettings } = await import('../../settings/read.ts');
  const settings = readSettings({ env: context.env }, { needs: ['redis', 'credentials'] });
  const { createLogger } = await import('../../log/logger.ts');
  const log = createLogger({ level: settings.logLevel, version: packageVersion() });
  for (const warning of settings.warnings) log.warn({ warning }, 'settings.warning');
  const stop = context.stopSignal();
  const worker = await buildWorker(settings, log);
  try {
    await checkRedis(worker, log);
    await worker.start();
  } catch (error) {
    worker.redis.disconnect();
    throw error;
  }
  log.info({ worker: worker.name, accounts: [...settings.accounts.keys()] }, 'worker.started');
  await aborted(stop);
  await shutDown(worker, { timeoutMs: settings.shutdownTimeoutMs, log }, context);
}

async function buildWorker(settings: Settings, log: Logger): Promise<DeliveryWorker> {
  const { createWorker } = await import('../../worker/worker.ts');
  const { createTelemetry } = await import('../../worker/report.ts');
  const { createMetrics } = await import('../../metrics/metrics.ts');
  const metrics = createMetrics({
    version: packageVersion(),
    accounts: [...settings.accounts.values()],
    processMetrics: true,
  });
  return createWorker({ settings, telemetryOf: (account) => createTelemetry({ account, log, metrics }) });
}

/** Refuses a Redis in which messages could get lost; says what to do about it. */
async function checkRedis({ redis }: DeliveryWorker, log: Logger): Promise<void> {
  const { whenReady } = await import('../../queue/redis.ts');
  const { askRedis, judgeRedis } = await import('../../worker/redis-check.ts');
  try {
    await whenReady(redis, redisWaitMs);
  } catch (cause) {
    throw new CliError('REDIS_UNAVAILABLE', { cause });
  }
  const findings = judgeRedis(await askRedis(redis));
  for (const { level, ...finding } of findings) if (level === 'warning') log.warn(finding, 'redis.warning');
  const refusals = findings.filter(({ level }) => level === 'error');
  if (refusals.length === 0) return;
  const detail = refusals.map(({ says, whatToDo }) => `${says}. ${whatToDo ?? ''}`).join(' ');
  throw new CliError('REDIS_UNSAFE', { detail });
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

interface ShutdownOptions {
  readonly timeoutMs: number;
  readonly log: Logger;
}

/**
 * Ends softly, but never later than the limit: while Redis is away, closing waits without end. A second signal
 * ends the process at once, as the system does it.
 */
async function shutDown(
  worker: DeliveryWorker,
  { timeoutMs, log }: ShutdownOptions,
  context: CliContext,
): Promise<void> {
  log.info({ timeoutMs }, 'shutdown.started');
  const giveUp = new AbortController();
  const closed = worker.close().then(() => 'clean' as const);
  const late = sleep(timeoutMs, 'forced' as const, { signal: giveUp.signal });
  const end = await Promise.race([closed, late]);
  giveUp.abort();
  if (end === 'clean') return log.info('shutdown.clean');
  log.error('shutdown.forced');
  context.exit(exitCodes.failed);
}
