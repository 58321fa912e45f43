import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTime } from '../../../src/queue/checks.ts';
import {
  type DeathFacts,
  emptyJournal,
  type HistoryEntry,
  historyLimit,
  type Journal,
  type Piece,
} from '../../../src/queue/journal.ts';
import { parseJobResult, parseJournal, parseJournalText } from '../../../src/queue/parse-journal.ts';
import { anyFacts } from '../../support/arbitraries.ts';
import { sendJob } from '../../support/send-job.ts';

const at = 1_800_000_000_000;
const entry: HistoryEntry = { n: 1, at, outcome: 'unsent', code: 'dns', verdict: 'retry' };
const sending = { at, worker: 'w' };
const asking = { since: at, cause: 'crash', until: at + 9, asked: 3 };
const again: Piece = { fate: 'again', ranges: [[0, 1]], delayMs: 0, attempts: 1, resends: 0 };
const gone: Piece = { fate: 'dead', ranges: [[1, 2]], facts: { reason: 'terminal', code: '12' } };
const two = sendJob({ to: ['905321234567', '905321234568'] });

const problem = (progress: unknown, job = sendJob()): string => {
  const read = parseJournal(progress, job);
  return read.ok ? 'none' : read.problem;
};
const broken = (field: string): string => `field ${field} of the journal is missing or not valid`;
const withEntry = (change: object): object => ({ ...emptyJournal, history: [{ ...entry, ...change }] });
const withEnd = (settled: unknown): object => ({ ...emptyJournal, settled });
const withPieces = (...pieces: readonly unknown[]): object => withEnd({ end: 'split', at, pieces });

describe("a job's journal", () => {
  it.each<[string, Journal]>([
    ['of a retry', { ...emptyJournal, attempts: 3, history: [entry], notBefore: at }],
    ['of a request under way', { ...emptyJournal, sending }],
    ['of a request that is asked about', { ...emptyJournal, asking, notBefore: at }],
    ['of an acceptance', { ...emptyJournal, settled: { end: 'accepted', groupId: '17', at, late: true } }],
    ['of a death', { ...emptyJournal, settled: { end: 'dead', reason: 'terminal', code: '12', at } }],
    ['of a division', { ...emptyJournal, settled: { end: 'split', at, pieces: [gone, again] } }],
  ])('is its progress: %s', (_, journal) => {
    const read = parseJournal(journal, two);
    expect(read).toEqual({ ok: true, journal });
    expect(read).toHaveProperty('journal', journal);
  });

  it.each([[0], [undefined], [null], [{}]])('is empty where there is none: %j', (progress) => {
    expect(parseJournal(progress)).toEqual({ ok: true, journal: emptyJournal });
  });

  it('of a piece goes on from what its messages had used up before, until it has one of its own', () => {
    const before = { attempts: 2, resends: 1, asking };
    const piece = sendJob({ before });
    expect(parseJournal(0, piece)).toEqual({ ok: true, journal: { ...emptyJournal, ...before } });
    const journal = { ...emptyJournal, attempts: 3, resends: 1 };
    expect(parseJournal(journal, piece)).toEqual({ ok: true, journal });
  });

  it('takes nothing but the counts from what stands beside them in a piece', () => {
    const before = { attempts: 2, resends: 1, settled: { end: 'accepted' }, sending: 7 };
    const read = parseJournal(0, sendJob({ before }));
    expect(read).toEqual({ ok: true, journal: { ...emptyJournal, attempts: 2, resends: 1 } });
  });

  it('of a newer version keeps fields that this one does not know', () => {
    const journal = { ...emptyJournal, mood: 'good', history: [{ ...entry, mood: 'good' }] };
    expect(parseJournal(journal)).toEqual({ ok: true, journal });
  });

  it('keeps the latest of a history that is too long', () => {
    const history = Array.from({ length: 500 }, (_, n) => ({ ...entry, n }));
    const read = parseJournal({ ...emptyJournal, history });
    expect(read).toEqual({ ok: true, journal: { ...emptyJournal, history: history.slice(-historyLimit) } });
  });
});

