import { describe, expect, it } from 'vitest';
import { languageOf } from '../../../src/gateway/language.ts';

describe('the language of an answer', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['*', 'en'],
    ['tr', 'tr'],
    ['tr-TR,tr;q=0.9,en-US;q=0.8,en;q=0.7', 'tr'],
    ['en-US,en;q=0.9,tr;q=0.8', 'en'],
    ['tr;q=0', 'en'],
    ['de, TR;q=0.5', 'tr'],
    ['tr;q=x', 'tr'],
    [`${'x,'.repeat(10_000)}tr`, 'en'],
  ] as const)('for %j is %s', (header, language) => {
    expect(languageOf(header)).toBe(language);
  });
});
