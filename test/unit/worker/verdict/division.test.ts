import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messagesIn, type Piece, type Range } from '../../../../src/queue/journal.ts';
import { partsOf, pieceId, subJob, withoutLost } from '../../../../src/queue/pieces.ts';
import { messageIdAt, parseSendJob, type SendJob, textAt, wireIdAt } from '../../../../src/queue/send-job.ts';
import {
  factsOf,
  firstAndRest,
  halves,
  onWholeJob,
  piecesByFate,
} from '../../../../src/worker/verdict/division.ts';
import type { OneVerdict } from '../../../../src/worker/verdict/verdict.ts';
import { anySendJob, anyVerdict } from '../../../support/arbitraries.ts';
import { sendJob } from '../../../support/send-job.ts';

const used = { attempts: 2, resends: 1 };
const indicesOf = (ranges: readonly Range[]): readonly number[] =>
  ranges.flatMap(([from, to]) => Array.from({ length: to - from }, (_, n) => from + n));
const allIndices = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);
const messagesOf = (job: SendJob): readonly string[] =>
  job.to.map((to, index) => `${to} ${textAt(job, index)}`);

const accepted = (groupId: string): OneVerdict => ({ kind: 'complete', rule: '00', groupId });
const dead = (code: string): OneVerdict => ({
  kind: 'dead-letter',
  rule: code,
  facts: { reason: 'terminal', code },
});
const retry = (delayMs: number, resend = false): OneVerdict => ({
  kind: 'retry',
  rule: 'x',
  delayMs,
  resend,
});

/** A job of several messages and how it is divided. */
const divided = anySendJob({ minMessages: 2 }).chain((job) =>
  fc.record({
    job: fc.constant(job),
    pieces: fc.oneof(
      fc.constant(halves(job, used)),
      fc
        .array(anyVerdict, { minLength: job.to.length, maxLength: job.to.length })
        .map((verdicts) => piecesByFate(verdicts, used)),
    ),
  }),
);

describe('a divided job', () => {
  it('has every message in exactly one piece', () => {
    fc.assert(
      fc.property(divided, ({ job, pieces }) => {
        const indices = pieces.flatMap(({ ranges }) => indicesOf(ranges));
        expect(indices.toSorted((a, b) => a - b)).toEqual(allIndices(job.to.length));
        expect(pieces.reduce((sum, { ranges }) => sum + messagesIn(ranges), 0)).toBe(job.to.length);
      }),
    );
  });

  it('is, all pieces together, what it was: recipients, texts, parts', () => {
    fc.assert(
      fc.property(divided, ({ job, pieces }) => {
        const jobs = pieces.map(({ ranges }) => subJob('m1', job, ranges, used));
        expect(jobs.flatMap(messagesOf).toSorted()).toEqual(messagesOf(job).toSorted());
        expect(jobs.reduce((sum, { parts }) => sum + parts, 0)).toBe(partsOf(job));
      }),
    );
  });

  it('has pieces that are jobs a worker takes, of the same account, lane, title and deadline', () => {
    fc.assert(
      fc.property(divided, ({ job, pieces }) => {
        for (const { ranges } of pieces) {
          const part = subJob('m1', job, ranges, used);
          expect(parseSendJob(part)).toMatchObject({ ok: true });
          const { to: _to, text: _text, parts: _parts, ids: _ids, before, ...rest } = part;
          expect(job).toMatchObject(rest);
          expect(before).toEqual(used);
        }
      }),
    );
  });

  it('keeps in its pieces nothing of a journal but what its messages have used up', () => {
    const journal = { ...used, stalls: 1, history: [], sending: { at: 1, worker: 'w' } };
    const again = { fate: 'again', delayMs: 0, ...used };
    expect(halves(sendJob({ to: ['1', '2'] }), journal)).toEqual([
      { ...again, ranges: [[0, 1]] },
      { ...again, ranges: [[1, 2]] },
    ]);
    const verdicts: readonly OneVerdict[] = [{ kind: 'defer', rule: '204', delayMs: 0 }, accepted('1')];
    expect(piecesByFate(verdicts, journal)[0]).toEqual({ ...again, ranges: [[0, 1]] });
  });
});

describe('halves', () => {
  it('are sent again at once; the first has the odd message', () => {
    const [first, second] = halves(sendJob({ to: ['1', '2', '3'] }), used);
    expect(first).toEqual({ fate: 'again', ranges: [[0, 2]], delayMs: 0, ...used });
    expect(second).toEqual({ fate: 'again', ranges: [[2, 3]], delayMs: 0, ...used });
  });
});

