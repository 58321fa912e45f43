import { describe, expect, it } from 'vitest';
import { answers, foldAnswer } from '../../../src/metrics/labels.ts';

describe('the sets of label values', () => {
  it.each(answers)('know the answer %s as it is', (answer) => {
    expect(foldAnswer(answer)).toBe(answer);
  });

  it.each([
    ['99', 'unknown'],
    ['777', 'unknown'],
    ['http-401', 'http-4xx'],
    ['http-302', 'http-3xx'],
    ['http-500', 'http-5xx'],
    ['http-429', 'http-429'],
    ['905321234567', 'other'],
    ['Sayın müşterimiz', 'other'],
    ['', 'other'],
  ])('fold %j into %s', (answer, label) => {
    expect(foldAnswer(answer)).toBe(label);
  });
});
