import type { Command } from 'commander';
import type { Settings, WebhookEndpoint } from '../../settings/settings.ts';
import type { CliContext } from '../context.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { endpointView, renderEndpoints } from '../render/webhooks.ts';
import { printJson } from '../terminal.ts';

interface JsonOption {
  readonly json?: true;
}

interface ReplayOptions extends JsonOption {
  readonly endpoint?: string;
  readonly all?: true;
}

/** `jetsms webhooks`: endpoints that events are sent to, and deliveries that came to nothing. */
export function registerWebhooks(program: Command, context: CliContext): void {
  const webhooks = program
    .command('webhooks')
    .description('endpoints that are told of events: list, replay, test, resume');
  webhooks
    .command('list')
    .description('show every endpoint, what waits for it, and deliveries that were given up')
    .option('--json', 'print one JSON object')
    .action((options: JsonOption) => list(options, context));
  webhooks
    .command('replay')
    .description('try deliveries again that were given up')
    .argument('[id...]', 'ids of deliveries, as the list shows them')
    .option('--endpoint <name>', 'those of this endpoint; with ids, look only there')
    .option('--all', 'those of all endpoints')
    .option('--json', 'print one JSON object')
    .action((ids: string[], options: ReplayOptions) => replay(ids, options, context));
  webhooks
    .command('test')
    .description('send a signed test event to an endpoint, and say what came back')
    .argument('[name]', 'the endpoint; that of JETSMS_WEBHOOK_URL without it', 'default')
    .option('--json', 'print one JSON object')
    .action((name: string, options: JsonOption) => test(name, options, context));
  webhooks
    .command('resume')
    .description('switch an endpoint on again that has said that it is gone (410)')
    .argument('<name>', 'the endpoint')
    .action((name: string) => resume(name, context));
}

/** Of the dead deliveries of each endpoint so many are shown. */
const shownDead = 20;

async function list({ json }: JsonOption, context: CliContext): Promise<void> {
  const { terminal } = context;
  const { listEndpoints } = await import('../../webhooks/operations.ts');
  const { withRedis } = await import('../operator-redis.ts');
  const settings = await readSettingsOf(context);
  const states = await withRedis(settings, (redis) => listEndpoints({ redis, settings }, shownDead));
  const views = states.map(endpointView);
  if (json) return printJson(terminal, { endpoints: views });
  for (const line of renderEndpoints(views, terminal.columns)) terminal.out(line);
}

async function replay(ids: string[], options: ReplayOptions, context: CliContext): Promise<void> {
  const { terminal } = context;
  const { replayDeliveries } = await import('../../webhooks/operations.ts');
  const { withRedis } = await import('../operator-redis.ts');
  const settings = await readSettingsOf(context);
  const { endpoint, all } = options;
  if (ids.length === 0 && endpoint === undefined && !all) throw new CliError('NO_DELIVERIES_CHOSEN');
  const endpoints = endpoint === undefined ? settings.webhooks : [endpointOf(settings, endpoint)];
  const choice = ids.length === 0 ? { endpoints } : { endpoints, ids };
  const replayed = await withRedis(settings, (redis) => replayDeliveries({ redis, settings }, choice));
  if (options.json) printJson(terminal, { replayed });
  else terminal.out(`${replayed} ${replayed === 1 ? 'delivery is' : 'deliveries are'} tried again.`);
  const missing = new Set(ids).size - replayed;
  if (missing <= 0) return;
  terminal.err(`${missing} of these ids are those of no dead delivery.`);
  context.setExitCode(exitCodes.failed);
}

async function test(name: string, { json }: JsonOption, context: CliContext): Promise<void> {
  const { terminal } = context;
  const { testEndpoint } = await import('../../webhooks/operations.ts');
  const settings = await readSettingsOf(context);
  const endpoint = endpointOf(settings, name);
  const { isTaken, code, tookMs } = await testEndpoint(endpoint, {
    timeoutMs: settings.webhookTimeoutMs,
    now: Date.now(),
  });
  if (json) printJson(terminal, { endpoint: name, taken: isTaken, code, tookMs });
  else
    terminal.out(`${name} ${isTaken ? 'took' : 'did not take'} the test event: ${code}, after ${tookMs} ms.`);
  if (!isTaken) context.setExitCode(exitCodes.failed);
}

async function resume(name: string, context: CliContext): Promise<void> {
  const { resumeEndpoint } = await import('../../webhooks/operations.ts');
  const { withRedis } = await import('../operator-redis.ts');
  const settings = await readSettingsOf(context);
  const endpoint = endpointOf(settings, name);
  const isResumed = await withRedis(settings, (redis) => resumeEndpoint({ redis, settings }, endpoint));
  context.terminal.out(
    isResumed
      ? `${name} is told of events again, from where it was. What it did not take: \`jetsms webhooks replay\`.`
      : `${name} was not ended.`,
  );
}

async function readSettingsOf({ env }: CliContext): Promise<Settings> {
  const { readSettings } = await import('../../settings/read.ts');
  return readSettings({ env }, { needs: ['redis'] });
}

/** @throws CliError WEBHOOK_UNKNOWN, naming those that there are */
function endpointOf({ webhooks }: Settings, name: string): WebhookEndpoint {
  const endpoint = webhooks.find((one) => one.name === name);
  if (endpoint) return endpoint;
  const names = webhooks.map((one) => one.name).join(', ');
  throw new CliError('WEBHOOK_UNKNOWN', { detail: names === '' ? 'There is none.' : `Known: ${names}.` });
}
