import { describe, expect, it } from 'vitest';
import { checkReference, maxReferenceLength } from '../../../src/message/reference.ts';

const codeOf = (reference: unknown, charset: 'utf-8' | 'iso-8859-9' = 'utf-8'): unknown => {
  try {
    return checkReference(reference, charset);
  } catch (error) {
    return (error as { readonly code?: unknown }).code;
  }
};

describe('a reference', () => {
  it('is kept as it is, or left out', () => {
    expect(codeOf(undefined)).toBeUndefined();
    expect(codeOf('sipariş 17')).toBe('sipariş 17');
    expect(codeOf('x'.repeat(maxReferenceLength))).toHaveLength(maxReferenceLength);
  });

  it.each(['', 'x'.repeat(maxReferenceLength + 1), 'two\nlines', 'a\u0000', 17, null])(
    'cannot be %j',
    (reference) => {
      expect(codeOf(reference)).toBe('REFERENCE_INVALID');
    },
  );

  it('has no character that the account cannot send', () => {
    expect(codeOf('€', 'iso-8859-9')).toBe('REFERENCE_INVALID');
    expect(codeOf('€')).toBe('€');
  });
});
