/** Reads of single values that travel together. */
export interface JoinedReads<T> {
  /**
   * The value of an id, read after this call: what was changed before it is seen.
   * @throws what reading throws. One failed read fails all that wait meanwhile: they would ask the same Redis
   */
  read(id: string): Promise<T>;
  /** Resolves when no read is under way. */
  idle(): Promise<void>;
}

/** Ids of one read: a bound for a flood. */
const mostIds = 1_000;

/**
 * Whoever comes alone reads at once; whoever comes while a read is under way goes with the next, since that one may have been
 * answered already. There is no timer: the read under way is the clock.
 * @param readAll the values of ids, in their order
 */
export function createJoinedReads<T>(
  readAll: (ids: readonly string[]) => Promise<readonly T[]>,
): JoinedReads<T> {
  const waiting = new Map<string, PromiseWithResolvers<T>>();
  let reading: Promise<void> | undefined;

  const take = (most: number): readonly (readonly [string, PromiseWithResolvers<T>])[] => {
    const taken = [...waiting].slice(0, most);
    for (const [id] of taken) waiting.delete(id);
    return taken;
  };
  const readNext = async (): Promise<void> => {
    const batch = take(mostIds);
    try {
      const values = await readAll(batch.map(([id]) => id));
      for (const [index, [, { resolve, reject }]] of batch.entries()) {
        const value = values[index];
        if (value === undefined) reject(new Error('a read left an answer out'));
        else resolve(value);
      }
    } catch (error) {
      for (const [, { reject }] of [...batch, ...take(waiting.size)]) reject(error);
    }
  };
  const readUntilNobodyWaits = async (): Promise<void> => {
    while (waiting.size > 0) await readNext();
    reading = undefined;
  };

  return {
    read(id) {
      const one = waiting.get(id) ?? Promise.withResolvers<T>();
      waiting.set(id, one);
      reading ??= readUntilNobodyWaits();
      return one.promise;
    },
    idle: async () => reading,
  };
}
