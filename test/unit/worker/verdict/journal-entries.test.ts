import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../../src/jetsms/outcome.ts';
import { emptyJournal, historyLimit, type Journal } from '../../../../src/queue/journal.ts';
import {
  afterAttempt,
  afterQuestion,
  beforeSending,
  finishedJournal,
  outcomeCode,
  resentBy,
} from '../../../../src/worker/verdict/journal-entries.ts';
import type { Verdict } from '../../../../src/worker/verdict/verdict.ts';
import { refusedBy } from '../../../support/outcomes.ts';

const now = 1_800_000_000_000;
const before: Journal = { ...emptyJournal, attempts: 2, resends: 1, stalls: 1 };
const accepted: Outcome = { kind: 'accepted', groupId: 'g1' };
const refused: Outcome = refusedBy('12', 'wrong title');
const lost: Outcome = { kind: 'uncertain', cause: 'reply-timeout' };
const complete: Verdict = { kind: 'complete', rule: '00', groupId: 'g1' };

const asking = { since: now - 9, cause: 'reply-timeout', until: now + 9, asked: 1 };

const journalAfter = (outcome: Outcome, verdict: Verdict, journal: Journal = before): Journal =>
  afterAttempt(journal, { outcome, verdict, now, durationMs: 12.6, worker: 'w' });

describe('after a question', () => {
  const entry = { n: 4, at: now - 9, outcome: 'uncertain', code: 'reply-timeout', verdict: 'ask' } as const;
  const asked: Journal = { ...before, history: [entry], asking, notBefore: now };
  const answer = { now, worker: 'w' } as const;

  it('that settles nothing, the journal has no other line: there may be many', () => {
    const verdict: Verdict = {
      kind: 'ask',
      rule: 'uncertain: ask',
      delayMs: 700,
      asking: { ...asking, asked: 2 },
    };
    const facts = { ...answer, verdict, outcome: 'uncertain', code: 'not-found' } as const;
    expect(afterQuestion(asked, facts)).toEqual({
      ...asked,
      asking: { ...asking, asked: 2 },
      notBefore: now + 700,
    });
  });

  it('the end says how it is known, under the number of the request, which has used its attempt', () => {
    const verdict: Verdict = { kind: 'complete', rule: 'found' };
    const facts = { ...answer, verdict, outcome: 'accepted', code: 'found-2' } as const;
    const said = { n: 4, at: now, outcome: 'accepted', code: 'found-2', verdict: 'complete', worker: 'w' };
    expect(afterQuestion(asked, facts)).toEqual({
      ...before,
      attempts: 3,
      history: [entry, said],
      settled: { end: 'accepted', at: now },
    });
  });

  it('a message that is sent again is asked about no more, and counts as sent again', () => {
    const verdict: Verdict = { kind: 'retry', rule: 'uncertain: resend', delayMs: 500, resend: true };
    const facts = { ...answer, verdict, outcome: 'uncertain', code: 'not-found' } as const;
    const after = afterQuestion(asked, facts);
    expect(after).toMatchObject({ attempts: 3, resends: 2, notBefore: now + 500 });
    expect(after).not.toHaveProperty('asking');
  });

  it('what is found after the end uses no attempt: its request was counted when the job ended', () => {
    const dead: Journal = {
      ...before,
      history: [{ ...entry, code: 'crash', verdict: 'dead-letter' }],
      settled: { end: 'dead', at: now - 5, reason: 'uncertain' },
    };
    const verdict: Verdict = { kind: 'complete', rule: 'found' };
    const facts = { ...answer, verdict, outcome: 'accepted', code: 'found-1', late: true } as const;
    expect(afterQuestion(dead, facts)).toMatchObject({
      attempts: before.attempts,
      settled: { end: 'accepted', late: true },
    });
  });

  it('a piece, which has no history yet, begins one', () => {
    const verdict: Verdict = { kind: 'complete', rule: 'found' };
    const facts = { ...answer, verdict, outcome: 'accepted', code: 'found-1' } as const;
    expect(afterQuestion({ ...before, asking }, facts).history).toMatchObject([{ n: 1, code: 'found-1' }]);
  });
});

describe('the word for an outcome', () => {
  it.each<[string, Outcome]>([
    ['00', accepted],
    ['12', refused],
    ['http-401', { kind: 'refused', by: 'http', status: 401 }],
    ['dns', { kind: 'unsent', cause: 'dns' }],
    ['reply-timeout', lost],
  ])('%s', (word, outcome) => {
    expect(outcomeCode(outcome)).toBe(word);
  });
});

describe('before a request', () => {
  it('the journal is marked, and marks of the run before are gone', () => {
    expect(beforeSending({ ...before, notBefore: 5, asking }, { at: now, worker: 'w' })).toEqual({
      ...before,
      sending: { at: now, worker: 'w' },
    });
  });
});

describe('after a late reply', () => {
  it('to a job that has ended, no attempt is added: its request was counted then', () => {
    const ended: Journal = {
      ...before,
      settled: { end: 'dead', at: 1, reason: 'uncertain' },
    };
    const facts = { outcome: accepted, verdict: complete, now, worker: 'w', late: true } as const;
    expect(afterAttempt(ended, facts)).toMatchObject({
      attempts: before.attempts,
      settled: { end: 'accepted', groupId: 'g1', late: true },
    });
  });
});

