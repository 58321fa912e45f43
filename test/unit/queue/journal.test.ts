import { describe, expect, it } from 'vitest';
import { emptyJournal, parseJournal } from '../../../src/queue/journal.ts';

describe("a job's journal", () => {
  it('is its progress', () => {
    const journal = { ...emptyJournal, attempts: 3 };
    expect(parseJournal(journal)).toBe(journal);
  });

  it.each([[0], [undefined], [null], ['50 %'], [{ percent: 50 }]])(
    'is empty where there is none: %j',
    (progress) => {
      expect(parseJournal(progress)).toEqual(emptyJournal);
    },
  );

  it('of a piece goes on from what its messages had used up before, until it has one of its own', () => {
    const before = { attempts: 2, resends: 1 };
    expect(parseJournal(0, before)).toEqual({ ...emptyJournal, ...before });
    const journal = { ...emptyJournal, attempts: 3, resends: 1 };
    expect(parseJournal(journal, before)).toBe(journal);
  });
});
