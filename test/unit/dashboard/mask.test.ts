import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskAnswer, withoutNumbers, withoutWordsOf } from '../../../src/dashboard/mask.ts';

/** Numbers as the queue holds them. */
const number = fc
  .tuple(fc.constantFrom('9053', '9055', '4915', '1202'), fc.integer({ min: 0, max: 99_999_999 }))
  .map(([prefix, rest]) => `${prefix}${String(rest).padStart(8, '0')}`);

/** The ways in which people write a number. */
const spelling = number.chain((digits) => {
  const national = digits.slice(2);
  const groups = [national.slice(0, 3), national.slice(3, 6), national.slice(6, 8), national.slice(8)];
  return fc.constantFrom(
    digits,
    national,
    `+${digits}`,
    `0${groups.join(' ')}`,
    `0${groups.join('-')}`,
    `(0${groups[0]}) ${groups.slice(1).join(' ')}`,
    `+90.${groups.join('.')}`,
    `${groups.join('\u00a0')}`,
  );
});

const words = fc.stringMatching(/^[a-zçğıöşü :;,!«»]{0,20}$/);

describe('withoutNumbers', () => {
  it('leaves no number, however it is written and wherever it stands', () => {
    fc.assert(
      fc.property(words, spelling, words, (before, written, after) => {
        const masked = withoutNumbers(`${before}${written}${after}`);
        expect(masked.replace(/\D/g, '')).toBe('');
      }),
    );
  });

  it('leaves times, counts and codes as they are', () => {
    const line = '1. 2026-11-22T13:56:23Z refused 12: title wrong → retry in 30000 ms by web-1-4711';
    expect(withoutNumbers(line)).toBe(line);
  });

  it('is not misled by a number that touches a time', () => {
    expect(withoutNumbers('9053212345672026-11-22T13:56:23Z')).not.toContain('905321234567');
    expect(withoutNumbers('2026-11-22T13:56:23Z905321234567')).toBe('2026-11-22T13:56:23Z*');
  });
});

describe('withoutWordsOf', () => {
  const text = fc
    .string({ minLength: 4, maxLength: 60, unit: 'grapheme' })
    .filter((one) => /[\p{L}\p{N}]{3}/u.test(one));

  it('leaves no text of ours that is quoted whole', () => {
    fc.assert(
      fc.property(text, words, words, (own, before, after) => {
        expect(withoutWordsOf(`${before} ${own} ${after}`, [own])).not.toContain(own);
      }),
    );
  });

  it('leaves no word of ours, in whatever case, and no piece of one', () => {
    const own = 'Kodunuz 482913, kimseyle PAYLAŞMAYIN. İyi günler';
    for (const piece of [
      'kodunuz',
      'KODUNUZ',
      '482913',
      '4829',
      'paylaşmayın',
      'Paylasmayin',
      'iyi',
      'İYİ',
      'kims',
    ]) {
      expect(withoutWordsOf(`hata: ${piece} olmadi`, [own])).toBe('hata: * olmadi');
    }
  });

  it('keeps what the others say for themselves', () => {
    expect(withoutWordsOf('outbox name not approved', ['Merhaba Ayşe'])).toBe('outbox name not approved');
  });
});

describe('maskAnswer', () => {
  const key = fc.constantFrom('a', 'data', 'failedReason', 'stacktrace', 'id', 'timestamp', 'name', 'note');

  /** Any JSON with a number somewhere in it, as text or as a JSON number. */
  const answerWith = (leaf: fc.Arbitrary<unknown>) =>
    fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('node'), { maxLength: 4 }),
        fc.dictionary(key, tie('node'), { maxKeys: 4 }),
      ),
    })).node;

  it('leaves no number in any answer, in strings, in names and in numbers', () => {
    fc.assert(
      fc.property(
        number.chain((digits) =>
          fc.tuple(fc.constant(digits), answerWith(fc.constantFrom(digits, `to ${digits}`))),
        ),
        ([digits, answer]) => {
          expect(JSON.stringify(maskAnswer({ answer, [digits]: 1, note: Number(digits) }))).not.toContain(
            digits,
          );
        },
      ),
    );
  });

  it('hides whatever stands under a telling name, and every secret anywhere', () => {
    const answer = { to: ['x'], text: { a: 'hello' }, Password: 1, list: ['it was hunter22 again'] };
    expect(maskAnswer(answer, ['hunter22'])).toEqual({
      to: '[hidden]',
      text: '[hidden]',
      Password: '[hidden]',
      list: ['it was [hidden] again'],
    });
  });

  it('keeps ids of ours, group ids, times and sizes', () => {
    const answer = {
      id: 'm12345678901234567890',
      rootId: 'k123456789012345678901234-1234567890123456-123456789012.r1',
      deduplicationId: 'c12345678901234567890-12',
      groupId: '130228114512',
      timestamp: 1_795_355_261_022,
      memory: { total: 16_777_216_000 },
      counts: { waiting: 100_000 },
    };
    expect(maskAnswer(answer)).toEqual(answer);
  });

  it('masks an id that is none of ours', () => {
    expect(maskAnswer({ id: 'sms-905321234567' })).toEqual({ id: 'sms-*' });
  });
});
