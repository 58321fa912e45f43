import { describe, expect, it } from 'vitest';
import { reportRow } from '../../../../src/jetsms/report-row.ts';
import type { ReportAnswer } from '../../../../src/jetsms/reports.ts';
import type { WaitingReport } from '../../../../src/queue/waiting-report.ts';
import { askReports, type QuestionReport } from '../../../../src/worker/reports/ask-reports.ts';

const waiting = (job: string, change: Partial<WaitingReport> = {}): WaitingReport => ({
  job,
  kind: 'accepted',
  lane: 'bulk',
  endedAt: 0,
  n: 1,
  resends: 0,
  ...change,
});
const row = (messageId: string) =>
  reportRow({ messageId, number: '905321234567', status: '1', deliveredAt: undefined });
const refused: ReportAnswer = {
  kind: 'no-answer',
  why: { kind: 'refused', by: 'code', code: '99', row: undefined, text: '' },
};
const silent: ReportAnswer = { kind: 'no-answer', why: { kind: 'uncertain', cause: 'reply-timeout' } };

interface Asked {
  readonly questions: readonly (readonly string[])[];
  readonly results: readonly QuestionReport[];
  readonly states: readonly (readonly unknown[])[];
}

/** Asks about jobs; `answer` is what JetSMS says of ids. */
async function ask(
  jobs: readonly WaitingReport[],
  answer: (ids: readonly string[], n: number) => ReportAnswer,
  mayGoOn: () => boolean = () => true,
): Promise<Asked> {
  const questions: (readonly string[])[] = [];
  const results: QuestionReport[] = [];
  const byIds = (ids: readonly string[]): Promise<ReportAnswer> => {
    questions.push(ids);
    return Promise.resolve(answer(ids, questions.length));
  };
  const answers = await askReports(jobs, {
    client: { byIds, byGroup: (groupId) => byIds([groupId]) },
    signal: new AbortController().signal,
    secret: () => Promise.resolve('secret'),
    mayGoOn: () => Promise.resolve(mayGoOn()),
    onQuestion: (report) => void results.push(report),
  });
  const states = answers.map(({ states: some }) =>
    some.map((state) => (typeof state === 'object' ? state.state : state)),
  );
  return { questions, results, states };
}

const known = (ids: readonly string[]): ReportAnswer => ({ kind: 'rows', rows: ids.map(row) });

describe('questions by ids', () => {
  it('are about up to a hundred messages, of one job or of many', async () => {
    const many = await ask([waiting('a', { n: 60 }), waiting('b', { n: 40 })], known);
    expect(many.questions.map(({ length }) => length)).toEqual([100]);
    const large = await ask([waiting('a', { n: 250 })], known);
    expect(large.questions.map(({ length }) => length)).toEqual([100, 100, 50]);
    expect(large.states.flat().every((state) => state === 'delivered')).toBe(true);
  });

  it('that are refused are asked in halves, until the id that JetSMS does not know is alone', async () => {
    const jobs = Array.from({ length: 8 }, (_, n) => waiting(`m${n}`));
    const { questions, states, results } = await ask(jobs, (ids) =>
      ids.includes('m5') ? refused : known(ids),
    );
    expect(questions.map(({ length }) => length)).toEqual([8, 4, 4, 2, 1, 1, 2]);
    expect(states.map(([state]) => state)).toEqual(
      jobs.map(({ job }) => (job === 'm5' ? 'pending' : 'delivered')),
    );
    expect(results.filter(({ result }) => result === 'refused')).toHaveLength(4);
  });

  it('end with the first that has no answer: of the others nothing is known', async () => {
    const { questions, states } = await ask([waiting('a', { n: 250 })], (ids, n) =>
      n === 2 ? silent : known(ids),
    );
    expect(questions).toHaveLength(2);
    expect(states.flat().slice(99, 101)).toEqual(['delivered', undefined]);
  });

  it('end where none may be asked any more', async () => {
    const { questions, states } = await ask([waiting('a', { n: 250 })], known, () => false);
    expect(questions).toHaveLength(1);
    expect(states.flat().at(-1)).toBeUndefined();
  });
});

describe('a question about a group', () => {
  const jobs = [waiting('a', { groupId: '1', marks: ['12345678'] })];

  it('that JetSMS does not know, or not yet, shows that nothing is known of its messages', async () => {
    expect(await ask(jobs, () => refused)).toMatchObject({ questions: [['1']], states: [['pending']] });
  });

  it('without an answer shows nothing', async () => {
    expect(await ask(jobs, () => silent)).toMatchObject({
      states: [[]],
      results: [{ result: 'no-answer', why: 'reply-timeout' }],
    });
  });
});
