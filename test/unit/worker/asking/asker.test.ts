import { describe, expect, it } from 'vitest';
import { type Asker, createAsker, type Doubt } from '../../../../src/worker/asking/asker.ts';
import type { Found, Inquiry } from '../../../../src/worker/asking/inquiry.ts';
import { waitFor } from '../../../support/wait-for.ts';

const number = '905321234567';
const doubt = (wireId: string): Doubt => ({ wireId, to: number });
const rows = (...found: readonly (Partial<Found> & { readonly id: string })[]): Inquiry => ({
  kind: 'rows',
  found: found.map((row) => ({ number, status: '2', ...row })),
});

interface World {
  readonly asker: Asker;
  /** The ids of each question. */
  readonly questions: (readonly string[])[];
  readonly errors: unknown[];
  later(ms: number): void;
}

interface Choice {
  readonly answer: (ids: readonly string[]) => Inquiry | Promise<Inquiry>;
  readonly isTrustworthy?: boolean;
}

function world({ answer, isTrustworthy = true }: Choice): World {
  const questions: (readonly string[])[] = [];
  const errors: unknown[] = [];
  let now = 0;
  const asker = createAsker({
    inquire: async (ids) => {
      questions.push(ids);
      return answer(ids);
    },
    control: { isTrustworthy: () => Promise.resolve(isTrustworthy) },
    questionsAtOnce: 2,
    mostWaiting: 3,
    clock: () => now,
    onUnexpected: (error) => void errors.push(error),
  });
  return {
    asker,
    questions,
    errors,
    later: (ms) => {
      now += ms;
    },
  };
}

const kindsOf = async (answers: ReturnType<Asker['ask']>): Promise<readonly string[] | 'busy'> => {
  const all = await answers;
  return all === 'busy'
    ? all
    : all.map((answer) => (answer.kind === 'found' ? `found ${answer.status}` : answer.kind));
};

describe('messages that JetSMS is asked about', () => {
  it('are found by their ids alone, each of them', async () => {
    const { asker } = world({ answer: () => rows({ id: 'b', status: '1' }, { id: 'x' }) });
    expect(await kindsOf(asker.ask(['a', 'b', 'c'].map(doubt), false))).toEqual([
      'not-found',
      'found 1',
      'not-found',
    ]);
  });

  it.each([
    ['0532 123 45 67', 'found 2'],
    ['5321234567', 'found 2'],
    ['+905321234567', 'found 2'],
    ['', 'found 2'],
    ['905321234568', 'not-found'],
  ])('are found with the number %j: %s', async (given, expected) => {
    const { asker } = world({ answer: () => rows({ id: 'a', number: given }) });
    expect(await kindsOf(asker.ask([doubt('a')], false))).toEqual([expected]);
  });

  it('are not found where JetSMS would say the same of an id that nobody has used', async () => {
    const { asker } = world({ answer: () => rows({ id: 'a' }), isTrustworthy: false });
    expect(await kindsOf(asker.ask(['a', 'b'].map(doubt), false))).toEqual(['no-answer', 'no-answer']);
  });

  it('go in one question where they come at the same moment, and each gets its own answers', async () => {
    const { asker, questions } = world({ answer: () => rows({ id: 'b' }) });
    const answers = await Promise.all([
      kindsOf(asker.ask(['a', 'b'].map(doubt), false)),
      kindsOf(asker.ask([doubt('c')], false)),
    ]);
    expect(answers).toEqual([['not-found', 'found 2'], ['not-found']]);
    expect(questions).toEqual([['a', 'b', 'c']]);
  });

  it('go a hundred in a question at most, however many their job has', async () => {
    const { asker, questions } = world({ answer: () => rows() });
    await asker.ask(
      Array.from({ length: 250 }, (_, n) => doubt(String(n))),
      false,
    );
    expect(questions.map(({ length }) => length)).toEqual([100, 100, 50]);
  });

  it('are asked about by fewer where one of them makes JetSMS refuse the question', async () => {
    const answer = (ids: readonly string[]): Inquiry =>
      ids.includes('bad') ? { kind: 'no-answer', refusedBy: '44' } : rows(...ids.map((id) => ({ id })));
    const { asker, questions } = world({ answer });
    const kinds = await kindsOf(asker.ask(['a', 'bad', 'c', 'd'].map(doubt), false));
    expect(kinds).toEqual(['found 2', 'no-answer', 'found 2', 'found 2']);
    expect(questions.map((ids) => ids.join())).toEqual(['a,bad,c,d', 'a,bad', 'a', 'bad', 'c,d']);
  });

  it('are asked about once where there is no answer for another reason', async () => {
    const { asker, questions } = world({ answer: () => ({ kind: 'no-answer' }) });
    expect(await kindsOf(asker.ask(['a', 'b'].map(doubt), false))).toEqual(['no-answer', 'no-answer']);
    expect(questions).toHaveLength(1);
  });

  it('have no answer where asking itself goes wrong, and that is told', async () => {
    const { asker, errors } = world({ answer: () => Promise.reject(new Error('a bug')) });
    expect(await kindsOf(asker.ask([doubt('a')], false))).toEqual(['no-answer']);
    expect(errors).toHaveLength(1);
  });
});

