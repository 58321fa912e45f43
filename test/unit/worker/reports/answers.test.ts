import { describe, expect, it } from 'vitest';
import { type ReportRow, reportRow } from '../../../../src/jetsms/report-row.ts';
import { numberMark, type WaitingReport } from '../../../../src/queue/waiting-report.ts';
import { answerById, answersByMark, wireIdsOf } from '../../../../src/worker/reports/answers.ts';

const secret = 'secret';
const numbers = ['905321234567', '905321234568', '4915112345678'];
const waiting = (change: Partial<WaitingReport> = {}): WaitingReport => ({
  job: 'm1',
  kind: 'accepted',
  lane: 'bulk',
  endedAt: 0,
  n: 3,
  resends: 0,
  ...change,
});
const row = (fields: Partial<ReportRow>): ReportRow => {
  const { messageId = '', number = '', status = '1' } = fields;
  return reportRow({ messageId, number, status, deliveredAt: undefined });
};
const states = (answer: { readonly states: readonly unknown[] } | undefined) =>
  answer?.states.map((state) =>
    typeof state === 'object' && state !== null && 'state' in state ? state.state : state,
  );

describe('the ids of a job’s messages on the wire', () => {
  it('are those of its messages, and others each time that it was sent again, the last first', () => {
    expect(wireIdsOf(waiting())).toEqual([['m1.0'], ['m1.1'], ['m1.2']]);
    expect(wireIdsOf(waiting({ n: 1, resends: 2 }))).toEqual([['m1-r2', 'm1-r1', 'm1']]);
    expect(wireIdsOf(waiting({ n: 2, job: 'm1.p0', ids: ['m1.4', 'm1.9'] }))).toEqual([['m1.4'], ['m1.9']]);
  });

  it('are not asked about where the report is final', () => {
    expect(wireIdsOf(waiting({ done: [1] }))).toEqual([['m1.0'], [], ['m1.2']]);
  });
});

describe('an answer by our own ids', () => {
  const rows = (...found: ReportRow[]) =>
    new Map(
      ['m1.0', 'm1.1', 'm1.2'].map((id) => [id, found.filter(({ messageId }) => messageId === id)] as const),
    );

  it('says of each message what its records say; no record, that it is pending', () => {
    const answer = answerById(
      waiting(),
      rows(row({ messageId: 'm1.0' }), row({ messageId: 'm1.1', status: '3' })),
    );
    expect(states(answer)).toEqual(['delivered', 'failed', 'pending']);
    expect(answer).not.toHaveProperty('found');
  });

  it('says nothing of ids that were not answered', () => {
    const some = new Map([['m1.0', [row({ messageId: 'm1.0' })]]]);
    expect(states(answerById(waiting(), some))).toEqual(['delivered', undefined, undefined]);
  });

  it('of some requests of a message only says nothing but that it was delivered', () => {
    const again = waiting({ n: 1, resends: 1 });
    const earlier = (status: string) => new Map([['m1', [row({ messageId: 'm1', status })]]]);
    expect(states(answerById(again, earlier('3')))).toEqual([undefined]);
    expect(states(answerById(again, earlier('1')))).toEqual(['delivered']);
  });

  it('shows that JetSMS has the job where each of its messages has a status that only a message has', () => {
    const all = ['m1.0', 'm1.1', 'm1.2'].map((messageId) => row({ messageId, status: '2' }));
    expect(answerById(waiting(), rows(...all)).found).toEqual({ id: 'm1.0', status: '2' });
    const [first, second] = all;
    const strange = row({ messageId: 'm1.2', status: '0' });
    expect(
      answerById(waiting(), rows(...(first && second ? [first, second] : []), strange)),
    ).not.toHaveProperty('found');
  });
});

describe('an answer about a group', () => {
  const marked = (some: readonly string[], change: Partial<WaitingReport> = {}) =>
    waiting({ n: some.length, marks: some.map((number) => numberMark(secret, number)), ...change });

  it('is told apart by numbers, however JetSMS spells them', () => {
    const rows = [
      row({ number: '5321234567' }),
      row({ number: '+90 532 123 45 68', status: '3' }),
      row({ number: '004915112345678', status: '4' }),
    ];
    expect(answersByMark([marked(numbers)], rows, secret).map(states)).toEqual([
      ['delivered', 'failed', 'expired'],
    ]);
  });

  it('of jobs that went together gives each its own', () => {
    const jobs = numbers.map((number, n) => marked([number], { job: `m${n}` }));
    const rows = numbers.slice(1).map((number) => row({ number }));
    expect(answersByMark(jobs, rows, secret).map(states)).toEqual([
      ['pending'],
      ['delivered'],
      ['delivered'],
    ]);
  });

  it('says nothing final of two messages to one number whose records differ', () => {
    const [number = ''] = numbers;
    const jobs = [marked([number]), marked([number], { job: 'm2' })];
    const both = (...statuses: string[]) => statuses.map((status) => row({ number, status }));
    expect(answersByMark(jobs, both('1', '3'), secret).map(states)).toEqual([['pending'], ['pending']]);
    expect(answersByMark(jobs, both('1'), secret).map(states)).toEqual([['pending'], ['pending']]);
    expect(answersByMark(jobs, both('1', '1'), secret).map(states)).toEqual([['delivered'], ['delivered']]);
  });

  it('cannot be read with another secret', () => {
    expect(
      answersByMark(
        [marked(numbers)],
        numbers.map((number) => row({ number })),
        'other',
      ).map(states),
    ).toEqual([['pending', 'pending', 'pending']]);
  });
});
