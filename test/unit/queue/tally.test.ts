import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idOf, messagesIn, type Settled } from '../../../src/queue/journal.ts';
import { subJob } from '../../../src/queue/pieces.ts';
import type { SendJob } from '../../../src/queue/send-job.ts';
import { type Tally, tallyOf, tallyOfChange } from '../../../src/queue/tally.ts';
import { piecesByFate } from '../../../src/worker/verdict/division.ts';
import { anyFacts, anySendJob, anyVerdict } from '../../support/arbitraries.ts';
import { sendJob } from '../../support/send-job.ts';

const at = 1_900_000_000_000;
const used = { attempts: 0, resends: 0 };

const anySettled = (job: SendJob): fc.Arbitrary<Settled> =>
  fc.oneof(
    fc.constant<Settled>({ end: 'accepted', groupId: '1', at }),
    anyFacts.map((facts): Settled => ({ end: 'dead', at, ...facts })),
    fc
      .array(anyVerdict, { minLength: job.to.length, maxLength: job.to.length })
      .map((verdicts): Settled => ({ end: 'split', at, pieces: piecesByFate(verdicts, used) })),
  );

const settledJob = anySendJob().chain((job) => anySettled(job).map((settled) => ({ job, settled })));

const plus = (a: Tally, b: Tally): Tally => {
  const sum: Record<string, number> = { ...a };
  for (const [field, count] of Object.entries(b)) sum[field] = (sum[field] ?? 0) + count;
  return sum;
};
const withoutZeros = (tally: Tally): Tally =>
  Object.fromEntries(Object.entries(tally).filter(([, count]) => count !== 0));

describe('the tally of an end', () => {
  it.each<[string, Settled, Tally]>([
    ['accepted', { end: 'accepted', groupId: '1', at }, { accepted: 3 }],
    ['dead by a code', { end: 'dead', reason: 'terminal', code: '12', at }, { 'dead:12': 3 }],
    ['dead without a code, by its reason', { end: 'dead', reason: 'expired', at }, { 'dead:expired': 3 }],
  ])('counts every message of a job that is %s', (_, settled, tally) => {
    expect(tallyOf(sendJob({ to: ['1', '2', '3'] }), settled)).toEqual(tally);
  });

  it('of a split is the sum over its pieces; what goes on is counted at its own end', () => {
    fc.assert(
      fc.property(settledJob, ({ job, settled }) => {
        if (settled.end !== 'split') return;
        const sum = settled.pieces.reduce<Tally>((tally, piece) => {
          const part = subJob('m1', job, piece.ranges);
          if (piece.fate === 'again') return tally;
          const end: Settled =
            piece.fate === 'accepted'
              ? { end: 'accepted', ...idOf(piece), at }
              : { end: 'dead', at, ...piece.facts };
          return plus(tally, tallyOf(part, end));
        }, {});
        expect(tallyOf(job, settled)).toEqual(sum);
      }),
    );
  });

  it('and what goes on are together every message once', () => {
    fc.assert(
      fc.property(settledJob, ({ job, settled }) => {
        const pieces = settled.end === 'split' ? settled.pieces : [];
        const goesOn = pieces.filter(({ fate }) => fate === 'again');
        const counted = Object.values(tallyOf(job, settled)).reduce((sum, count) => sum + count, 0);
        expect(counted + goesOn.reduce((sum, { ranges }) => sum + messagesIn(ranges), 0)).toBe(job.to.length);
      }),
    );
  });
});

describe('the change by a late reply', () => {
  it('moves the messages from the count of the old end to that of the new', () => {
    const job = sendJob({ to: ['1', '2'] });
    const uncertain: Settled = { end: 'dead', reason: 'uncertain', at };
    const late: Settled = { end: 'accepted', groupId: '1', at, late: true };
    expect(tallyOfChange(job, uncertain, late)).toEqual({ 'dead:uncertain': -2, accepted: 2 });
    expect(tallyOfChange(job, undefined, late)).toEqual({ accepted: 2 });
  });

  it('and the old tally are the new one, for any two ends', () => {
    const twoEnds = anySendJob().chain((job) =>
      fc.record({
        job: fc.constant(job),
        before: fc.option(anySettled(job), { nil: undefined }),
        after: anySettled(job),
      }),
    );
    fc.assert(
      fc.property(twoEnds, ({ job, before, after }) => {
        const old = before ? tallyOf(job, before) : {};
        expect(withoutZeros(plus(old, tallyOfChange(job, before, after)))).toEqual(tallyOf(job, after));
      }),
    );
  });
});