describe('a piece for each fate', () => {
  it('gathers what ends alike, in the order of first appearance, and neighbours in one range', () => {
    const verdicts = [accepted('7'), accepted('7'), dead('31'), accepted('7'), dead('85'), dead('31')];
    expect(piecesByFate(verdicts, used)).toEqual([
      {
        fate: 'accepted',
        groupId: '7',
        ranges: [
          [0, 2],
          [3, 4],
        ],
      },
      {
        fate: 'dead',
        facts: { reason: 'terminal', code: '31' },
        ranges: [
          [2, 3],
          [5, 6],
        ],
      },
      { fate: 'dead', facts: { reason: 'terminal', code: '85' }, ranges: [[4, 5]] },
    ]);
  });

  it('keeps the group ids of several requests apart', () => {
    expect(piecesByFate([accepted('7'), accepted('8')], used)).toHaveLength(2);
  });

  it('makes one piece of all that is tried again, whatever delay chance has drawn for each', () => {
    expect(piecesByFate([retry(10), retry(20)], used)).toEqual([
      { fate: 'again', ranges: [[0, 2]], delayMs: 10, attempts: 3, resends: 1 },
    ]);
  });

  it.each([
    ['a retry uses an attempt', retry(5), { delayMs: 5, attempts: 3, resends: 1 }],
    ['a resend uses both', retry(5, true), { delayMs: 5, attempts: 3, resends: 2 }],
    ['a deferral uses none', { kind: 'defer', rule: '204', delayMs: 9 }, { delayMs: 9, ...used }],
    [
      'a hold uses none and waits in the queue',
      { kind: 'hold', rule: '11', reason: 'no-credit', code: '11' },
      { delayMs: 0, ...used },
    ],
  ] satisfies readonly [string, OneVerdict, object][])('%s', (_, verdict, again) => {
    expect(piecesByFate([verdict], used)).toEqual([{ fate: 'again', ranges: [[0, 1]], ...again }]);
  });
});

describe('a job of some messages', () => {
  it('keeps the one text as one, and picks from a text each', () => {
    const to = ['905320000000', '905320000001', '905320000002'];
    const ranges: readonly Range[] = [
      [0, 1],
      [2, 3],
    ];
    expect(subJob('m1', sendJob({ to, text: 'A' }), ranges)).toMatchObject({ text: 'A', parts: 2 });
    expect(subJob('m1', sendJob({ to, text: ['A', 'B', 'C'.repeat(200)] }), ranges)).toMatchObject({
      to: [to[0], to[2]],
      text: ['A', 'C'.repeat(200)],
      parts: 3,
    });
  });

  it('forgets what the job had used up before, unless it is told', () => {
    const job = sendJob({ before: { attempts: 9, resends: 9 } });
    expect(subJob('m1', job, [[0, 1]])).not.toHaveProperty('before');
    expect(subJob('m1', job, [[0, 1]], used)).toMatchObject({ before: used });
  });

  it('counts parts as its producer did, and by the list where it does not know how that was', () => {
    const job = sendJob({ to: ['905320000000', '905320000001'], text: 'ş'.repeat(156) });
    expect(partsOf(job)).toBe(2);
    expect(subJob('m1', { ...job, partsModel: 'turkish-letters' }, [[0, 1]])).toMatchObject({
      parts: 2,
      partsModel: 'turkish-letters',
    });
    for (const partsModel of ['of-a-later-version', 'constructor']) {
      expect(partsOf({ ...job, partsModel })).toBe(2);
    }
  });

  it('counts an MMS by the recipient', () => {
    const media = { hash: 'a'.repeat(64), contentType: 'image/jpeg', subject: '', bytes: 1 };
    const job = sendJob({ to: ['905320000000', '905320000001'], text: '', media });
    expect(partsOf(job)).toBe(2 * partsOf({ ...job, to: ['905320000000'] }));
  });
});

describe('a piece', () => {
  it('is known by the job and its place', () => {
    expect(pieceId('m1', 0)).toBe('m1.p0');
  });

  it('of a job of many is told apart from a message of it, and its messages keep their ids, however often it is divided', () => {
    const job = sendJob({ to: ['905320000000', '905320000001', '905320000002'] });
    const half = subJob('m1', job, [[1, 3]]);
    expect(half.ids).toEqual(['m1.1', 'm1.2']);
    expect(messageIdAt(pieceId('m1', 1, job), half, 1)).toBe('m1.2');
    const last = subJob('m1.p1', half, [[1, 2]]);
    expect(messageIdAt('m1.p1.p1', last, 0)).toBe('m1.2');
  });

  it('keeps what the app noted beside its messages', () => {
    const to = ['905320000000', '905320000001'];
    const each = sendJob({ to, joined: true, keys: ['order 1', null], meta: [null, { order: 2 }] });
    expect(subJob('m1', each, [[1, 2]])).toMatchObject({ keys: [null], meta: [{ order: 2 }] });
    expect(withoutLost('m1', each, [1])).toMatchObject({ keys: ['order 1'], meta: [null] });
    expect(subJob('m1', sendJob({ to, meta: { campaign: 'sale' } }), [[1, 2]]).meta).toEqual({
      campaign: 'sale',
    });
  });

  it('has facts of its death only where it died', () => {
    const facts = { reason: 'terminal', code: '80' } as const;
    const pieces: readonly Piece[] = [
      { fate: 'dead', ranges: [], facts },
      { fate: 'accepted', ranges: [], groupId: '1' },
      { fate: 'again', ranges: [], delayMs: 0, ...used },
    ];
    expect(pieces.map(factsOf)).toEqual([facts, undefined, undefined]);
  });
});

