import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { ServedDashboard } from '../../dashboard/serve.ts';
import type { Logger } from '../../log/logger.ts';
import type { HealthServer } from '../../metrics/health-server.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import { placeOf } from '../../queue/names.ts';
import { packageVersion } from '../../settings/package-files.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Health, HealthWatch } from '../../watch/health.ts';
import type { DeliveryWorker } from '../../worker/worker.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { checkEarlierQueues } from '../start/check-earlier-queues.ts';
import { checkRedis } from '../start/check-redis.ts';
import { startWebhooks } from '../start/start-webhooks.ts';

/** `jetsms start`: the worker of all accounts, until it is told to end. */
export function registerStart(program: Command, context: CliContext): void {
  program
    .command('start')
    .description('deliver the messages of all accounts, until SIGTERM')
    .action(() => runStart(context));
}

/** Everything that one process of `jetsms start` consists of. */
interface Running {
  readonly settings: Settings;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly worker: DeliveryWorker;
  readonly health: HealthWatch;
  /** Aborts when the worker has been red for too long. */
  readonly redTooLong: AbortSignal;
  readonly pages: HealthServer;
  /** What else runs in this process, and ends with it. */
  readonly beside: { close(): Promise<void> }[];
}

async function runStart(context: CliContext): Promise<void> {
  const { readSettings } = await import('../../settings/read.ts');
  const settings = readSettings({ env: context.env }, { needs: ['redis', 'credentials'] });
  const { createLogger } = await import('../../log/logger.ts');
  const log = createLogger({ level: settings.logLevel, version: packageVersion() });
  for (const warning of settings.warnings) log.warn({ warning }, 'settings.warning');
  const stop = context.serviceSignal(settings.shutdownTimeoutMs + closeUnusedMs + reserveMs);
  const running = await build(settings, log);
  const ending = AbortSignal.any([stop, running.redTooLong]);
  let hasBegun = false;
  const begun = begin(running, ending).then(() => {
    hasBegun = true;
  });
  try {
    // Red for too long, or told to end, before it has begun: Redis may have stopped answering in between.
    await Promise.race([begun, aborted(ending)]);
  } catch (error) {
    await abandon(running);
    throw error;
  }
  await aborted(ending);
  await shutDown(running, context);
  const exitCode = running.redTooLong.aborted ? exitCodes.failed : exitCodes.ok;
  // What waits for Redis to begin knows of no end.
  if (!hasBegun) await context.exit(exitCode);
  context.setExitCode(exitCode);
}

async function begin(running: Running, ending: AbortSignal): Promise<void> {
  const { settings, log, worker, health, beside } = running;
  void health.start();
  await checkRedis(running);
  if (ending.aborted) return;
  await checkEarlierQueues(running);
  const dashboard = await serveDashboard(settings, log);
  if (dashboard) beside.push(dashboard);
  if (ending.aborted) return dashboard?.close();
  await worker.start();
  const webhooks = await startWebhooks(running);
  if (webhooks) beside.push(webhooks);
  await health.look();
  log.info({ worker: worker.name, accounts: [...settings.accounts.keys()] }, 'worker.started');
  void warnOfEndpoints(settings, log);
  warnOfLogins(settings, worker, log).catch((error) => {
    // A shutdown closes the connection under its hands.
    if (!ending.aborted) log.error({ err: error, where: 'login check' }, 'unexpected.error');
  });
}

/** The dashboard inside this process, where the settings want it there. */
async function serveDashboard(settings: Settings, log: Logger): Promise<ServedDashboard | undefined> {
  if (!settings.dashboardEnabled) return undefined;
  const dashboard = await import('../../dashboard/serve.ts');
  return dashboard.serveDashboard({ settings, log });
}

/** Puts the parts together; the health pages answer from here on, red. */
async function build(settings: Settings, log: Logger): Promise<Running> {
  const { createWorker } = await import('../../worker/worker.ts');
  const { createTelemetry } = await import('../../worker/report.ts');
  const { createMetrics } = await import('../../metrics/metrics.ts');
  const { createQueueSnapshot } = await import('../../watch/queue-snapshot.ts');
  const { startHealthServer } = await import('../../metrics/health-server.ts');
  const metrics = createMetrics({
    version: packageVersion(),
    accounts: [...settings.accounts.values()],
    webhooks: settings.webhooks.map(({ name }) => name),
    objectives: settings,
    processMetrics: true,
  });
  const worker = createWorker({
    settings,
    telemetryOf: (account) => createTelemetry({ account, log, metrics, logAccepted: settings.logAccepted }),
    onClock({ isRight, skewMs, maxSkewMs }) {
      if (isRight) log.info({ skewMs, maxSkewMs }, 'clock.right');
      else log.error({ skewMs, maxSkewMs }, 'clock.wrong');
    },
  });
  const { prefix, maxEvents, healthHost: host, healthPort: port } = settings;
  const accounts = [...settings.accounts.keys()];
  const { redis, now } = worker;
  const { createWebhookSnapshot } = await import('../../watch/webhook-snapshot.ts');
  const collectQueues = createQueueSnapshot({ redis, prefix, accounts, now, maxEvents });
  const collectWebhooks = createWebhookSnapshot({ redis, prefix, webhooks: settings.webhooks });
  metrics.collectWith(async () => (await Promise.all([collectQueues(), collectWebhooks()])).flat());
  const redTooLong = new AbortController();
  const health = await buildHealth({ settings, log, metrics, worker, redTooLong });
  try {
    const pages = await startHealthServer({ host, port, readiness: health.current, metrics });
    log.info({ url: pages.url }, 'health.listening');
    return { settings, log, metrics, worker, health, redTooLong: redTooLong.signal, pages, beside: [] };
  } catch (error) {
    await closeUnused(worker);
    throw error;
  }
}

