import { once } from 'node:events';
import type { Command } from 'commander';
import { packageVersion } from '../../settings/package-files.ts';
import type { CliContext } from '../context.ts';

/** `jetsms dashboard`: Bull Board over all accounts' queues, until it is told to end. */
export function registerDashboard(program: Command, context: CliContext): void {
  program
    .command('dashboard')
    .description('show the queues and dead letters of all accounts in the browser, masked, until SIGTERM')
    .action(() => runDashboard(context));
}

/** From the signal to the end of the process. */
const stopWithinMs = 10_000;

async function runDashboard({ env, terminal, serviceSignal }: CliContext): Promise<void> {
  const { readSettings } = await import('../../settings/read.ts');
  const { createLogger } = await import('../../log/logger.ts');
  const { serveDashboard } = await import('../../dashboard/serve.ts');
  const settings = readSettings({ env }, { needs: ['redis', 'dashboard'] });
  const log = createLogger({ level: settings.logLevel, version: packageVersion() });
  const stop = serviceSignal(stopWithinMs);
  const dashboard = await serveDashboard({ settings, log });
  if (terminal.isTty) terminal.out(`Dashboard: ${dashboard.url}   Ctrl-C ends it.`);
  if (!stop.aborted) await once(stop, 'abort');
  await dashboard.close();
  log.info('dashboard.ended');
}
