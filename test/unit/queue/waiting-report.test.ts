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
  });
});
