import type { DeadLetterFilter } from '../../operator/dead-letters/filter.ts';
import type { DeadLetters } from '../../operator/dead-letters.ts';
import { accountOf } from '../account.ts';
import type { CliContext } from '../context.ts';
import { CliError } from '../errors.ts';
import type { FilterOptions } from './options.ts';

/** One account's dead letters, opened for a command. */
export interface DeadSession {
  readonly account: string;
  readonly letters: DeadLetters;
}

/** Opens the dead letters of the account that a command names, and closes them behind it. */
export async function withDeadLetters(
  account: string | undefined,
  { env }: CliContext,
  use: (session: DeadSession) => Promise<void>,
): Promise<void> {
  const { readSettings } = await import('../../settings/read.ts');
  const { redisOptionsOf } = await import('../../settings/redis-target.ts');
  const { openDeadLetters } = await import('../../operator/dead-letters.ts');
  const settings = readSettings({ env }, { needs: ['redis'] });
  const { name } = accountOf(settings, account);
  await using letters = openDeadLetters({
    ...redisOptionsOf(settings),
    prefix: settings.prefix,
    account: name,
  });
  await use({ account: name, letters });
}

/** The filter that options and ids ask for. */
export function filterOf(ids: readonly string[], options: FilterOptions): DeadLetterFilter {
  const { code, reason, title, lane, olderThan, newerThan, limit } = options;
  return {
    ...(ids.length > 0 ? { ids } : {}),
    ...(code === undefined ? {} : { code }),
    ...(reason === undefined ? {} : { reason }),
    ...(title === undefined ? {} : { title }),
    ...(lane === undefined ? {} : { lane }),
    ...(olderThan === undefined ? {} : { olderThanMs: olderThan }),
    ...(newerThan === undefined ? {} : { newerThanMs: newerThan }),
    ...(limit === undefined ? {} : { limit }),
  };
}

/**
 * The filter of a command that changes something: all letters only where that is said.
 * @throws CliError NOTHING_CHOSEN
 */
export function chosenFilter(
  ids: readonly string[],
  options: FilterOptions & { readonly all?: true },
): DeadLetterFilter {
  const filter = filterOf(ids, options);
  if (Object.keys(filter).length === 0 && !options.all) throw new CliError('NOTHING_CHOSEN');
  return filter;
}

/**
 * Of ids that were typed or copied it is said that they are none of a dead letter: of a message that was replayed or
 * discarded before, say, or of a send job whose messages died each under an id of its own.
 * @param found how many letters there were
 */
export function tellMissing(filter: DeadLetterFilter, found: number, { terminal }: CliContext): void {
  const { ids, ...others } = filter;
  const missing = new Set(ids).size - found;
  if (missing <= 0 || Object.keys(others).length > 0) return;
  const subject =
    missing === 1 ? '1 id is that of no dead letter' : `${missing} ids are those of no dead letter`;
  terminal.err(`${subject}: \`jetsms dead show <id>\` says what became of a message. Check --account, too.`);
}