describe('questions', () => {
  /** A JetSMS that answers when the test says so. */
  function slow() {
    const ends: (() => void)[] = [];
    const answer = (): Promise<Inquiry> => new Promise((resolve) => ends.push(() => resolve(rows())));
    const made = world({ answer });
    const answerAll = (): void => {
      for (const end of ends.splice(0)) end();
    };
    return { ...made, answerAll };
  }

  it('are a few at a time; those that wait go together', async () => {
    const { asker, questions, answerAll } = slow();
    const first = asker.ask([doubt('a')], false);
    await waitFor(() => questions.length === 1, { what: 'the first question' });
    const second = asker.ask([doubt('b')], false);
    await waitFor(() => questions.length === 2, { what: 'the second question' });
    const others = ['c', 'd', 'e'].map((id) => asker.ask([doubt(id)], false));
    await new Promise(setImmediate);
    expect(questions).toHaveLength(2);
    answerAll();
    await Promise.all([first, second]);
    await waitFor(() => questions.length === 3, { what: 'the third question' });
    answerAll();
    await Promise.all(others);
    expect(questions.map((ids) => ids.join())).toEqual(['a', 'b', 'c,d,e']);
  });

  it('that take long keep few jobs waiting: the others come again later, unless theirs is the last question', async () => {
    const { asker, questions, later, answerAll } = slow();
    const waiting = ['a', 'b', 'c'].map((id) => kindsOf(asker.ask([doubt(id)], false)));
    await waitFor(() => questions.length === 1, { what: 'the first question' });
    later(1_001);
    expect(await asker.ask([doubt('d')], false)).toBe('busy');
    const urgent = kindsOf(asker.ask([doubt('e')], true));
    await waitFor(() => questions.length === 2, { what: 'the urgent question' });
    answerAll();
    expect(await Promise.all([...waiting, urgent])).toEqual(Array(4).fill(['not-found']));
    const next = asker.ask([doubt('f')], false);
    await waitFor(() => questions.length === 3, { what: 'the next question' });
    answerAll();
    expect(await kindsOf(next)).toEqual(['not-found']);
  });

  it('keep nobody waiting once the worker ends', async () => {
    const { asker, questions } = slow();
    const underWay = asker.ask([doubt('a')], false);
    await waitFor(() => questions.length === 1, { what: 'the first question' });
    const waiting = asker.ask([doubt('b')], false);
    asker.stop();
    expect(await Promise.all([underWay, waiting, asker.ask([doubt('c')], true)])).toEqual([
      'busy',
      'busy',
      'busy',
    ]);
    expect(questions).toHaveLength(1);
  });
});
