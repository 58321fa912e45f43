import type { Lane } from '../../message/lane.ts';
import type { DeadLetterFilter } from '../../operator/dead-letters/filter.ts';
import type { ReplayCounts, ReplayOptions } from '../../operator/dead-letters/replay.ts';
import { isConfirmed } from '../confirm.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { createProgress } from '../progress.ts';
import { counted, renderReplay } from '../render/dead-letters.ts';
import { printJson } from '../terminal.ts';
import type { FilterOptions } from './options.ts';
import { chosenFilter, type DeadSession, tellMissing, withDeadLetters } from './session.ts';

export interface ReplayChoices extends FilterOptions {
  readonly all?: true;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly json?: true;
  readonly rate: number;
  readonly into: Lane | 'own';
  /** Milliseconds. */
  readonly deadline?: number;
  readonly includeExpired?: true;
  readonly includeUncertain?: true;
  readonly includeCancelled?: true;
}

/** `jetsms dead replay`: says what it would send, asks, and enqueues it. */
export function replayDead(
  ids: readonly string[],
  choices: ReplayChoices,
  context: CliContext,
): Promise<void> {
  const filter = chosenFilter(ids, choices);
  return withDeadLetters(choices.account, context, async (session) => {
    const options = optionsOf(choices);
    const plan = await session.letters.replay(filter, { ...options, dryRun: true });
    tellMissing(filter, foundIn(plan), context);
    const print = (result: ReplayCounts & { readonly dryRun: boolean }) =>
      show(result, session, choices, context);
    if (choices.dryRun) return print(plan);
    if (isNothing(plan)) return print({ ...plan, dryRun: false });
    if (!choices.yes && !(await isWanted(plan, context))) return context.terminal.err('Nothing was sent.');
    print(
      await run({ filter, options, total: plan.replayed, quiet: choices.json === true }, session, context),
    );
  });
}

const foundIn = ({ replayed, skipped }: ReplayCounts): number =>
  Object.values(skipped).reduce((sum, count) => sum + count, replayed);

/** Half-done replays are finished though they send nothing. */
const isNothing = ({ replayed, skipped }: ReplayCounts): boolean =>
  replayed === 0 && skipped['replayed-before'] === undefined;

function isWanted(plan: ReplayCounts, context: CliContext): Promise<boolean> {
  for (const line of renderReplay({ ...plan, dryRun: true })) context.terminal.err(line);
  return isConfirmed(`Send ${counted(plan.messages, 'message')} again?`, context);
}

function optionsOf(choices: ReplayChoices): ReplayOptions {
  return {
    includeExpired: choices.includeExpired === true,
    includeUncertain: choices.includeUncertain === true,
    includeCancelled: choices.includeCancelled === true,
    lane: choices.into,
    ratePerSecond: choices.rate,
    deadlineMs: choices.deadline,
  };
}

interface ReplayRun {
  readonly filter: DeadLetterFilter;
  readonly options: ReplayOptions;
  readonly total: number;
  readonly quiet: boolean;
}

/** Ctrl-C, or a Redis that goes away, ends it between two messages; both say how far it came. */
async function run(
  { filter, options, total, quiet }: ReplayRun,
  { letters }: DeadSession,
  context: CliContext,
) {
  const { terminal } = context;
  const signal = context.stopSignal();
  const progress = await createProgress(terminal, { label: 'replayed', total, quiet });
  let replayed = 0;
  const onProgress = (counts: ReplayCounts): void => {
    ({ replayed } = counts);
    progress.update(replayed);
  };
  try {
    const result = await letters.replay(filter, { ...options, signal, onProgress });
    if (result.stopped) context.setExitCode(exitCodes.failed);
    return result;
  } catch (error) {
    terminal.err(`It came to a halt after ${replayed} of ${total} dead letters.`);
    throw error;
  } finally {
    progress.stop();
  }
}

function show(
  result: ReplayCounts & { readonly dryRun: boolean },
  { account }: DeadSession,
  { json }: ReplayChoices,
  { terminal }: CliContext,
): void {
  if (json) printJson(terminal, { account, ...result });
  else for (const line of renderReplay(result)) terminal.out(line);
}