interface HealthParts extends Pick<Running, 'settings' | 'log' | 'worker'> {
  readonly metrics: Metrics;
  readonly redTooLong: AbortController;
}

async function buildHealth({
  settings,
  log,
  metrics,
  worker,
  redTooLong,
}: HealthParts): Promise<HealthWatch> {
  const { createHealthWatch } = await import('../../watch/health.ts');
  const { prefix, lockDurationMs, unhealthyExitAfterMs: exitAfterMs, replicasToConfirm } = settings;
  return createHealthWatch({
    ...worker,
    prefix,
    lockDurationMs,
    exitAfterMs,
    replicasToConfirm,
    onRedis: (state) => metrics.redis({ ...state, replicasWanted: replicasToConfirm }),
    onClock: ({ skewMs }) => skewMs !== undefined && metrics.clockSkew(skewMs),
    onChecks(checks) {
      for (const { account, ok } of checks) if (account !== undefined) metrics.consuming(account, ok);
    },
    onChange(health) {
      if (health.ready) log.info('health.green');
      else log.warn({ problems: problemsOf(health) }, 'health.red');
    },
    onRedTooLong(health) {
      log.error({ exitAfterMs, problems: problemsOf(health) }, 'health.ending');
      redTooLong.abort();
    },
  });
}

/** What is wrong, one sentence each. */
const problemsOf = ({ checks }: Health): readonly string[] =>
  checks
    .filter(({ ok }) => !ok)
    .map(({ account, says }) => (account === undefined ? says : `account ${account} ${says}`));

/** An endpoint that is away now may come back: a line in the log, and the worker goes on. */
async function warnOfEndpoints(settings: Settings, log: Logger): Promise<void> {
  const { checkEndpoint } = await import('../doctor/endpoint.ts');
  for (const account of settings.accounts.values()) {
    const { level, ...finding } = await checkEndpoint(account);
    if (level !== 'ok') log.warn(finding, 'endpoint.warning');
  }
}

/** Workers that start within this time are one start: one of them looks at login and title. */
const oneStartMs = 60_000;

const logLevels = { warning: 'warn', error: 'error' } as const;

/** A wrong login or title is told before the first message meets it; nothing is sent to see. */
async function warnOfLogins({ prefix, accounts }: Settings, { redis }: DeliveryWorker, log: Logger) {
  const { takeLease } = await import('../../queue/lease.ts');
  const { checkAccount } = await import('../doctor/account.ts');
  const asked = [...accounts.values()].filter(({ creditIntervalMs }) => creditIntervalMs !== 0);
  for (const account of asked) {
    if (!(await takeLease(redis, placeOf(redis, prefix, account.name), 'check', oneStartMs))) continue;
    for (const { level, ...finding } of await checkAccount(account)) {
      if (level !== 'ok') log[logLevels[level]](finding, 'login.warning');
    }
  }
}

/** Ends what was put together for a worker that could not begin. */
async function abandon({ worker, health, pages, beside }: Running): Promise<void> {
  health.stop();
  await Promise.all([pages.close(), closeUnused(worker), ...beside.map((one) => one.close())]);
}

/** A worker that never had a connection may take too long to close it. */
async function closeUnused(worker: DeliveryWorker): Promise<void> {
  await Promise.race([worker.close(), sleep(closeUnusedMs, undefined, { ref: false })]);
  worker.redis.disconnect();
}

const closeUnusedMs = 2_000;

/** What a shutdown may take beyond its own limit: the last lines and pages. */
const reserveMs = 3_000;

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/**
 * Ends softly, but never later than the limit: while Redis is away, closing waits without end. A second signal
 * ends the process at once, as the system does it. The health pages answer to the last, red.
 */
async function shutDown(
  { settings, log, worker, health, pages, beside }: Running,
  context: CliContext,
): Promise<void> {
  const { shutdownTimeoutMs: timeoutMs } = settings;
  log.info({ timeoutMs }, 'shutdown.started');
  health.stop();
  const giveUp = new AbortController();
  const closed = Promise.all([worker.close(), ...beside.map((one) => one.close())]).then(
    () => 'clean' as const,
  );
  const late = sleep(timeoutMs, 'forced' as const, { signal: giveUp.signal });
  const end = await Promise.race([closed, late]);
  giveUp.abort();
  if (end === 'clean') {
    await pages.close();
    return log.info('shutdown.clean');
  }
  log.error('shutdown.forced');
  await context.exit(exitCodes.failed);
}
