import { describe, expect, it } from 'vitest';
import { fold } from '../../../src/codes/fold.ts';

describe('fold', () => {
  it('makes spellings equal that differ only in case, in the Turkish i, or in white space', () => {
    for (const text of ['HATASI', 'hatası', 'Hatasi', ' HATASİ\r\n']) expect(fold(text)).toBe('hatasi');
    expect(fold('XML  \t null')).toBe('xml null');
    expect(fold('I\u0307')).toBe('i');
  });
});
