import { describe, expect, it } from 'vitest';
import { add, countVitest, nothing, one, summaryLine } from '../../../scripts/test-counts.ts';

const report = {
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ status: 'passed', assertionResults: [{ status: 'passed' }] }],
};

describe('the last line of a test run', () => {
  it('counts what passed and what failed', () => {
    expect(summaryLine(add(one('passed'), one('failed')))).toBe('1 passed, 1 failed');
  });

  it('names skipped tests only where there are any', () => {
    expect(summaryLine({ ...nothing, skipped: 2 })).toBe('0 passed, 0 failed, 2 skipped');
  });
});

describe('counting a vitest run', () => {
  it('takes the numbers of the report', () => {
    expect(countVitest({ ...report, numFailedTests: 1, numPendingTests: 1, numTodoTests: 1 }, 1)).toEqual({
      passed: 3,
      failed: 1,
      skipped: 2,
    });
  });

  it('counts a file that did not load as one failure', () => {
    const broken = { status: 'failed', assertionResults: [] };
    expect(countVitest({ ...report, testResults: [...report.testResults, broken] }, 1).failed).toBe(1);
  });

  it('counts a failed run as a failure even where no test failed', () => {
    expect(countVitest(report, 1).failed).toBe(1);
    expect(countVitest(report, null).failed).toBe(1);
  });

  it('counts a run without a report as one failure', () => {
    expect(countVitest(undefined, 0)).toEqual(one('failed'));
  });
});
