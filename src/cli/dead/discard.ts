import type { DiscardResult } from '../../operator/dead-letters/discard.ts';
import { isConfirmed } from '../confirm.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { counted, renderDiscard } from '../render/dead-letters.ts';
import { printJson } from '../terminal.ts';
import type { FilterOptions } from './options.ts';
import { chosenFilter, tellMissing, withDeadLetters } from './session.ts';

export interface DiscardChoices extends FilterOptions {
  readonly all?: true;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly json?: true;
}

/** `jetsms dead discard`: says what it would throw away, asks, and does it. */
export function discardDead(
  ids: readonly string[],
  choices: DiscardChoices,
  context: CliContext,
): Promise<void> {
  const filter = chosenFilter(ids, choices);
  const { terminal } = context;
  return withDeadLetters(choices.account, context, async ({ account, letters }) => {
    const print = (result: DiscardResult): void => {
      if (choices.json) printJson(terminal, { account, ...result });
      else for (const line of renderDiscard(result)) terminal.out(line);
    };
    const plan = await letters.discard(filter, { dryRun: true });
    tellMissing(filter, plan.discarded, context);
    if (choices.dryRun) return print(plan);
    if (!choices.yes) {
      const isWanted = await isConfirmed(
        `Throw ${counted(plan.discarded, 'dead letter')} away for good?`,
        context,
      );
      if (!isWanted) return terminal.err('Nothing was discarded.');
    }
    const result = await letters.discard(filter, { signal: context.stopSignal() });
    if (result.stopped) context.setExitCode(exitCodes.failed);
    print(result);
  });
}
