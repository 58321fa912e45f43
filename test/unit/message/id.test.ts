import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jobIdBytes, newJobId } from '../../../src/message/id.ts';

describe('the id of a send job', () => {
  it('is m and twenty characters that are hard to misread', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: jobIdBytes, maxLength: 40 }), (bytes) => {
        expect(newJobId(bytes)).toMatch(/^m[0-9a-hjkmnp-tv-z]{20}$/);
      }),
    );
  });

  it('follows from the bytes alone', () => {
    const bytes = Uint8Array.from({ length: jobIdBytes }, (_, index) => index * 13);
    expect(newJobId(bytes)).toBe(newJobId(bytes));
    expect(newJobId(new Uint8Array(jobIdBytes))).toBe('m00000000000000000000');
  });

  it('takes no less randomness than that', () => {
    expect(() => newJobId(new Uint8Array(jobIdBytes - 1))).toThrow(RangeError);
  });
});
