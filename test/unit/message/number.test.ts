import fc from 'fast-check';
import examples from 'libphonenumber-js/examples.mobile.json' with { type: 'json' };
import {
  getCountries,
  getCountryCallingCode,
  getExampleNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/mobile';
import { describe, expect, it } from 'vitest';
import { isMessageError } from '../../../src/message/errors.ts';
import { isProviderNumber, maskNumber, normalizeNumber } from '../../../src/message/number.ts';

describe('normalizeNumber', () => {
  it.each([
    '905321234567',
    '0532 123 45 67',
    '05321234567',
    '5321234567',
    '532 123 4567',
    '+90 (532) 123-45-67',
    '+905321234567',
    '+90 0532 123 45 67',
    '+90 (0)532 123 45 67',
    '00905321234567',
    '0090 532 123 45 67',
    '90 532 1234567',
    '(0532) 123 45 67',
    '0532.123.45.67',
    '0532/123/45/67',
    '0532-123-45-67',
    '  0532 123 45 67\r\n',
    '0532\u00a0123\u00a045\u00a067',
    '0532\u2009123\u201145\u201367',
    '0532 123 45\u221267',
    '\ufeff0532 123 45 67',
    '\u202a+90 532 123 45 67\u202c',
    '０５３２１２３４５６７',
    '＋９０ ５３２ １２３ ４５ ６７',
    '90 0532 123 45 67',
    '0090 0532 123 45 67',
    "'05321234567",
    "'+905321234567",
    '’05321234567',
    '5321234567.0',
    '5321234567,00',
    '05321234567.0',
    '905321234567.0',
    '5,321234567E+9',
    '5.321234567E+09',
    '9,05321234567E+11',
    5_321_234_567,
    905_321_234_567,
  ])('brings %j to the provider form', (input) => {
    expect(normalizeNumber(input)).toBe('905321234567');
  });

  it.each([
    ['+49 1511 2345678', '4915112345678'],
    ['0049 1511 2345678', '4915112345678'],
    ['+44 (0)7911 123456', '447911123456'],
    ['+994 50 123 45 67', '994501234567'],
    ['+599 9 512 3456', '59995123456'],
    ['+51 912 345 678', '51912345678'],
    ['+1 212 555 1234', '12125551234'],
    ['+90 533 821 12 34', '905338211234'],
    ['0542 851 23 45', '905428512345'],
  ])('takes the foreign or Cypriot mobile %s with its country code', (input, expected) => {
    expect(normalizeNumber(input)).toBe(expected);
  });

  it('takes ten digits without a country code as Turkish', () => {
    expect(normalizeNumber('5352345678')).toBe('905352345678');
  });

  it.each([
    ['', 'NUMBER_EMPTY'],
    ['   ', 'NUMBER_EMPTY'],
    [' - ()', 'NUMBER_EMPTY'],
    [undefined, 'NUMBER_EMPTY'],
    [null, 'NUMBER_EMPTY'],
    ['0212 123 45 67', 'NUMBER_NOT_MOBILE'],
    ['+90 312 123 45 67', 'NUMBER_NOT_MOBILE'],
    ['2121234567', 'NUMBER_NOT_MOBILE'],
    ['902121234567', 'NUMBER_NOT_MOBILE'],
    ['0850 123 45 67', 'NUMBER_NOT_MOBILE'],
    ['0800 123 45 67', 'NUMBER_NOT_MOBILE'],
    ['0900 123 45 67', 'NUMBER_NOT_MOBILE'],
    ['444 1 444', 'NUMBER_NOT_MOBILE'],
    ['+44 20 7123 4567', 'NUMBER_NOT_MOBILE'],
    ['+49 30 123456', 'NUMBER_NOT_MOBILE'],
    ['112', 'NUMBER_INVALID'],
    ['0532 123 45 6', 'NUMBER_INVALID'],
    ['0532 123 45 678', 'NUMBER_INVALID'],
    ['0905321234567', 'NUMBER_INVALID'],
    ['0592 123 45 67', 'NUMBER_INVALID'],
    ['0561 101 12 34', 'NUMBER_INVALID'],
    ['905611011234', 'NUMBER_INVALID'],
    ['0532 123 45 67, 0533 123 45 67', 'NUMBER_INVALID'],
    ['0532 123 45 67 / 0533 123 45 67', 'NUMBER_INVALID'],
    ['05321234567 x12', 'NUMBER_INVALID'],
    ['0532 ABC 45 67', 'NUMBER_INVALID'],
    ['tel:+905321234567', 'NUMBER_INVALID'],
    ['++905321234567', 'NUMBER_INVALID'],
    ['90+5321234567', 'NUMBER_INVALID'],
    ['+', 'NUMBER_INVALID'],
    ['+90', 'NUMBER_INVALID'],
    ['+999 123 456', 'NUMBER_INVALID'],
    ['+994 51 234 567', 'NUMBER_INVALID'],
    ['0000000000', 'NUMBER_INVALID'],
    ['1'.repeat(400), 'NUMBER_INVALID'],
    [5.5, 'NUMBER_INVALID'],
    [-5_321_234_567, 'NUMBER_INVALID'],
    [Number.NaN, 'NUMBER_INVALID'],
    [{}, 'NUMBER_INVALID'],
    [true, 'NUMBER_INVALID'],
    ['4915112345678', 'NUMBER_NEEDS_COUNTRY_CODE'],
    ['447911123456', 'NUMBER_NEEDS_COUNTRY_CODE'],
    [994_501_234_567, 'NUMBER_NEEDS_COUNTRY_CODE'],
    ['+90 392 223 45 67', 'NUMBER_NOT_MOBILE'],
    ['+0532 123 45 67', 'NUMBER_INVALID'],
    ['+00532 123 45 67', 'NUMBER_INVALID'],
    ['00+905321234567', 'NUMBER_INVALID'],
    ['O532 123 45 67', 'NUMBER_INVALID'],
    ['0532 l23 45 67', 'NUMBER_INVALID'],
    ['0532 123 45 67 dahili 12', 'NUMBER_INVALID'],
    ['0532-123-45-67/12', 'NUMBER_INVALID'],
    ['٠٥٣٢١٢٣٤٥٦٧', 'NUMBER_INVALID'],
  ])('refuses %j as %s', (input, code) => {
    expect(() => normalizeNumber(input)).toThrow(expect.objectContaining({ code, field: 'to' }));
  });

  it.each([
    ['Cuba', '+53 5 123 4567'],
    ['Belize', '+501 612 3456'],
    ['Guyana', '+592 612 3456'],
    ['Suriname', '+597 812 3456'],
    ['Bonaire', '+599 318 1234'],
  ])('refuses a number of %s whose ten digits JetSMS would read as a Turkish one', (_, input) => {
    expect(parsePhoneNumberFromString(input)?.isValid()).toBe(true);
    expect(() => normalizeNumber(input)).toThrow(
      expect.objectContaining({
        code: 'NUMBER_READ_AS_TURKISH',
        message: expect.stringContaining('write it without + or 00'),
      }),
    );
  });

  it.each(['00535 123 45 67', '00532 123 45 67', '000532 123 45 67', '0053 5 123 4567', '005016123456'])(
    'refuses %s, whose zero is doubled or whose country code hides a Turkish number, with that hint',
    (input) => {
      expect(() => normalizeNumber(input)).toThrow(
        expect.objectContaining({
          code: 'NUMBER_DOUBLE_ZERO',
          message: expect.stringContaining('Write one zero'),
        }),
      );
    },
  );

  it.each(['5.32E+09', '5,32123E+09', '5,3212345E+09', '9,05321E+11', '5E9'])(
    'refuses %s, which a spreadsheet has rounded, with that hint',
    (input) => {
      expect(() => normalizeNumber(input)).toThrow(
        expect.objectContaining({ code: 'NUMBER_DIGITS_LOST', message: expect.stringContaining('"text"') }),
      );
    },
  );

  it.each(['532123456.0', '532123456.5', '532123456,0', '0532 123 45 6²', '0532 123 45 6①'])(
    'makes no number of %s, in which a digit is missing',
    (input) => {
      expect(() => normalizeNumber(input)).toThrow(expect.objectContaining({ code: 'NUMBER_INVALID' }));
    },
  );

  it('sends out digits that JetSMS reads as the same number as was meant, whoever wrote them', () => {
    const codes = getCountries().map((country) => getCountryCallingCode(country));
    const written = fc.oneof(
      fc
        .tuple(fc.constantFrom('+', '00'), fc.constantFrom(...codes), fc.stringMatching(/^[0-9]{5,12}$/))
        .map((pieces) => pieces.join('')),
      // Countries whose numbers can have ten digits that begin with 5.
      fc
        .tuple(
          fc.constant('+'),
          fc.constantFrom('53', '501', '592', '597', '599'),
          fc.stringMatching(/^[5-8][0-9]{6,7}$/),
        )
        .map((pieces) => pieces.join('')),
      fc
        .tuple(fc.constantFrom('', '0', '00', '+', '90', '+90', '0090'), fc.stringMatching(/^5[0-9]{9}$/))
        .map((pieces) => pieces.join('')),
    );
    let accepted = 0;
    fc.assert(
      fc.property(written, (input) => {
        if (!accepts(input)) return;
        accepted += 1;
        const meant = parsePhoneNumberFromString(input.replace(/^00/, '+'), 'TR')?.number;
        expect(readByJetSms(normalizeNumber(input))).toBe(meant);
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it('takes the part of a prefix that is given out, and only that', () => {
    expect(normalizeNumber('0561 011 12 34')).toBe('905610111234');
    expect(normalizeNumber('905610111234')).toBe('905610111234');
  });

  it('agrees with libphonenumber on every Turkish number that begins with 5', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5_000_000_000, max: 5_999_999_999 }), (national) => {
        const valid = parsePhoneNumberFromString(`+90${national}`)?.isValid() === true;
        expect(accepts(`90${national}`)).toBe(valid);
        expect(accepts(`0${national}`)).toBe(valid);
      }),
    );
  });

  it('never throws anything but a MessageError, and never tells the number', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[+0-9 ()]{3,20}$/), fc.anything()), (input) => {
        try {
          expect(isProviderNumber(normalizeNumber(input))).toBe(true);
        } catch (error) {
          if (!isMessageError(error)) throw error;
          expect(JSON.stringify(error.details)).toBe('{}');
          if (typeof input === 'string' && input.length > 4) expect(error.message).not.toContain(input);
        }
      }),
    );
  });
});

