import { describe, expect, it } from 'vitest';
import { reportRow } from '../../../src/jetsms/report-row.ts';
import type { ReportState } from '../../../src/jetsms/reports.ts';

const meaningOf = (status: string) => {
  const { state, isReal } = reportRow({ number: '905321234567', status, deliveredAt: undefined });
  return [state, isReal];
};

describe('a status of a report', () => {
  it.each([
    ['1', 'delivered', true],
    ['2', 'pending', true],
    ['3', 'failed', true],
    ['4', 'expired', true],
    ['9', 'failed', false],
    ...['', '0', '5', '6', '7', '8', '-1', '01', '10', 'delivered', '__proto__'].map(
      (status) => [status, 'pending', false] as const,
    ),
  ] satisfies (readonly [string, ReportState, boolean])[])('%j means %s', (status, state, isReal) => {
    expect(meaningOf(status)).toEqual([state, isReal]);
  });
});
