import type { DeadLetterStore } from '../../bullmq/dead-letter-store.ts';
import type { StoredDeadLetter } from '../../queue/stored-dead-letter.ts';
import { OperatorError } from '../operator-error.ts';
import { type DeadLetterFilter, matches } from './filter.ts';

export interface Selection {
  readonly filter: DeadLetterFilter;
  /** For the filter's ages, epoch milliseconds. */
  readonly now: number;
}

/** Letters read at a time; one letter may hold thousands of recipients. */
const readPage = 100;

/**
 * The letters that a filter means, the oldest first. Their ids are looked up once at the beginning, so that
 * letters may come and go meanwhile; one that is gone when its turn comes is left out.
 */
export async function* selectDeadLetters(
  store: DeadLetterStore,
  { filter, now }: Selection,
): AsyncGenerator<StoredDeadLetter, void> {
  let left = filter.limit ?? Number.POSITIVE_INFINITY;
  const ids = await idsOf(store, filter);
  for (let from = 0; from < ids.length; from += readPage) {
    for (const stored of await store.read(ids.slice(from, from + readPage))) {
      if (left <= 0) return;
      if (!matches(filter, stored, now)) continue;
      left -= 1;
      yield stored;
    }
  }
}

const idsOf = (store: DeadLetterStore, { ids }: DeadLetterFilter): Promise<readonly string[]> =>
  ids === undefined ? store.ids() : Promise.resolve([...new Set(ids)]);

/** A page of letters, the newest first. */
export interface DeadLetterPage {
  readonly letters: readonly StoredDeadLetter[];
  /** The cursor of the page behind this one; missing on the last. */
  readonly next?: string;
}

export interface PageWish {
  /** Letters on the page. */
  readonly size: number;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
}

/**
 * The letters that a filter means, the newest first, a page at a time. Pages neither repeat nor leave out a
 * letter that stays where it is, whatever comes and goes beside it.
 * @throws OperatorError CURSOR_INVALID
 */
export async function pageOfDeadLetters(
  store: DeadLetterStore,
  { filter, now }: Selection,
  { size, cursor }: PageWish,
): Promise<DeadLetterPage> {
  const ids = (await idsOf(store, filter)).toReversed();
  const letters: StoredDeadLetter[] = [];
  for (let from = startOf(ids, cursor); from < ids.length; from += readPage) {
    for (const stored of await store.read(ids.slice(from, from + readPage))) {
      if (!matches(filter, stored, now)) continue;
      const last = letters.at(-1);
      if (last && letters.length === size) return { letters, next: cursorBehind(ids, last.id) };
      letters.push(stored);
    }
  }
  return { letters };
}

/** How many letters lie behind it, and the letter's id: the id may be gone when the next page is asked for. */
function cursorBehind(ids: readonly string[], id: string): string {
  return `${ids.length - 1 - ids.indexOf(id)}:${id}`;
}

function startOf(ids: readonly string[], cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const [, behind, id = ''] = /^(\d{1,9}):(.+)$/.exec(cursor) ?? [];
  if (behind === undefined) throw new OperatorError('CURSOR_INVALID');
  const index = ids.indexOf(id);
  return index === -1 ? Math.max(0, ids.length - Number(behind)) : index + 1;
}
