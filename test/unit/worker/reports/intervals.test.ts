import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOver, isOverWithoutAnswer, nextQuestionAt } from '../../../../src/worker/reports/intervals.ts';

const minute = 60_000;
const hour = 60 * minute;
const times = { reportFirstMs: 30_000, reportIntervalMs: 3 * hour, reportForMs: 72 * hour };

describe('the next question', () => {
  it('comes after pauses that double, up to the longest', () => {
    const asked: number[] = [];
    for (let age = 30_000; age < 24 * hour; age = nextQuestionAt(0, times, age, 0.5))
      asked.push(age / minute);
    expect(asked.slice(0, 10)).toEqual([0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256]);
    expect(asked.slice(10).map((age, n) => age - (asked[n + 9] ?? 0))).toEqual(
      asked.slice(10).map(() => 180),
    );
  });

  it('is asked some thirty times at most, the last time when asking ends', () => {
    let questions = 0;
    let age = 30_000;
    while (!isOver(0, times, age)) {
      questions += 1;
      age = nextQuestionAt(0, times, age, 0.5);
    }
    expect(age).toBe(72 * hour);
    expect(questions).toBeLessThanOrEqual(34);
  });

  it('never comes sooner than the first pause allows, nor past the end of asking', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 72 * hour - 1 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (age, random) => {
          const next = nextQuestionAt(0, times, age, random);
          expect(next).toBeGreaterThan(age);
          expect(next).toBeLessThanOrEqual(72 * hour);
          if (next < 72 * hour) expect(next - age).toBeGreaterThanOrEqual(0.9 * 30_000);
          expect(next - age).toBeLessThanOrEqual(1.1 * 3 * hour);
        },
      ),
    );
  });

  it('is asked for a while longer where the last had no answer', () => {
    expect(isOver(0, times, 72 * hour)).toBe(true);
    expect(isOverWithoutAnswer(0, times, 72 * hour)).toBe(false);
    expect(nextQuestionAt(0, times, 73 * hour, 0.5)).toBe(76 * hour);
    expect(isOverWithoutAnswer(0, times, 96 * hour)).toBe(true);
  });
});