describe('joined sends', () => {
  const now = 1_800_000_000_000;
  const joined = sendJob({
    joined: true,
    enqueuedAt: now - 1_000,
    deadlineAt: now + 60_000,
    to: ['905320000000', '905320000001', '905320000002'],
    text: ['a', 'b', 'c'],
    laterMs: [0, 20_000, 40_000],
  });
  const alone = (fate: object) => [0, 1, 2].map((at) => ({ ...fate, ranges: [[at, at + 1]] }));

  it('part one by one where a refusal does not say which of them it is about', () => {
    expect(halves(joined, used)).toEqual(alone({ fate: 'again', delayMs: 0, ...used }));
  });

  it('part one by one where the first of them was judged alone', () => {
    const [first, ...others] = firstAndRest(dead('10'), joined, used);
    expect(first).toEqual({ fate: 'dead', facts: { reason: 'terminal', code: '10' }, ranges: [[0, 1]] });
    expect(others).toEqual(alone({ fate: 'again', delayMs: 0, ...used }).slice(1));
  });

  it('keep their own ids when they part, also where others of the job have been dropped', () => {
    expect(pieceId('m1', 2, joined)).toBe('m1.2');
    expect(pieceId('m1', 1, withoutLost('m1', joined, [0]))).toBe('m1.2');
  });

  it('keep their own deadlines and texts when they part', () => {
    expect(subJob('m1', joined, [[1, 2]], used)).toEqual({
      ...sendJob({ enqueuedAt: now - 1_000, deadlineAt: now + 80_000 }),
      to: ['905320000001'],
      text: 'b',
      before: used,
    });
  });

  it('get a dead letter each where all of them die', () => {
    const verdict = onWholeJob(dead('80'), joined, used, now);
    expect(verdict).toMatchObject({
      kind: 'split',
      pieces: alone({ fate: 'dead', facts: { reason: 'terminal', code: '80' } }),
    });
  });

  it('go on where only the earliest of their deadlines has passed', () => {
    const expired: OneVerdict = { kind: 'dead-letter', rule: 'expired', facts: { reason: 'expired' } };
    const verdict = onWholeJob(expired, joined, used, now + 75_000);
    const fates = verdict.kind === 'split' ? verdict.pieces?.map(({ fate }) => fate) : [];
    expect(fates).toEqual(['dead', 'again', 'again']);
  });

  it('stay together under any other verdict', () => {
    for (const verdict of [accepted('1'), retry(5)])
      expect(onWholeJob(verdict, joined, used, now)).toBe(verdict);
  });

  it('are dropped one by one where their claims are lost, down to the last', () => {
    expect(withoutLost('m1', joined, [])).toBe(joined);
    expect(withoutLost('m1', joined, [0, 2])).toMatchObject({
      to: ['905320000001'],
      ids: ['m1.1'],
      text: ['b'],
    });
    expect(withoutLost('m1', joined, [0, 1, 2])).toBeUndefined();
    expect(withoutLost('m1', joined, [-1])).toBeUndefined();
  });

  it('reduced to one still get a dead letter under the id of the message', () => {
    const last = withoutLost('m1', joined, [0, 2]);
    expect(last && onWholeJob(dead('80'), last, used, now)).toMatchObject({ kind: 'split' });
  });
});

describe('messages that are asked about', () => {
  const asking = { since: 1, cause: 'reply-timeout', until: 9, asked: 2 };
  const found: OneVerdict = { kind: 'complete', rule: 'found' };
  const asked: OneVerdict = { kind: 'ask', rule: 'uncertain: ask', delayMs: 5, asking };
  const job = sendJob({ to: ['905320000000', '905320000001', '905320000002'] });
  const used = { attempts: 1, resends: 1, asking: { ...asking, asked: 1 } };

  it('go on being asked about in a piece of their own, under the ids that they had on their way', () => {
    const pieces = piecesByFate([asked, found, asked], used, job);
    const ranges: readonly Range[] = [
      [0, 1],
      [2, 3],
    ];
    expect(pieces).toEqual([
      { fate: 'again', ranges, delayMs: 5, attempts: 1, resends: 1, asking },
      { fate: 'accepted', ranges: [[1, 2]] },
    ]);
    const piece = subJob('m1', job, ranges, { attempts: 1, resends: 1, asking });
    expect([0, 1].map((index) => wireIdAt('m1-0', piece, index, used))).toEqual(['m1.0-r1', 'm1.2-r1']);
    expect(parseSendJob(piece).ok).toBe(true);
  });

  it('are asked about no more once they are sent again', () => {
    const resend: OneVerdict = { kind: 'retry', rule: 'uncertain: resend', delayMs: 5, resend: true };
    const [piece] = piecesByFate([resend, found], used, sendJob({ to: job.to.slice(0, 2) }));
    expect(piece).toMatchObject({ fate: 'again', attempts: 2, resends: 2 });
    expect(piece).not.toHaveProperty('asking');
  });
});
