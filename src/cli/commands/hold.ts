import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { RedisClient } from '../../queue/redis-client.ts';
import type { Settings } from '../../settings/settings.ts';
import { accountOf } from '../account.ts';
import type { CliContext } from '../context.ts';
import { holdView, renderHolds, renderResumed } from '../render/holds.ts';
import { printJson } from '../terminal.ts';

/** `jetsms holds`, `jetsms hold`, `jetsms resume`: accounts that stand still. */
export function registerHolds(program: Command, context: CliContext): void {
  program
    .command('holds')
    .description('show which accounts stand still, and why')
    .option('--json', 'print one JSON array')
    .action((options: { readonly json?: true }) => showHolds(options, context));
  program
    .command('hold')
    .description('let an account stand still until somebody resumes it')
    .argument('<account>', 'account of the settings')
    .requiredOption('--reason <text>', 'why, for everybody who looks')
    .option('--by <name>', 'who; the name of the system user without it')
    .action((account: string, options: HoldChoices) => hold(account, options, context));
  program
    .command('resume')
    .description('let a held account send again')
    .argument('<account>', 'account of the settings')
    .action((account: string) => resume(account, context));
}

interface HoldChoices {
  readonly reason: string;
  readonly by?: string;
}

async function showHolds({ json }: { readonly json?: true }, context: CliContext): Promise<void> {
  const { terminal } = context;
  const { listHolds } = await import('../../operator/hold-operations.ts');
  const { settings, use } = await open(context);
  const accounts = [...settings.accounts.keys()];
  const holds = await use((redis) => listHolds(redis, { prefix: settings.prefix, accounts }));
  if (json) return printJson(terminal, holds.map(holdView));
  for (const line of renderHolds(holds.map(holdView), terminal.columns)) terminal.out(line);
}

async function hold(
  name: string,
  { reason, by = userName() }: HoldChoices,
  context: CliContext,
): Promise<void> {
  const { holdAccount } = await import('../../operator/hold-operations.ts');
  const { settings, use } = await open(context);
  const account = accountOf(settings, name);
  await use((redis) => holdAccount(redis, { prefix: settings.prefix, account: name, by, note: reason }));
  context.terminal.out(
    `${account.name} stands still until \`jetsms resume ${account.name}\`. Requests under way are finished.`,
  );
}

async function resume(name: string, context: CliContext): Promise<void> {
  const { resumeAccount } = await import('../../operator/hold-operations.ts');
  const { settings, use } = await open(context);
  const { name: account } = accountOf(settings, name);
  const resumed = await use((redis) => resumeAccount(redis, { prefix: settings.prefix, account }));
  context.terminal.out(renderResumed(account, resumed));
}

interface Opened {
  readonly settings: Settings;
  readonly use: <T>(work: (redis: RedisClient) => Promise<T>) => Promise<T>;
}

async function open({ env }: CliContext): Promise<Opened> {
  const { readSettings } = await import('../../settings/read.ts');
  const { withRedis } = await import('../operator-redis.ts');
  const settings = readSettings({ env }, { needs: ['redis'] });
  return { settings, use: (work) => withRedis(settings, work) };
}

/** A container's user may have no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
