import { Argument, type Command } from 'commander';
import { explain } from '../../codes/index.ts';
import type { CampaignProgress, CampaignState } from '../../queue/campaign.ts';
import { type CampaignPlace, placeOf } from '../../queue/names.ts';
import type { RedisClient } from '../../queue/redis-client.ts';
import { accountOf } from '../account.ts';
import type { CliContext } from '../context.ts';
import { CliError } from '../errors.ts';
import { layOutColumns } from '../render/columns.ts';

interface CampaignChoices {
  readonly account?: string;
  readonly json?: true;
}

const actions = { pause: 'paused', resume: 'running', cancel: 'cancelled' } as const;
type Action = keyof typeof actions;

/** `jetsms campaign <id> [pause|resume|cancel]`: how far a campaign has come, and what to do about it. */
export function registerCampaign(program: Command, context: CliContext): void {
  program
    .command('campaign')
    .description('show how far a campaign has come; pause, resume or cancel what has not left')
    .argument('<id>', 'the name that the campaign was enqueued under')
    .addArgument(new Argument('[action]', 'what to do').choices(Object.keys(actions)))
    .option('--account <name>', 'account of the settings; the first without it')
    .option('--json', 'print one JSON object')
    .action((id: string, action: Action | undefined, choices: CampaignChoices) =>
      runCampaign(id, { action, ...choices }, context),
    );
}

async function runCampaign(
  id: string,
  { action, account, json }: CampaignChoices & { readonly action: Action | undefined },
  { env, terminal }: CliContext,
): Promise<void> {
  const { readSettings } = await import('../../settings/read.ts');
  const { withRedis } = await import('../operator-redis.ts');
  const settings = readSettings({ env }, { needs: ['redis'] });
  const { name } = accountOf(settings, account);
  const progress = await withRedis(settings, (redis) =>
    act(redis, { ...placeOf(redis, settings.prefix, name), campaign: id }, action && actions[action]),
  );
  if (json) return terminal.out(JSON.stringify(progress));
  for (const line of renderCampaign(progress, terminal.columns)) terminal.out(line);
}

async function act(
  redis: RedisClient,
  place: CampaignPlace,
  state: CampaignState | undefined,
): Promise<CampaignProgress> {
  const { isNoCampaign, readCampaign, setCampaignState } = await import('../../queue/campaign.ts');
  const before = await readCampaign(redis, place);
  if (!before) {
    const code = (await isNoCampaign(redis, place)) ? 'CAMPAIGN_UNREADABLE' : 'CAMPAIGN_UNKNOWN';
    throw new CliError(code, { detail: `Account: ${place.account}.` });
  }
  if (state === undefined) return before;
  const isSet = await setCampaignState(redis, place, state);
  if (!isSet && before.state !== state) throw new CliError('CAMPAIGN_CANCELLED');
  return (await readCampaign(redis, place)) ?? before;
}

/** A campaign's counts for people. */
export function renderCampaign(campaign: CampaignProgress, columns: number): readonly string[] {
  const { id, account, state, messages, waiting, accepted, dead, unreadable = [] } = campaign;
  const rows = [
    ['messages', String(messages), ''],
    ['waiting', String(waiting), ''],
    ['accepted', String(accepted), ''],
    ...Object.entries(dead).map(([code, count]) => [`dead ${code}`, String(count), meaningOf(code)]),
    ...unreadable.map((name) => [name, '?', 'holds what is no number, and was taken for 0']),
  ];
  return [`Campaign ${id} of account ${account}: ${state}`, ...layOutColumns(rows, columns)];
}

const meaningOf = (code: string): string => (/^\d{2,3}$/.test(code) ? explain(code).meaning : '');
