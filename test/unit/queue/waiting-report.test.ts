import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lanes } from '../../../src/message/lane.ts';
import { parseWaiting, type WaitingReport, waitingText } from '../../../src/queue/waiting-report.ts';

const at = Date.UTC(2026, 10, 28, 12);

describe('what waits for a report', () => {
  it('is read as it was written', () => {
    const any: fc.Arbitrary<WaitingReport> = fc.record(
      {
        job: fc.constantFrom('m1', 'm1.p0', 'm1.3', 'x.r1'),
        kind: fc.constantFrom('accepted', 'uncertain'),
        lane: fc.constantFrom(...lanes),
        endedAt: fc.integer({ min: at, max: at + 1_000 }),
        n: fc.constant(2),
        resends: fc.integer({ min: 0, max: 9 }),
        groupId: fc.constant('2605201745161787848'),
        marks: fc.constant(['abcd_-12', '12345678']),
        ids: fc.oneof(
          fc.constantFrom(['m1.4', 'm1.5'], ['m1.9', 'm1.2'], ['m1.4', 'm2.5'], ['m1.04', 'm1.5']),
          fc.array(fc.string({ minLength: 1, unit: fc.constantFrom(...'m.*,-0 %ç') }), {
            minLength: 2,
            maxLength: 2,
          }),
        ),
        done: fc.constantFrom([0], [1], [0, 1]),
      },
      { requiredKeys: ['job', 'kind', 'lane', 'endedAt', 'n', 'resends'] },
    );
    fc.assert(
      fc.property(any, (waiting) => void expect(parseWaiting(waitingText(waiting))).toEqual(waiting)),
    );
  });

  it('that nobody of ours wrote is not read, and not thrown at', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseWaiting(text)));
    const text = waitingText({
      job: 'm1',
      kind: 'accepted',
      lane: 'otp',
      endedAt: at,
      n: 2,
      resends: 0,
      marks: ['abcd_-12', '12345678'],
    });
    expect(parseWaiting(text.slice(0, -1))).toBeUndefined();
    expect(parseWaiting(text.replace(' ao ', ' zo '))).toBeUndefined();
    expect(parseWaiting(text.replace(' ao ', ' az '))).toBeUndefined();
    for (const more of [
      'm1*0 -',
      'm1*0-2 -',
      'a,b,c -',
      'm1*0*1 -',
      '%E0%A4%A,b -',
      '- 2',
      '- 0-9',
      '- 1-0',
      '- 0,,1',
    ])
      expect(parseWaiting(`${text} ${more}`), more).toBeUndefined();
  });

  it('of a piece of a large job costs a few characters for all of its ids', () => {
    const ids = Array.from({ length: 900 }, (_, n) => `m0123456789abcdefghij.${n < 500 ? n : n + 50}`);
    const piece: WaitingReport = {
      job: 'm0123456789abcdefghij.p0',
      kind: 'accepted',
      lane: 'bulk',
      endedAt: at,
      n: 900,
      resends: 0,
      ids,
    };
    expect(waitingText(piece).length).toBeLessThan(100);
    expect(parseWaiting(waitingText(piece))).toEqual(piece);
  });
});
