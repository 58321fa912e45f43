import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lanes } from '../../../src/message/lane.ts';
import {
  dayOf,
  daysKept,
  type Ended,
  endedKey,
  endedKinds,
  endedText,
  endedUntil,
  parseEnded,
  parseReported,
  reportedStates,
  reportedText,
} from '../../../src/queue/ended-state.ts';

const at = Date.UTC(2026, 10, 28, 12);

const anyEnded: fc.Arbitrary<Ended> = fc.record({
  end: fc.constantFrom(...endedKinds),
  at: fc.constant(at),
  lane: fc.constantFrom(...lanes),
  enqueuedAt: fc.integer({ min: at - 86_400_000, max: at }),
  n: fc.integer({ min: 1, max: 1_000 }),
  parts: fc.integer({ min: 0, max: 4_000 }),
  attempts: fc.integer({ min: 0, max: 30 }),
  notes: fc.constantFrom(
    {},
    { keys: ['order 17', null] },
    { meta: { a: 1 } },
    { pieces: [[[0, 2]], [[2, 3]]] },
    { ids: ['m1.2'] },
  ) as fc.Arbitrary<Ended['notes']>,
  reports: fc.constant([]),
});

describe('what is kept of an end', () => {
  it('is read as it was written', () => {
    fc.assert(fc.property(anyEnded, (ended) => void expect(parseEnded(endedText(ended))).toEqual(ended)));
  });

  it('keeps code and group id, and takes a code with a blank for none', () => {
    const ended: Ended = {
      end: 'dead',
      at,
      lane: 'otp',
      enqueuedAt: at - 5,
      n: 1,
      parts: 1,
      attempts: 1,
      code: '12',
      notes: { reason: 'terminal' },
      reports: [],
    };
    expect(parseEnded(endedText(ended))).toEqual(ended);
    expect(parseEnded(endedText({ ...ended, code: '12 wrong' }))).not.toHaveProperty('code');
    const accepted: Ended = {
      end: 'accepted',
      at,
      lane: 'otp',
      enqueuedAt: at - 5,
      n: 1,
      parts: 1,
      attempts: 1,
      groupId: '2605201745161787848',
      notes: {},
      reports: [],
    };
    expect(parseEnded(endedText(accepted))).toEqual(accepted);
    // Redis keeps a hash small while no value of it is longer.
    expect(endedText(accepted).length).toBeLessThanOrEqual(64);
  });

  it('has its reports where a script has put them, one for each message', () => {
    const text = endedText({
      end: 'accepted',
      at,
      lane: 'bulk',
      enqueuedAt: at,
      n: 3,
      parts: 3,
      attempts: 1,
      notes: {},
      reports: [],
    });
    const delivered = { state: 'delivered', at: at + 60_000 } as const;
    const failed = { state: 'failed', at: at + 61_000, status: '9' } as const;
    const list = [reportedText(delivered), '', reportedText(failed)].join(',');
    expect(parseEnded(`${list}${text.slice(1)}`)?.reports).toEqual([delivered, undefined, failed]);
  });

  it('that nobody of ours wrote is not read, and not thrown at', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseEnded(text)));
    const text = endedText({
      end: 'accepted',
      at,
      lane: 'bulk',
      enqueuedAt: at,
      n: 1,
      parts: 1,
      attempts: 1,
      notes: {},
      reports: [],
    });
    for (const broken of [
      '',
      text.slice(2),
      `${text} {"ids":[1]}`,
      `${text} {`,
      text.replace('ab', 'zb'),
      text.replace('ab', 'az'),
    ])
      expect(parseEnded(broken)).toBeUndefined();
  });

  it.each(reportedStates)('tells a report by its first letter: %s', (state) => {
    expect(parseReported(reportedText({ state, at }))).toEqual({ state, at });
  });

  it('lies in one of many small hashes of its day, and is found on one of the days that are kept', () => {
    const place = { prefix: '{jetsms}', account: 'acme' };
    const buckets = new Set(Array.from({ length: 1_000 }, (_, n) => endedKey(place, `m${n}`, dayOf(at))));
    expect(buckets.size).toBeGreaterThan(900);
    const keepMs = 7 * 86_400_000;
    const stillKept = endedUntil(dayOf(at), keepMs) - 1;
    expect(daysKept(stillKept, keepMs)).toContain(dayOf(at));
    expect(daysKept(at, 0)).toContain(dayOf(at));
  });
});