describe('a journal that cannot be read says which field', () => {
  it.each([['50 %'], [1], [true], [Number.NaN], [[]], [['history']]])(
    'none at all, where it is no object: %j',
    (progress) => {
      expect(problem(progress)).toBe('the journal is no object');
    },
  );

  it.each<[string, unknown]>([
    ['attempts', { history: [] }],
    ['attempts', { percent: 50 }],
    ['attempts', { history: null }],
    ['attempts', { ...emptyJournal, attempts: -1 }],
    ['attempts', { ...emptyJournal, attempts: Number.NaN }],
    ['attempts', { ...emptyJournal, attempts: '1' }],
    ['resends', { ...emptyJournal, resends: 0.5 }],
    ['stalls', { ...emptyJournal, stalls: null }],
    ['history', { ...emptyJournal, history: null }],
    ['history', { ...emptyJournal, history: {} }],
    ['history', { ...emptyJournal, history: [null] }],
    ['history', { ...emptyJournal, history: [entry, [entry]] }],
    ['history', withEntry({ n: 'first' })],
    ['history', withEntry({ at: null })],
    ['history', withEntry({ at: 9e15 })],
    ['history', withEntry({ outcome: 'constructor' })],
    ['history', withEntry({ code: {} })],
    ['history', withEntry({ code: 12 })],
    ['history', withEntry({ verdict: undefined })],
    ['history', withEntry({ durationMs: 'long' })],
    ['history', withEntry({ worker: 7 })],
    ['history', withEntry({ late: 'yes' })],
    ['sending', { ...emptyJournal, sending: true }],
    ['sending', { ...emptyJournal, sending: null }],
    ['sending', { ...emptyJournal, sending: { worker: 'w' } }],
    ['sending', { ...emptyJournal, sending: { at } }],
    ['notBefore', { ...emptyJournal, notBefore: 'tomorrow' }],
    ['notBefore', { ...emptyJournal, notBefore: 1e300 }],
    ['settled', withEnd('accepted')],
    ['settled', withEnd({ at })],
    ['settled', withEnd({ end: 'lost', at })],
    ['settled', withEnd({ end: 'toString', at })],
    ['settled', withEnd({ end: 'accepted', groupId: '17' })],
    ['settled', withEnd({ end: 'accepted', groupId: 17, at })],
    ['settled', withEnd({ end: 'dead', at })],
    ['settled', withEnd({ end: 'dead', reason: '__proto__', at })],
    ['settled', withEnd({ end: 'dead', reason: 'terminal', code: {}, at })],
    ['settled', withEnd({ end: 'dead', reason: 'terminal', text: {}, at })],
    ['settled', withEnd({ end: 'dead', reason: 'terminal', mayHaveArrived: false, at })],
    ['settled', withEnd({ end: 'split', at })],
    ['settled', withPieces(null)],
    ['settled', withPieces({ ...again, fate: 'constructor' })],
    ['settled', withPieces({ ...again, ranges: {} })],
    ['settled', withPieces({ ...again, ranges: [[0]] })],
    ['settled', withPieces({ ...again, ranges: [[1, 1]] })],
    ['settled', withPieces({ ...again, ranges: [[1, 0]] })],
    ['settled', withPieces({ ...again, ranges: [['0', '1']] })],
    ['settled', withPieces({ ...again, delayMs: -1 })],
    ['settled', withPieces({ ...again, attempts: undefined })],
    ['settled', withPieces({ ...gone, facts: { code: '12' } })],
    ['settled', withPieces({ fate: 'accepted', ranges: [[0, 1]], groupId: 5 })],
  ])('%s: %j', (field, progress) => {
    expect(problem(progress)).toBe(broken(field));
  });

  it.each<[string, readonly Piece[]]>([
    ['leaves a message out', [again]],
    ['leaves the first message out', [gone]],
    ['has a message twice', [again, { ...again, ranges: [[0, 2]] }]],
    ['has messages that there are not', [again, { ...gone, ranges: [[1, 3]] }]],
    ['has no piece', []],
  ])('its division, where that %s', (_, pieces) => {
    expect(problem(withPieces(...pieces), two)).toBe(
      'the division in the journal does not hold each message once',
    );
  });

  it.each(['', '0', 'null', '{}'])('but not as it lies in Redis before the first request: %j', (raw) => {
    expect(parseJournalText(raw)).toEqual({ ok: true, journal: emptyJournal });
  });

  it('nothing more than that, where it is no JSON', () => {
    expect(parseJournalText('{"history":')).toEqual({ ok: false, problem: 'the journal is no JSON' });
  });
});

