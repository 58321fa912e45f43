import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { renderScheduled, renderStatus, scheduledView, statusView } from '../render/message-status.ts';
import { withMessages } from './session.ts';

export interface MessageChoices {
  readonly account?: string;
  readonly json?: true;
}

/** `jetsms status <id>…`: what became of messages. */
export async function showStatus(
  ids: readonly string[],
  { account, json }: MessageChoices,
  context: CliContext,
): Promise<void> {
  const { terminal, setExitCode } = context;
  const statuses = await withMessages(account, context, (messages) => messages.statuses(ids));
  for (const [index, status] of statuses.entries()) {
    if (json) {
      terminal.out(JSON.stringify(statusView(status)));
      continue;
    }
    if (index > 0) terminal.out('');
    for (const line of renderStatus(status, terminal.columns)) terminal.out(line);
  }
  if (statuses.some(({ state }) => state === 'unknown')) setExitCode(exitCodes.failed);
}

/** `jetsms cancel <id>…`: calls messages off, one after the other. */
export async function cancelMessages(
  ids: readonly string[],
  { account, json }: MessageChoices,
  context: CliContext,
): Promise<void> {
  const { terminal, setExitCode } = context;
  await withMessages(account, context, async (messages) => {
    for (const id of ids) {
      const result = await messages.cancel(id);
      // At once: what is cancelled is known even where the next one fails.
      terminal.out(json ? JSON.stringify({ id, result }) : `${id}  ${result}`);
      if (result !== 'cancelled') setExitCode(exitCodes.failed);
    }
  });
}

export interface ScheduledChoices extends MessageChoices {
  readonly limit: number;
}

/** `jetsms scheduled`: what waits for its time. */
export async function showScheduled(
  { account, json, limit }: ScheduledChoices,
  context: CliContext,
): Promise<void> {
  const { terminal } = context;
  const { jobs, hasMore } = await withMessages(account, context, (messages) => messages.scheduled(limit));
  if (json) for (const job of jobs) terminal.out(JSON.stringify(scheduledView(job)));
  else for (const line of renderScheduled(jobs, terminal.columns)) terminal.out(line);
  if (hasMore) terminal.err(`More are scheduled: --limit ${2 * limit} shows more of them.`);
}
