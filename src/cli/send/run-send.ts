import { randomUUID } from 'node:crypto';
import type { AccountSettings } from '../../settings/account.ts';
import { readSettings } from '../../settings/read.ts';
import type { Settings } from '../../settings/settings.ts';
import { accountOf } from '../account.ts';
import type { CliContext } from '../context.ts';
import { countRecipients, fileBytes } from '../csv.ts';
import { exitCodes } from '../exit-codes.ts';
import { createProgress } from '../progress.ts';
import { renderOutcomes, renderSendSummary, type SendSummary } from '../render/send-summary.ts';
import { parseTemplate } from '../template.ts';
import { awaitEnds } from './await-ends.ts';
import { type Enqueued, enqueueAll } from './enqueue.ts';
import { type MessageLine, messagesOfCsv, messagesTo } from './message-lines.ts';
import type { OutcomeRow } from './outcome-tally.ts';
import { commonFields, type SendOptions } from './request.ts';
import { dryRunSender, producerSender, type Sender, timeFor } from './sender.ts';

/** Messages on their way to Redis at a time. More would not be faster, and would each wait longer. */
const concurrency = 32;

interface Run {
  readonly options: SendOptions;
  readonly settings: Settings;
  readonly account: AccountSettings;
  readonly context: CliContext;
  readonly stop: AbortSignal;
}

/**
 * Enqueues what the options ask for, waits if they say so, and prints what came of it.
 *
 * @throws what concerns all messages, before anything was done; Redis or the file failing in the middle, after
 * the summary of what was done
 */
export async function runSend(options: SendOptions, context: CliContext): Promise<void> {
  const settings = readSettings({ env: context.env }, { needs: options.dryRun ? [] : ['redis'] });
  const account = accountOf(settings, options.account);
  const lines = linesOf(options, { settings, account, nowMs: await timeFor(options, settings) });
  const run: Run = { options, settings, account, context, stop: context.stopSignal() };
  const enqueued = await enqueue(lines, run);
  refuseWhereNothingWasDone(enqueued, options);
  const { failure } = enqueued;
  const outcomes =
    options.wait && !options.dryRun && failure === undefined ? await waited(enqueued, run) : undefined;
  print(enqueued, outcomes, run);
  if (failure !== undefined) throw failure;
  if (!isAllFine(enqueued, outcomes)) context.setExitCode(exitCodes.failed);
}

/** The messages that the options ask for, all that they have in common checked. */
function linesOf(
  options: SendOptions,
  { settings, account, nowMs }: Pick<Run, 'settings' | 'account'> & { readonly nowMs: number },
): AsyncGenerator<MessageLine, void> {
  const { to = [], csv, text, toColumn, again, idempotencyKey } = options;
  if (csv === undefined) {
    const fields = commonFields(options, { account, sampleText: text, nowMs });
    return messagesTo(to, { text, fields, idempotencyKey, run: randomUUID() });
  }
  const template = parseTemplate(text);
  const sampleText = template.placeholders.length === 0 ? text : 'x';
  const fields = commonFields(options, { account, sampleText, nowMs });
  return messagesOfCsv(fileBytes(csv, settings.csvMaxBytes), {
    template,
    toColumn,
    fields,
    keys: {
      title: options.title ?? account.title,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      ...(again ? { run: randomUUID() } : {}),
    },
  });
}

async function enqueue(lines: AsyncGenerator<MessageLine, void>, run: Run): Promise<Enqueued> {
  const { options, settings, account, context, stop } = run;
  const total = await countLines(options, settings);
  const word = options.csv === undefined ? 'recipient' : 'line';
  await using sender: Sender = options.dryRun ? dryRunSender(account) : producerSender(settings);
  const progress = await createProgress(context.terminal, {
    label: options.dryRun ? 'checked' : 'enqueued',
    total,
    quiet: options.json === true || total <= 1,
  });
  try {
    return await enqueueAll(lines, {
      send: sender.send,
      concurrency,
      stop,
      onRefused({ line, code, message }) {
        if (!options.json && total > 1) progress.line(`${word} ${line}: ${code} ${message}`);
      },
      onProgress: ({ lines: done, refused }) =>
        progress.update(done, refused === 0 ? '' : `${refused} refused`),
    });
  } finally {
    progress.stop();
  }
}

async function countLines({ csv, to = [] }: SendOptions, { csvMaxBytes }: Settings): Promise<number> {
  return csv === undefined ? to.length : countRecipients(fileBytes(csv, csvMaxBytes));
}

/** One message that is refused is wrong input; so is a file, or an absent Redis, that let nothing through. */
function refuseWhereNothingWasDone({ ids, refusals, failure }: Enqueued, { to }: SendOptions): void {
  if (failure !== undefined && ids.size === 0) throw failure;
  const [refusal] = refusals;
  if (to?.length === 1 && refusal) throw refusal.error;
}

async function waited(enqueued: Enqueued, { settings, account, context, options, stop }: Run) {
  return awaitEnds(enqueued.ids, {
    settings,
    account: account.name,
    stop,
    terminal: context.terminal,
    quiet: options.json === true,
  });
}

function isAllFine({ refused, stopped }: Enqueued, outcomes: readonly OutcomeRow[] = []): boolean {
  return refused === 0 && !stopped && outcomes.every(({ end }) => end === 'accepted');
}

function print(enqueued: Enqueued, outcomes: readonly OutcomeRow[] | undefined, run: Run): void {
  const { options, context } = run;
  const { terminal } = context;
  const { lines, parts, before, repeated, refused, refusals, stopped } = enqueued;
  const summary: SendSummary = {
    dryRun: options.dryRun === true,
    lines,
    enqueued: enqueued.enqueued,
    parts,
    partsModel: run.account.partsModel,
    before,
    repeated,
    refused,
  };
  if (options.json) {
    const problems = refusals.map(({ line, code, message }) => ({ line, code, message }));
    terminal.out(
      JSON.stringify({
        ...summary,
        stopped,
        problems,
        ids: idsToShow(enqueued, run),
        outcomes: outcomes ?? null,
      }),
    );
    return;
  }
  if (options.dryRun) terminal.out('Dry run: nothing was enqueued.');
  for (const id of idsToShow(enqueued, run)) terminal.out(`message ${id}`);
  for (const line of renderSendSummary(summary, terminal.columns)) terminal.out(line);
  if (stopped || enqueued.failure !== undefined) terminal.out(stoppedNote(options));
  if (outcomes) for (const line of ['', ...renderOutcomes(outcomes, terminal.columns)]) terminal.out(line);
}

/** Of a file the ids are too many to be shown; its messages are found by their outcomes. */
function idsToShow({ ids }: Enqueued, { options }: Run): readonly string[] {
  return options.to === undefined || options.dryRun ? [] : [...ids];
}

const stoppedNote = ({ csv, again }: SendOptions): string =>
  csv === undefined || again
    ? 'Stopped before the end.'
    : 'Stopped before the end. The same command goes on where it stopped: what is enqueued is not sent twice.';
