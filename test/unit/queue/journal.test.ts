import { describe, expect, it } from 'vitest';
import { emptyJournal, finishedJournal, parseJournal } from '../../../src/queue/journal.ts';

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

describe('the journal of a finished job', () => {
  const accepted = { end: 'accepted', groupId: '17', durationMs: 42 };
  const finish = { returnvalue: accepted, finishedOn: 2_000, processedBy: 'w1' };

  it('has the accepted request that only the end tells, and no mark any more', () => {
    const journal = { ...emptyJournal, sending: { at: 1_000, worker: 'w1' } };
    expect(finishedJournal(journal, finish)).toEqual({
      ...emptyJournal,
      attempts: 1,
      history: [
        {
          n: 1,
          at: 2_000,
          outcome: 'accepted',
          code: '00',
          verdict: 'complete',
          durationMs: 42,
          worker: 'w1',
        },
      ],
      settled: { end: 'accepted', groupId: '17', at: 2_000 },
    });
  });

  it('goes on from the requests before', () => {
    const before = { n: 3, at: 1, outcome: 'unsent', code: 'connect-refused', verdict: 'retry' } as const;
    const journal = { ...emptyJournal, attempts: 2, history: [before] };
    const finished = finishedJournal(journal, finish);
    expect(finished).toMatchObject({ attempts: 3, history: [before, { n: 4, outcome: 'accepted' }] });
  });

  it.each([
    [
      'which says its end itself',
      { ...emptyJournal, settled: { end: 'accepted', groupId: '9', at: 1 } },
      finish,
    ],
    ['of a job that is under way', emptyJournal, {}],
    ['of a job that was divided', emptyJournal, { ...finish, returnvalue: { end: 'split' } }],
    ['of a job that failed', emptyJournal, { finishedOn: 2_000, returnvalue: null }],
  ] as const)('stays as it is, %s', (_, journal, end) => {
    expect(finishedJournal(journal, end)).toBe(journal);
  });
});
