import { EventsError } from '../events/errors.ts';
import type { ResolvedEventsOptions } from '../events/options.ts';
import type { EventReader, ReadEntry } from '../events/reader.ts';
import type { GroupPlace, Memory, StoredEntry } from './memory.ts';

/** Reads events from memory, as one consumer of a group reads the streams of Redis. */
export function memoryReader(memory: Memory, options: ResolvedEventsOptions): EventReader {
  const { accounts, group, from, types } = options;
  const reader = {};
  let isClosed = false;

  const placeIn = (account: string): GroupPlace => {
    const { groups, entries } = memory.of(account);
    const known = groups.get(group) ?? {
      next: from === 'now' ? entries.length : 0,
      pending: new Set<StoredEntry>(),
      reader: undefined,
    };
    groups.set(group, known);
    return known;
  };
  for (const account of accounts) placeIn(account);

  /** What there is of an account, where nobody else of the group reads; of a reading's first look, what was left, too. */
  const take = (account: string, looked: Set<string>): readonly ReadEntry[] => {
    const place = placeIn(account);
    place.reader ??= reader;
    if (place.reader !== reader) return [];
    const left = looked.has(account) ? [] : [...place.pending];
    looked.add(account);
    const { entries } = memory.of(account);
    const wanted = entries
      .slice(place.next)
      .filter(({ entry }) => types === undefined || types.has(entry.type));
    place.next = entries.length;
    for (const one of wanted) place.pending.add(one);
    return [...left, ...wanted].map(({ entryId, entry }) => ({ account, entryId, entry }));
  };
  const release = (): void => {
    for (const account of accounts) {
      const place = placeIn(account);
      if (place.reader === reader) place.reader = undefined;
    }
    memory.wake();
  };

  return {
    subscribed: async () => {},
    async *batches() {
      const looked = new Set<string>();
      try {
        while (!isClosed) {
          const news = memory.news();
          yield* accounts.map((account) => take(account, looked)).filter(({ length }) => length > 0);
          if (!isClosed) await news;
        }
      } finally {
        release();
      }
    },
    isOurs: (account) => placeIn(account).reader === reader,
    async ack(account, entryIds) {
      if (isClosed) throw new EventsError('EVENTS_CLOSED');
      const { pending } = placeIn(account);
      for (const one of [...pending]) if (entryIds.includes(one.entryId)) pending.delete(one);
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      release();
    },
  };
}
