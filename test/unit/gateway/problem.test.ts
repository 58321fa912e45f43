import { describe, expect, it } from 'vitest';
import { gatewayErrors } from '../../../src/gateway/errors.ts';
import { isProblemCode, type ProblemCode, problemOf, wordsOf } from '../../../src/gateway/problem.ts';
import { producerProblems } from '../../../src/gateway/producer-problems.ts';
import { gatewayErrorsInTurkish, messageErrorsInTurkish } from '../../../src/gateway/turkish.ts';
import { messageErrors } from '../../../src/message/errors.ts';

const named = [
  ...Object.keys(messageErrors),
  ...Object.keys(producerProblems),
  ...Object.keys(gatewayErrors),
] as ProblemCode[];
const codes = [...new Set(named)];

const placesIn = (code: ProblemCode, language: 'en' | 'tr') => {
  const { meaning, whatToDo } = wordsOf(code, language);
  return [...new Set(`${meaning} ${whatToDo}`.match(/\{\w+\}/g))].toSorted();
};

describe('the codes of problems', () => {
  it('are in one table each, but for the one word for an unknown account', () => {
    const twice = named.filter((code, index) => named.indexOf(code) !== index);
    expect(twice).toEqual(['ACCOUNT_UNKNOWN']);
    expect(codes.every(isProblemCode)).toBe(true);
    expect(isProblemCode('toString')).toBe(false);
  });

  it.each(codes)('has words for %s in Turkish, with no other facts than the English ones', (code) => {
    const english = wordsOf(code, 'en');
    const turkish = wordsOf(code, 'tr');
    expect(turkish.meaning).toMatch(/\.$/);
    expect(turkish.whatToDo).toMatch(/\.$/);
    expect(turkish.meaning).not.toBe(english.meaning);
    for (const place of placesIn(code, 'tr')) expect(placesIn(code, 'en')).toContain(place);
  });

  it('has Turkish words for no code that is not there', () => {
    expect(Object.keys(gatewayErrorsInTurkish).toSorted()).toEqual(Object.keys(gatewayErrors).toSorted());
    expect(Object.keys(messageErrorsInTurkish).toSorted()).toEqual(Object.keys(messageErrors).toSorted());
  });
});

describe('a problem', () => {
  it('speaks of the first flaw, lists all, and adds what is known of the case', () => {
    const problem = problemOf(
      {
        status: 422,
        flaws: [
          { code: 'TEXT_TOO_LONG', details: { characters: 161, maximum: 160 }, at: { pointer: '/text' } },
          { code: 'NUMBER_INVALID', at: { pointer: '/to' } },
        ],
        facts: { messageId: 'm1' },
      },
      'en',
    );
    expect(problem).toMatchObject({
      type: '/problems/TEXT_TOO_LONG',
      status: 422,
      code: 'TEXT_TOO_LONG',
      messageId: 'm1',
      errors: [
        { code: 'TEXT_TOO_LONG', pointer: '/text' },
        { code: 'NUMBER_INVALID', pointer: '/to' },
      ],
    });
    expect(problem.detail).toMatch(/^The text has 161 characters; the account allows 160\. Shorten/);
    expect(problem.errors[0]?.detail).toBe(problem.detail);
  });

  it('has a title of its own for each status that we answer with, and for any other', () => {
    const rows = [...Object.values(gatewayErrors), ...Object.values(producerProblems)];
    const titles = new Map(
      rows.map(({ status }) => [status, problemOf({ status, flaws: [{ code: 'BATCH_EMPTY' }] }, 'tr').title]),
    );
    expect(new Set(titles.values()).size).toBe(titles.size);
  });
});
