import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { ServeOptions } from '../../gateway/serve.ts';
import type { Logger } from '../../log/logger.ts';
import { packageVersion } from '../../settings/package-files.ts';
import type { Settings } from '../../settings/settings.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { portNumber } from '../port-number.ts';

interface GatewayChoices {
  readonly port?: number;
  readonly host?: string;
}

/** `jetsms gateway`: the HTTP gateway, until it is told to end. */
export function registerGateway(program: Command, context: CliContext): void {
  program
    .command('gateway')
    .description('take messages over HTTP, for apps in any language, until SIGTERM')
    .option(
      '--port <number>',
      'TCP port; 0 takes a free one; gatewayPort of the settings without it',
      portNumber,
    )
    .option('--host <host>', 'address to listen on; gatewayHost of the settings without it')
    .action((choices: GatewayChoices) => runGateway(choices, context));
}

/** What a stop may take beyond its own limit: the last lines. */
const reserveMs = 3_000;

async function runGateway(choices: GatewayChoices, context: CliContext): Promise<void> {
  const { readSettings } = await import('../../settings/read.ts');
  const { createLogger } = await import('../../log/logger.ts');
  const { serveGateway } = await import('../../gateway/serve.ts');
  const { createApiKeys } = await import('../../gateway/keys/api-keys.ts');
  const settings = chosen(readSettings({ env: context.env }, { needs: ['redis'] }), choices);
  const log = createLogger({ level: settings.logLevel, version: packageVersion() });
  for (const warning of settings.warnings) log.warn({ warning }, 'settings.warning');
  const stop = context.serviceSignal(settings.shutdownTimeoutMs + reserveMs);
  const openKeys: ServeOptions['openKeys'] = (redis, prefix) => createApiKeys({ redis, prefix });
  const gateway = await serveGateway({ settings, log, openKeys });
  if (context.terminal.isTty) context.terminal.out(`Gateway: ${gateway.url}/docs   Ctrl-C ends it.`);
  if (!stop.aborted) await once(stop, 'abort');
  await shutDown(gateway, settings.shutdownTimeoutMs, log, context);
}

/** The settings as the command line changes them. */
const chosen = (settings: Settings, { port, host }: GatewayChoices): Settings => ({
  ...settings,
  ...(port === undefined ? {} : { gatewayPort: port }),
  ...(host === undefined ? {} : { gatewayHost: host }),
});

/** What is under way is answered, but a list that comes in for hours must not hold up the end. */
async function shutDown(
  gateway: { close(): Promise<void> },
  timeoutMs: number,
  log: Logger,
  { exit }: CliContext,
): Promise<void> {
  log.info({ timeoutMs }, 'shutdown.started');
  const giveUp = new AbortController();
  const end = await Promise.race([
    gateway.close().then(() => 'clean' as const),
    sleep(timeoutMs, 'forced' as const, { signal: giveUp.signal }),
  ]);
  giveUp.abort();
  if (end === 'clean') return log.info('gateway.ended');
  log.error('shutdown.forced');
  await exit(exitCodes.failed);
}