describe('after a request', () => {
  const marked: Journal = { ...beforeSending(before, { at: now - 5, worker: 'w' }), notBefore: 3 };

  it.each<[string, Verdict, Partial<Journal>]>([
    ['an accepted message is settled', complete, { settled: { end: 'accepted', groupId: 'g1', at: now } }],
    [
      'a retry has its time and has used an attempt',
      { kind: 'retry', rule: 'unsent', delayMs: 500, resend: false },
      { notBefore: now + 500 },
    ],
    [
      'a resend counts as both',
      { kind: 'retry', rule: 'uncertain: resend', delayMs: 500, resend: true },
      { notBefore: now + 500, resends: 2 },
    ],
    [
      'a deferral has its time and has used no attempt',
      { kind: 'defer', rule: '204', delayMs: 500 },
      { notBefore: now + 500, attempts: 2 },
    ],
    [
      'what is asked about says so, has its time and has used no attempt yet',
      { kind: 'ask', rule: 'uncertain: ask', delayMs: 500, asking },
      { notBefore: now + 500, attempts: 2, asking },
    ],
    [
      'a hold has used no attempt',
      { kind: 'hold', rule: '11', reason: 'no-credit', code: '11' },
      { attempts: 2 },
    ],
    [
      "a message that its account's fault sent back is as it was",
      { kind: 'hold', rule: '10', reason: 'account-fault', code: '10' },
      { attempts: 2 },
    ],
    [
      'one that the endpoint refused remembers when',
      { kind: 'hold', rule: 'http-403', reason: 'endpoint', code: 'http-403' },
      { attempts: 2, refusedAt: now },
    ],
    [
      'a dead letter is settled with its facts',
      {
        kind: 'dead-letter',
        rule: '12',
        facts: { reason: 'terminal', code: '12', text: 'wrong title' },
      },
      { settled: { end: 'dead', at: now, reason: 'terminal', code: '12', text: 'wrong title' } },
    ],
    [
      'a split is settled',
      { kind: 'split', rule: '80', pieces: [] },
      { settled: { end: 'split', at: now, pieces: [] } },
    ],
  ])('%s', (_, verdict, expected) => {
    const { history, ...rest } = journalAfter(accepted, verdict, marked);
    expect(rest).toEqual({ attempts: 3, resends: 1, stalls: 1, ...expected });
    expect(history).toHaveLength(1);
  });

  it('the history tells what happened, when, for how long, and where', () => {
    expect(journalAfter(accepted, complete).history).toEqual([
      { n: 1, at: now, outcome: 'accepted', code: '00', verdict: 'complete', durationMs: 13, worker: 'w' },
    ]);
  });

  it('a late reply is marked as such in the history and in the end', () => {
    const facts = { outcome: accepted, verdict: complete, now, worker: 'w', late: true } as const;
    const journal = afterAttempt(before, facts);
    expect(journal.history).toEqual([expect.objectContaining({ n: 1, late: true })]);
    expect(journal.settled).toMatchObject({ end: 'accepted', late: true });
  });

  it('the history keeps the latest requests and goes on counting', () => {
    let journal = before;
    for (let n = 0; n < historyLimit + 5; n += 1) {
      journal = journalAfter(refused, { kind: 'hold', rule: '11', reason: 'no-credit', code: '11' }, journal);
    }
    expect(journal.history).toHaveLength(historyLimit);
    expect(journal.history.map(({ n }) => n)).toEqual(Array.from({ length: historyLimit }, (_, i) => i + 6));
    expect(journal.attempts).toBe(before.attempts);
  });

  it('the journal before is not changed', () => {
    const frozen = Object.freeze({ ...before, history: Object.freeze([]) });
    expect(() => journalAfter(accepted, complete, frozen)).not.toThrow();
  });
});

describe('the history', () => {
  it('names the row of a code that has several, and only of such a code', () => {
    const rowOf = (code: string, text: string) =>
      afterAttempt(emptyJournal, {
        outcome: refusedBy(code, text),
        verdict: complete,
        now,
        worker: undefined,
      }).history[0]?.row;
    expect(rowOf('90', 'XML null')).toBe('90-xml-null');
    expect(rowOf('12', 'wrong title')).toBeUndefined();
    expect(rowOf('55', 'ne oldu')).toBeUndefined();
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

  it('says that the message was accepted also where JetSMS gave no group id', () => {
    const { settled } = finishedJournal(emptyJournal, { ...finish, returnvalue: { end: 'accepted' } });
    expect(settled).toEqual({ end: 'accepted', at: 2_000 });
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

describe('what goes out again although it may have been taken', () => {
  const again = (resends: number) =>
    ({ fate: 'again', ranges: [[0, 1]], delayMs: 0, attempts: 1, resends }) as const;

  it.each<[string, Verdict, number]>([
    ['a resend', { kind: 'retry', rule: 'r', delayMs: 1, resend: true }, 1],
    ['no retry of what was not sent', { kind: 'retry', rule: 'r', delayMs: 1, resend: false }, 0],
    [
      'the pieces of a division that were resent',
      { kind: 'split', rule: 'r', pieces: [again(2), again(1), again(2)] },
      2,
    ],
    ['nothing of an acceptance', complete, 0],
  ])('counts %s', (_, verdict, expected) => {
    expect(resentBy(verdict, { resends: 1 })).toBe(expected);
  });
});
