import { describe, expect, it } from 'vitest';
import { countParts, hasUnwantedCharacter } from '../../../src/simulator/text.ts';

describe('hasUnwantedCharacter', () => {
  it.each(['Merhaba', 'ğüşıöçĞÜŞİÖÇ', 'satır\r\nsonu\tsekme', '£ § ÿ é'])('permits %j', (text) => {
    expect(hasUnwantedCharacter(text)).toBe(false);
  });

  it.each(['😀', '€', '“tırnak”', 'ő', '\u0007', '\u0085', 'ð'])('refuses %j', (text) => {
    expect(hasUnwantedCharacter(text)).toBe(true);
  });
});

describe('countParts', () => {
  it.each([
    [1, 1],
    [160, 1],
    [161, 2],
    [306, 2],
    [307, 3],
    [459, 3],
    [460, 4],
    [612, 4],
  ])('counts %i characters as %i parts', (length, parts) => {
    expect(countParts('x'.repeat(length))).toBe(parts);
  });
});
