import { letterView } from '../../operator/dead-letters/view.ts';
import type { CliContext } from '../context.ts';
import { CliError } from '../errors.ts';
import { renderDeadLetters, renderSummary } from '../render/dead-letters.ts';
import { renderTrace, traceView } from '../render/message-trace.ts';
import { printJson } from '../terminal.ts';
import type { AccountOption, FilterOptions } from './options.ts';
import { filterOf, withDeadLetters } from './session.ts';

interface ShowOptions extends AccountOption {
  readonly json?: true;
  readonly reveal?: true;
}

export interface ListOptions extends FilterOptions, ShowOptions {
  readonly cursor?: string;
}

const pageSize = 50;

/** `jetsms dead list`: a page of letters, the newest first. */
export function listDead(options: ListOptions, context: CliContext): Promise<void> {
  const { limit: size = pageSize, ...rest } = options;
  const { terminal } = context;
  return withDeadLetters(options.account, context, async ({ account, letters }) => {
    const page = await letters.list(filterOf([], rest), { size, cursor: options.cursor });
    const views = page.letters.map((stored) => letterView(stored, { reveal: options.reveal === true }));
    if (options.json) {
      return printJson(terminal, { account, letters: views, next: page.next ?? null });
    }
    for (const line of renderDeadLetters(views, terminal.columns)) terminal.out(line);
    if (page.next !== undefined) terminal.err(`More: add --cursor '${page.next}'`);
  });
}

/** `jetsms dead summary`: how much died of what. */
export function summarizeDead(options: FilterOptions & ShowOptions, context: CliContext): Promise<void> {
  const { terminal } = context;
  return withDeadLetters(options.account, context, async ({ account, letters }) => {
    const summary = await letters.summary(filterOf([], options));
    if (options.json) return printJson(terminal, { account, ...summary });
    for (const line of renderSummary(summary, terminal.columns)) terminal.out(line);
  });
}

/** `jetsms dead show`: all that is known of one message, dead or not. */
export function showDead(id: string, options: ShowOptions, context: CliContext): Promise<void> {
  const { terminal } = context;
  return withDeadLetters(options.account, context, async ({ account, letters }) => {
    const trace = await letters.show(id);
    if (!trace) throw new CliError('MESSAGE_UNKNOWN', { detail: `Account: ${account}.` });
    const view = traceView(trace, { reveal: options.reveal === true });
    if (options.json) return printJson(terminal, view);
    for (const line of renderTrace(view, terminal.columns)) terminal.out(line);
  });
}

/** `jetsms dead export`: letters as JSON, one a line. */
export function exportDead(options: FilterOptions & ShowOptions, context: CliContext): Promise<void> {
  const stop = context.stopSignal();
  return withDeadLetters(options.account, context, async ({ letters }) => {
    for await (const line of letters.export(filterOf([], options), { reveal: options.reveal === true })) {
      if (stop.aborted) return;
      context.terminal.out(line);
    }
  });
}
