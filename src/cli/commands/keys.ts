import type { Command } from 'commander';
import type { KeyWish } from '../../gateway/keys/key-operations.ts';
import type { KeyPlace } from '../../gateway/keys/key-store.ts';
import type { RedisClient } from '../../queue/redis-client.ts';
import type { Settings } from '../../settings/settings.ts';
import { accountOf } from '../account.ts';
import type { CliContext } from '../context.ts';
import { durationOption, wholeNumber } from '../duration.ts';
import { createdView, keyView, renderCreated, renderKeys } from '../render/keys.ts';
import { printJson } from '../terminal.ts';

interface JsonOption {
  readonly json?: true;
}

interface CreateOptions extends JsonOption {
  readonly name: string;
  readonly accounts?: readonly string[];
  readonly lanes?: readonly string[];
  readonly rights?: readonly string[];
  readonly rate?: number;
  readonly expiresIn?: number;
}

/** `jetsms keys`: who may use the gateway. */
export function registerKeys(program: Command, context: CliContext): void {
  const keys = program.command('keys').description('API keys of the gateway: create, list, revoke');
  keys
    .command('create')
    .description('make a key and show it, this once; what is not said allows everything')
    .requiredOption('--name <name>', 'whose key it is: stands in logs, never a phone number')
    .option('--accounts <names>', 'only these accounts of the settings, separated by commas', list)
    .option('--lanes <lanes>', 'only these lanes: otp, transactional, bulk', list)
    .option('--rights <rights>', 'only these rights: send, read, cancel', list)
    .option('--rate <requests>', 'at most so many requests a second, over all gateways', wholeNumber)
    .option('--expires-in <time>', 'good for so long: 12h, 90d', durationOption)
    .option('--json', 'print one JSON object')
    .action((options: CreateOptions) => create(options, context));
  keys
    .command('list')
    .description('show every key: what it allows, since when, until when, used when')
    .option('--json', 'print one JSON object')
    .action((options: JsonOption) => listKeys(options, context));
  keys
    .command('revoke')
    .description('refuse a key from now on, at every gateway')
    .argument('<key>', 'its id or its name, as the list shows them; or the key itself')
    .option('--json', 'print one JSON object')
    .action((which: string, options: JsonOption) => revoke(which, options, context));
}

const list = (text: string): readonly string[] => text.split(',').map((item) => item.trim());

async function create(options: CreateOptions, context: CliContext): Promise<void> {
  const { terminal } = context;
  const { createApiKey } = await import('../../gateway/keys/key-operations.ts');
  const { settings, use } = await open(context);
  const created = await use((place) => createApiKey(place, wishOf(options, settings)));
  const view = createdView(created);
  if (options.json) return printJson(terminal, view);
  // The key alone is the output, so that it can be piped to where it is kept.
  terminal.out(view.key);
  for (const line of renderCreated(view)) terminal.err(line);
}

/** @throws CliError ACCOUNT_UNKNOWN */
function wishOf(options: CreateOptions, settings: Settings): KeyWish {
  const { name, accounts, lanes, rights, rate, expiresIn } = options;
  return {
    name,
    ...(accounts === undefined
      ? {}
      : { accounts: accounts.map((account) => accountOf(settings, account).name) }),
    ...(lanes === undefined ? {} : { lanes }),
    ...(rights === undefined ? {} : { rights }),
    ...(rate === undefined ? {} : { ratePerSecond: rate }),
    ...(expiresIn === undefined ? {} : { expiresInMs: expiresIn }),
  };
}

async function listKeys({ json }: JsonOption, context: CliContext): Promise<void> {
  const { terminal } = context;
  const { listApiKeys } = await import('../../gateway/keys/key-operations.ts');
  const { use } = await open(context);
  const views = (await use(listApiKeys)).map(keyView);
  if (json) return printJson(terminal, { keys: views });
  for (const line of renderKeys(views, terminal.columns)) terminal.out(line);
}

async function revoke(which: string, { json }: JsonOption, context: CliContext): Promise<void> {
  const { terminal } = context;
  const { revokeApiKey } = await import('../../gateway/keys/key-operations.ts');
  const { use } = await open(context);
  const id = await use((place) => revokeApiKey(place, which));
  if (json) return printJson(terminal, { revoked: id });
  terminal.out(`${id} is revoked: no gateway takes it any more. Requests that it began are finished.`);
}

interface Opened {
  readonly settings: Settings;
  readonly use: <T>(work: (place: KeyPlace) => Promise<T>) => Promise<T>;
}

async function open({ env }: CliContext): Promise<Opened> {
  const { readSettings } = await import('../../settings/read.ts');
  const { withRedis } = await import('../operator-redis.ts');
  const settings = readSettings({ env }, { needs: ['redis'] });
  const { prefix } = settings;
  return { settings, use: (work) => withRedis(settings, (redis: RedisClient) => work({ redis, prefix })) };
}
