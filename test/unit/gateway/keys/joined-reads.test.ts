import { describe, expect, it } from 'vitest';
import { createJoinedReads } from '../../../../src/gateway/keys/joined-reads.ts';

/** Reads that are answered when the test says so. */
function createSource() {
  const asked: {
    readonly ids: readonly string[];
    readonly answer: PromiseWithResolvers<readonly string[]>;
  }[] = [];
  const reads = createJoinedReads((ids) => {
    const answer = Promise.withResolvers<readonly string[]>();
    asked.push({ ids, answer });
    return answer.promise;
  });
  const answer = async (index: number, values: readonly string[]): Promise<void> => {
    asked[index]?.answer.resolve(values);
    await turn();
  };
  return { reads, asked, answer, ids: () => asked.map(({ ids }) => ids) };
}

/** Lets everything run that waits for nothing from outside. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('joined reads', () => {
  it('ask at once for who comes alone, and together for those who come meanwhile', async () => {
    const { reads, answer, ids } = createSource();
    const first = reads.read('a');
    const others = ['b', 'c', 'b'].map((id) => reads.read(id));
    expect(ids()).toEqual([['a']]);
    await answer(0, ['A']);
    expect(await first).toBe('A');
    expect(ids()).toEqual([['a'], ['b', 'c']]);
    await answer(1, ['B', 'C']);
    expect(await Promise.all(others)).toEqual(['B', 'C', 'B']);
    await turn();
    expect(ids()).toHaveLength(2);
  });

  it('never answer with what was read before the question: it may have changed since', async () => {
    const { reads, answer } = createSource();
    const before = reads.read('a');
    const after = reads.read('a');
    await answer(0, ['in force']);
    await answer(1, ['revoked']);
    expect(await before).toBe('in force');
    expect(await after).toBe('revoked');
  });

  it('fail all that wait with the read that failed, and begin anew', async () => {
    const { reads, asked, answer, ids } = createSource();
    const failed = Promise.allSettled(['a', 'b', 'c'].map((id) => reads.read(id)));
    asked[0]?.answer.reject(new Error('away'));
    for (const one of await failed)
      expect(one).toMatchObject({ status: 'rejected', reason: { message: 'away' } });
    expect(ids()).toEqual([['a']]);
    const again = reads.read('b');
    await answer(1, ['B']);
    expect(await again).toBe('B');
  });

  it('ask for at most a thousand at a time, and leave nobody behind', async () => {
    const { reads, asked } = createSource();
    const all = Array.from({ length: 2_502 }, (_, index) => reads.read(String(index)));
    const answered = Promise.all(all);
    for (const index of [0, 1, 2, 3]) {
      const one = asked[index];
      one?.answer.resolve(one.ids);
      await turn();
    }
    expect(asked.map(({ ids }) => ids.length)).toEqual([1, 1_000, 1_000, 501]);
    expect(await answered).toEqual(Array.from({ length: 2_502 }, (_, index) => String(index)));
  });

  it('do not let anybody wait for an answer that was left out', async () => {
    const { reads, answer } = createSource();
    const read = reads.read('a').catch((error: Error) => error.message);
    await answer(0, []);
    expect(await read).toBe('a read left an answer out');
  });

  it('say when none is under way', async () => {
    const { reads, answer } = createSource();
    await reads.idle();
    const read = reads.read('a');
    const idle = reads.idle().then(() => 'idle');
    expect(await Promise.race([idle, turn()])).toBeUndefined();
    await answer(0, ['A']);
    expect(await idle).toBe('idle');
    await read;
  });
});
