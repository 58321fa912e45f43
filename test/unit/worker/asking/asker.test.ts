import { describe, expect, it } from 'vitest';
import { type Asker, createAsker } from '../../../../src/worker/asking/asker.ts';
import type { Answer } from '../../../../src/worker/verdict/decide.ts';
import { doubt } from '../../../support/doubt.ts';
import { waitFor } from '../../../support/wait-for.ts';

interface World {
  readonly asker: Asker;
  /** The ids of each question. */
  readonly questions: string[];
  readonly errors: unknown[];
  later(ms: number): void;
}

function world(answersTo: (wireIds: readonly string[]) => Promise<readonly Answer[]>): World {
  const questions: string[] = [];
  const errors: unknown[] = [];
  let now = 0;
  const asker = createAsker({
    answersTo: (doubts) => {
      const wireIds = doubts.flatMap((one) => one.wireIds);
      questions.push(wireIds.join());
      return answersTo(wireIds);
    },
    mostTogether: 4,
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

const notFound: Answer = { kind: 'not-found' };
const answersOf = (wireIds: readonly string[]): readonly Answer[] =>
  wireIds.map((id) => (id === 'x' ? { kind: 'found', status: '1' } : notFound));

describe('messages that are asked about', () => {
  it('go in one question where they come at the same moment, and each job gets its own answers', async () => {
    const { asker, questions } = world((ids) => Promise.resolve(answersOf(ids)));
    const answers = await Promise.all([
      asker.ask(['a', 'x'].map((id) => doubt(id))),
      asker.ask([doubt('c')]),
    ]);
    expect(answers).toEqual([[notFound, { kind: 'found', status: '1' }], [notFound]]);
    expect(questions).toEqual(['a,x,c']);
  });

  it('of several jobs are so many in a question at most; those of one job stay together', async () => {
    const { asker, questions } = world((ids) => Promise.resolve(answersOf(ids)));
    const jobs = [
      ['a', 'c', 'd'],
      ['e', 'f'],
      ['g', 'h', 'i', 'j', 'k'],
    ];
    await Promise.all(jobs.map((ids) => asker.ask(ids.map((id) => doubt(id)))));
    expect(questions).toEqual(['a,c,d', 'e,f', 'g,h,i,j,k']);
  });

  it('have no answer where asking itself goes wrong, and that is told', async () => {
    const { asker, errors } = world(() => Promise.reject(new Error('a bug')));
    expect(await asker.ask([doubt('a')])).toEqual([{ kind: 'no-answer' }]);
    expect(errors).toHaveLength(1);
  });
});

describe('questions', () => {
  /** A JetSMS that answers when the test says so. */
  function slow() {
    const ends: (() => void)[] = [];
    const made = world((ids) => new Promise((resolve) => ends.push(() => resolve(answersOf(ids)))));
    const answerAll = (): void => {
      for (const end of ends.splice(0)) end();
    };
    return { ...made, answerAll };
  }

  it('are a few at a time; those that wait go together', async () => {
    const { asker, questions, answerAll } = slow();
    const first = asker.ask([doubt('a')]);
    await waitFor(() => questions.length === 1, { what: 'the first question' });
    const second = asker.ask([doubt('b')]);
    await waitFor(() => questions.length === 2, { what: 'the second question' });
    const others = ['c', 'd', 'e'].map((id) => asker.ask([doubt(id)]));
    await new Promise(setImmediate);
    expect(questions).toHaveLength(2);
    answerAll();
    await Promise.all([first, second]);
    await waitFor(() => questions.length === 3, { what: 'the third question' });
    answerAll();
    await Promise.all(others);
    expect(questions).toEqual(['a', 'b', 'c,d,e']);
  });

  it('that take long keep few jobs waiting: the others come again later, unless theirs is the last question', async () => {
    const { asker, questions, later, answerAll } = slow();
    const waiting = ['a', 'b', 'c'].map((id) => asker.ask([doubt(id)]));
    await waitFor(() => questions.length === 1, { what: 'the first question' });
    later(1_001);
    expect(await asker.ask([doubt('d')])).toBe('busy');
    const urgent = asker.ask([doubt('e')], { isLast: true });
    await waitFor(() => questions.length === 2, { what: 'the urgent question' });
    answerAll();
    expect(await Promise.all([...waiting, urgent])).toEqual(Array(4).fill([notFound]));
    const next = asker.ask([doubt('f')]);
    await waitFor(() => questions.length === 3, { what: 'the next question' });
    answerAll();
    expect(await next).toEqual([notFound]);
  });

  it('for which somebody waits go before the others that wait', async () => {
    const { asker, questions, answerAll } = slow();
    const underWay = ['a', 'b'].map((id) => asker.ask([doubt(id)]));
    await waitFor(() => questions.length === 1, { what: 'the first question' });
    const others = [...'cde'].map((id) => asker.ask([doubt(id), doubt(`${id}2`)]));
    const first = [...'fg'].map((id) => asker.ask([doubt(id), doubt(`${id}2`)], { goesFirst: true }));
    for (let asked = 1; asked < 4; asked += 1) {
      await waitFor(() => questions.length >= asked, { what: 'the next question' });
      answerAll();
    }
    await waitFor(() => questions.length === 4, { what: 'the last question' });
    answerAll();
    await Promise.all([...underWay, ...others, ...first]);
    expect(questions).toEqual(['a,b', 'f,f2,g,g2', 'c,c2,d,d2', 'e,e2']);
  });

  it('keep nobody waiting once the worker ends', async () => {
    const { asker, questions } = slow();
    const underWay = asker.ask([doubt('a')]);
    await waitFor(() => questions.length === 1, { what: 'the first question' });
    const waiting = asker.ask([doubt('b')]);
    asker.stop();
    const all = [underWay, waiting, asker.ask([doubt('c')], { isLast: true })];
    expect(await Promise.all(all)).toEqual(['stopped', 'stopped', 'stopped']);
    expect(questions).toHaveLength(1);
  });
});