describe('isProviderNumber', () => {
  it.each(['905321234567', '4915112345678', '59995123456'])('takes %s', (value) => {
    expect(isProviderNumber(value)).toBe(true);
  });

  it.each([
    '+905321234567',
    '05321234567',
    '90532 1234567',
    '123456',
    '5352345678',
    '1'.repeat(16),
    '',
    905_321_234_567,
    null,
  ])('does not take %j', (value) => {
    expect(isProviderNumber(value)).toBe(false);
  });
});

describe('maskNumber', () => {
  it.each([
    ['905321234567', '+90*****67'],
    ['+90 532 123 45 67', '+90*****67'],
    ['05321234567', '*****67'],
    ['5321234567', '*****67'],
    ['4915112345678', '+49*****78'],
    ['12025550143', '+1*****43'],
    ['79161234567', '+7*****67'],
    ['994501234567', '+994*****67'],
    ['35799123456', '+357*****56'],
    ['12345678', '+1*****78'],
    ['90123456', '*****'],
    ['1234567', '*****'],
    ['', '*****'],
    ['Sayın Ayşe', '*****'],
  ])('shows %j as %s', (number, masked) => {
    expect(maskNumber(number)).toBe(masked);
  });

  it('knows the country of every number that the library knows', () => {
    for (const country of getCountries()) {
      const number = getExampleNumber(country, examples)?.number.slice(1) ?? '';
      const code = getCountryCallingCode(country);
      // Those that leave fewer than five digits to hide show nothing; ten digits from 5 on may be Turkish ones.
      if (number.length - code.length < 7 || /^5\d{9}$/.test(number)) continue;
      expect([country, maskNumber(number)]).toEqual([country, `+${code}*****${number.slice(-2)}`]);
    }
  });

  it('is the same for every Turkish number with the same last two digits', () => {
    const numbers = Array.from({ length: 1_000 }, (_, n) => String(905_000_000_067 + n * 1_000_000));
    expect(new Set(numbers.map(maskNumber))).toEqual(new Set(['+90*****67']));
  });

  it('shows at most a country and two digits, and hides at least five, whatever it is given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9]{0,40}$/)), (text) => {
        const masked = maskNumber(text);
        const shown = masked.replace(/[^0-9]/g, '').length;
        expect(masked).toMatch(/^(?:\+[1-9][0-9]{0,2})?\*{5}(?:[0-9]{2})?$/);
        if (shown > 0) expect(text.replace(/[^0-9]/g, '').length - shown).toBeGreaterThanOrEqual(5);
      }),
    );
  });
});

/** What JetSMS makes of digits without a plus sign: the forms in which its own clients write Turkish numbers come first. */
function readByJetSms(digits: string): string {
  const turkish = /^(?:90|0)?(5[0-9]{9})$/.exec(digits)?.[1];
  return turkish === undefined ? `+${digits}` : `+90${turkish}`;
}

function accepts(input: string): boolean {
  try {
    normalizeNumber(input);
    return true;
  } catch {
    return false;
  }
}
