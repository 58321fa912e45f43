import { type DeadLetterFilter, matches } from './filter.ts';
import type { StoredLetter } from './letter.ts';
import type { LetterStore } from './letter-store.ts';

/** Letters read at a time; one letter may hold thousands of recipients. */
const readPage = 100;

export interface Selection {
  readonly filter: DeadLetterFilter;
  /** For the filter's ages, epoch milliseconds. */
  readonly now: number;
}

/**
 * The letters that a filter means, the oldest first. The ids are looked up once at the beginning, so that
 * letters may come and go meanwhile; one that is gone when its turn comes is left out.
 */
export async function* selectLetters(
  store: LetterStore,
  { filter, now }: Selection,
): AsyncGenerator<StoredLetter, void> {
  const ids = filter.ids === undefined ? await store.ids() : [...new Set(filter.ids)];
  let left = filter.limit ?? Number.POSITIVE_INFINITY;
  const isMeant = (stored: StoredLetter): boolean =>
    matches({ ...filter, ids: undefined } as never, stored, now);
  for (let from = 0; from < ids.length && left > 0; from += readPage) {
    for (const stored of await store.read(ids.slice(from, from + readPage))) {
      if (left <= 0) return;
      if (!isMeant(stored)) continue;
      left -= 1;
      yield stored;
    }
  }
}