const anyTime = fc.nat({ max: 4_000_000_000_000 });
const anyEntry = fc.record(
  {
    n: fc.nat(),
    at: anyTime,
    outcome: fc.constantFrom('accepted', 'refused', 'unsent', 'uncertain'),
    code: fc.string(),
    verdict: fc.string(),
    durationMs: fc.nat(),
    worker: fc.string(),
    late: fc.constant(true),
  },
  { requiredKeys: ['n', 'at', 'outcome', 'code', 'verdict'] },
);
const anyJournal = fc.record(
  {
    attempts: fc.nat(),
    resends: fc.nat(),
    stalls: fc.nat(),
    history: fc.array(anyEntry, { maxLength: historyLimit }),
    sending: fc.record({ at: anyTime, worker: fc.string() }),
    notBefore: anyTime,
    settled: fc.oneof(
      fc.record({ end: fc.constant('accepted'), groupId: fc.string(), at: anyTime }),
      fc.tuple(anyFacts, anyTime).map(([facts, at]) => ({ end: 'dead', ...facts, at })),
    ),
  },
  { requiredKeys: ['attempts', 'resends', 'stalls', 'history'] },
);

/** A journal in which one field, at any depth, is something else. */
const almostAJournal = fc.tuple(anyJournal, fc.nat(), fc.jsonValue()).map(([journal, place, value]) => {
  let n = 0;
  return JSON.parse(JSON.stringify(journal), (_, inner) => (n++ === place % 30 ? value : inner));
});

describe('for anything at all', () => {
  it('what the worker writes is read as it was written', () => {
    fc.assert(
      fc.property(anyJournal, (journal) => {
        expect(parseJournalText(JSON.stringify(journal))).toEqual({ ok: true, journal });
      }),
    );
  });

  it('reading never throws, and what it gives can be gone on with', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.jsonValue(), almostAJournal), (progress) => {
        const read = parseJournal(progress, sendJob());
        if (read.ok) expectValid(read.journal);
        else expect(read.problem).toMatch(/^(?:the|field) [\w ]+$/);
      }),
      { numRuns: 2_000 },
    );
  });

  it('neither does reading a text', () => {
    fc.assert(
      fc.property(fc.string(), (raw) => {
        expect(parseJournalText(raw)).toHaveProperty('ok');
      }),
    );
  });
});

/** By other means than the reader's own. */
function expectValid({ attempts, resends, stalls, history, sending, notBefore, settled }: Journal): void {
  for (const count of [attempts, resends, stalls]) expect(Number.isInteger(count) && count >= 0).toBe(true);
  const times = [...history.map(({ at }) => at), sending?.at, notBefore, settled?.at];
  for (const time of times) {
    if (time !== undefined) expect(() => new Date(time).toISOString()).not.toThrow();
  }
  for (const { code, verdict } of history) expect(code.trim() + verdict.trim()).toEqual(expect.any(String));
  if (settled?.end === 'dead') {
    const { reason, code = '', text = '' }: DeathFacts = settled;
    expect(`${reason.trim()}${code.trim()}${text.trim()}`).toEqual(expect.any(String));
  }
}

describe('what a job ended with', () => {
  it('is what the processor returned', () => {
    const result = { end: 'accepted', groupId: '17', durationMs: 40 } as const;
    expect(parseJobResult(result)).toEqual(result);
    expect(parseJobResult({ end: 'split' })).toEqual({ end: 'split' });
  });

  it.each([
    [null],
    [undefined],
    ['accepted'],
    [[]],
    [{}],
    [{ end: 'done' }],
    [{ end: 'accepted', groupId: {} }],
  ])('is nothing where anything else lies there: %j', (value) => {
    expect(parseJobResult(value)).toBeUndefined();
  });
});

describe('a time', () => {
  it('is one that a Date can hold', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        expect(isTime(value)).toBe(value >= 0 && !Number.isNaN(new Date(value).getTime()));
      }),
    );
  });
});
