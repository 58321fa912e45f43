import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ReportRow, reportRow } from '../../../../src/jetsms/report-row.ts';
import {
  stateOfCopies,
  stateOfRecords,
  stateOfShared,
} from '../../../../src/worker/reports/message-states.ts';

const row = (status: string, deliveredAt?: number): ReportRow =>
  reportRow({ number: '905321234567', status, deliveredAt });
const rows = (...statuses: string[]): readonly ReportRow[] => statuses.map((status) => row(status));
const anyRows = fc.array(
  fc.constantFrom('1', '2', '3', '4', '6', '9', '77', '').map((status) => row(status)),
);

describe('the records of one message', () => {
  it.each([
    [[], 'pending'],
    [['2'], 'pending'],
    [['77'], 'pending'],
    [['6'], 'pending'],
    [['1'], 'delivered'],
    [['1', '1'], 'delivered'],
    [['1', '2'], 'pending'],
    [['1', '77'], 'pending'],
    [['1', '3'], 'failed'],
    [['1', '4'], 'expired'],
    [['4', '3', '1'], 'failed'],
    [['9'], 'failed'],
    [['2', '3'], 'failed'],
  ] as const)('%j come to: %s', (statuses, expected) => {
    const state = stateOfRecords(rows(...statuses));
    expect(state === 'pending' ? state : state.state).toBe(expected);
  });

  it('come to the same in any order', () => {
    fc.assert(
      fc.property(anyRows, (some) => {
        const states = [some, some.toReversed()].map(stateOfRecords);
        const [one, other] = states.map((state) => (state === 'pending' ? state : state.state));
        expect(one).toBe(other);
      }),
    );
  });

  it('are delivered when the last part is', () => {
    expect(stateOfRecords([row('1', 5), row('1', 9), row('1')])).toMatchObject({ deliveredAt: 9 });
    expect(stateOfRecords([row('3', 5)])).not.toHaveProperty('deliveredAt');
  });
});

describe('the records of several messages to one number', () => {
  it('count where there is one for each, and all agree', () => {
    expect(stateOfShared(rows('1', '1'), 2)).toMatchObject({ state: 'delivered' });
    expect(stateOfShared(rows('3', '3', '3'), 2)).toMatchObject({ state: 'failed' });
    for (const some of [rows(), rows('1'), rows('1', '3'), rows('1', '2'), rows('2', '2')])
      expect(stateOfShared(some, 2)).toBe('pending');
  });
});

describe('the requests of a message that was sent again', () => {
  it.each([
    ['delivered by the last', [['1'], ['3']], 'delivered'],
    ['delivered by the first, whatever the last came to', [['3'], ['1']], 'delivered'],
    ['pending while one of them is', [['3'], ['2']], 'pending'],
    ['failed by the last, the first never taken', [['3'], []], 'failed'],
    ['pending while nothing is known of the last', [[], ['3']], 'pending'],
    ['pending where none is known', [[], []], 'pending'],
  ] as const)('are %s', (_title, copies, expected) => {
    const state = stateOfCopies(copies.map((statuses) => rows(...statuses)));
    expect(state === 'pending' ? state : state.state).toBe(expected);
  });
});
