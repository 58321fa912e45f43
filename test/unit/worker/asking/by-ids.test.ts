import { describe, expect, it } from 'vitest';
import type { Doubt } from '../../../../src/worker/asking/asker.ts';
import { answersByIds } from '../../../../src/worker/asking/by-ids.ts';
import type { Found, Inquiry } from '../../../../src/worker/asking/inquiry.ts';
import { doubt } from '../../../support/doubt.ts';

const rows = (...found: readonly (Partial<Found> & { readonly id: string })[]): Inquiry => ({
  kind: 'rows',
  found: found.map((row) => ({ number: '905321234567', status: '2', ...row })),
});

/** What is said of messages by a JetSMS that answers so, and the questions that led there. */
async function ask(
  doubts: readonly Doubt[],
  answer: (ids: readonly string[]) => Inquiry,
  isTrustworthy = true,
): Promise<{ readonly answers: readonly string[]; readonly questions: readonly string[] }> {
  const questions: string[] = [];
  const answersTo = answersByIds({
    inquire: (ids) => {
      questions.push(ids.join());
      return Promise.resolve(answer(ids));
    },
    control: { isTrustworthy: () => Promise.resolve(isTrustworthy) },
  });
  const answers = await answersTo(doubts);
  return {
    answers: answers.map((one) => (one.kind === 'found' ? `found ${one.status}` : one.kind)),
    questions,
  };
}

const each = (...ids: readonly string[]): readonly Doubt[] => ids.map((id) => doubt(id));

describe('messages that JetSMS is asked about by their ids', () => {
  it('are found by their ids alone, each of them', async () => {
    const { answers } = await ask(each('a', 'b', 'c'), () => rows({ id: 'b', status: '1' }, { id: 'x' }));
    expect(answers).toEqual(['not-found', 'found 1', 'not-found']);
  });

  it.each([
    ['0532 123 45 67', 'found 2'],
    ['5321234567', 'found 2'],
    ['+905321234567', 'found 2'],
    ['', 'found 2'],
    ['905321234568', 'not-found'],
  ])('are found with the number %j: %s', async (number, expected) => {
    const { answers } = await ask(each('a'), () => rows({ id: 'a', number }));
    expect(answers).toEqual([expected]);
  });

  it('are not found where JetSMS would say the same of an id that nobody has used', async () => {
    const { answers } = await ask(each('a', 'b'), () => rows({ id: 'a' }), false);
    expect(answers).toEqual(['no-answer', 'no-answer']);
  });

  it('are found by an id of a request before the last one, too', async () => {
    const resent = doubt('a-r1', { wireIds: ['a-r1', 'a'] });
    const { answers, questions } = await ask([resent], () => rows({ id: 'a' }));
    expect(answers).toEqual(['found 2']);
    expect(questions).toEqual(['a-r1,a']);
  });

  it('are fewer in a question where they were sent again and have several ids', async () => {
    const resent = Array.from({ length: 70 }, (_, n) => doubt(`${n}-r1`, { wireIds: [`${n}-r1`, `${n}`] }));
    const { answers, questions } = await ask(resent, () => rows());
    expect(questions.map((ids) => ids.split(',').length)).toEqual([100, 40]);
    expect(answers).toHaveLength(70);
  });

  it('are a hundred in a question at most, however many their job has', async () => {
    const ids = Array.from({ length: 250 }, (_, n) => String(n));
    const { questions } = await ask(each(...ids), () => rows());
    expect(questions.map((question) => question.split(',').length)).toEqual([100, 100, 50]);
  });

  it('are asked about by fewer where one of them makes JetSMS refuse the question', async () => {
    const { answers, questions } = await ask(each('a', 'bad', 'c', 'd'), (ids) =>
      ids.includes('bad') ? { kind: 'no-answer', refusedBy: '44' } : rows(...ids.map((id) => ({ id }))),
    );
    expect(answers).toEqual(['found 2', 'no-answer', 'found 2', 'found 2']);
    expect(questions).toEqual(['a,bad,c,d', 'a,bad', 'a', 'bad', 'c,d']);
  });

  it('are asked about by each of their ids where one of these makes JetSMS refuse the question', async () => {
    const resent = doubt('a-r1', { wireIds: ['a-r1', 'a'] });
    const refusing =
      (bad: string) =>
      (ids: readonly string[]): Inquiry =>
        ids.includes(bad)
          ? { kind: 'no-answer', refusedBy: '44' }
          : rows(...ids.filter((id) => id === 'a').map((id) => ({ id })));
    expect((await ask([resent], refusing('a-r1'))).answers).toEqual(['found 2']);
    expect((await ask([resent], refusing('a'))).answers).toEqual(['no-answer']);
  });

  it('are asked about once where there is no answer for another reason', async () => {
    const { answers, questions } = await ask(each('a', 'b'), () => ({ kind: 'no-answer' }));
    expect(answers).toEqual(['no-answer', 'no-answer']);
    expect(questions).toHaveLength(1);
  });
});
