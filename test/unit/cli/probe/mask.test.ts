import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMask, hideTexts } from '../../../../src/cli/probe/mask.ts';

const mask = createMask('905321234567', [
  { text: 'p&w', name: 'password' },
  { text: 'acme', name: 'user name' },
  { text: 'ACME BANK', name: 'title' },
  { text: 'mabc', name: 'own id' },
  { text: 'x', name: 'title' },
]);

describe('what a probe shows', () => {
  it.each([
    '905321234567',
    '5321234567',
    '05321234567',
    '+905321234567',
    '00905321234567',
    '0532 123 45 67',
    '+90 (532) 123-45-67',
    '532.123.45.67',
  ])('names the number in the spelling %j', (spelling) => {
    expect(mask(`<Phone>${spelling}</Phone>`)).toBe('<Phone><your number></Phone>');
  });

  it.each([' ', ';', '  ', '\t', '-'])('leaves %j in front of the number to be seen', (separator) => {
    for (const spelling of ['905321234567', '5321234567', '05321234567']) {
      expect(mask(`1${separator}${spelling}${separator}2`)).toBe(`1${separator}<your number>${separator}2`);
    }
  });

  it('names passwords, names and ids, as written and as XML writes them', () => {
    expect(mask('10 acme/p&w p&amp;w Acme Bank mabc')).toBe(
      '10 <user name>/<password> <password> <title> <own id>',
    );
  });

  it('keeps the length of other digits, and the form of a time', () => {
    expect(mask('00 2605201745161787848')).toBe('00 <19 digits>');
    expect(mask('1 20052026174602')).toBe('1 <time ddMMyyyyHHmmss>');
    expect(mask('5329876543 1234567')).toBe('<10 digits> <7 digits>');
  });

  it('keeps what tells nothing of anybody', () => {
    const reply = '<Status>1</Status><DeliveredDate>2026-05-20 17:46:02</DeliveredDate> x';
    expect(mask(reply)).toBe(reply);
  });

  it('masks a password of one character, and none that is empty', () => {
    expect(createMask('905321234567', [{ text: 'q', name: 'password' }])('q 1')).toBe('<password> 1');
    expect(createMask('905321234567', [{ text: '', name: 'password' }])('q 1')).toBe('q 1');
  });

  it('names a number of another country', () => {
    expect(createMask('4915112345678', [])('+49 151 12345678 4915112345678')).toBe(
      '<your number> <your number>',
    );
  });

  it('never shows seven digits in a row, nor the password, whatever comes', () => {
    const secret = fc.string({ minLength: 4, maxLength: 12 }).filter((text) => !/^[\w<> ]*$/.test(text));
    fc.assert(
      fc.property(fc.string(), secret, fc.stringMatching(/^\d{7,20}$/), (words, password, digits) => {
        const shown = createMask('905321234567', [{ text: password, name: 'password' }])(
          words + password + digits,
        );
        expect(shown).not.toMatch(/\d{7}/);
        expect(shown).not.toContain(password);
      }),
    );
  });
});

describe('the answer to a search', () => {
  it('keeps its form, and of the texts of others only their length', () => {
    const answer = (text: string, title: string) =>
      `<?xml version="1.0"?><a:Row x="1"><Status>1</Status><When>20.05.2026 17:46:02</When><MessageText>${text}</MessageText><Originator>${title}</Originator></a:Row>`;
    expect(hideTexts(answer('Kodunuz 4711', 'BANK'), ['Merhaba', 'ACME'])).toBe(
      answer('<12 characters>', '<4 characters>'),
    );
    expect(hideTexts(answer('Mer &amp; haba', 'ACME'), ['Mer & haba', 'ACME'])).toBe(
      answer('Mer &amp; haba', 'ACME'),
    );
  });

  it.each([
    ['Kodunuz 4711', '<12 characters>'],
    ['<a><![CDATA[Kodunuz <b>4711</b>]]></a>', '<a><31 characters></a>'],
    ['<a><![CDATA[Kodunuz', '<a><16 characters>'],
    ['<a>Kodunuz', '<a><7 characters>'],
    ['<a>1</a> <b/>', '<a>1</a> <b/>'],
    ['<a>471199</a>', '<a><6 characters></a>'],
    ['<a>2026-05-20T17:46:02.5+03:00</a>', '<a>2026-05-20T17:46:02.5+03:00</a>'],
  ])('%j is shown as %j', (body, shown) => {
    expect(hideTexts(body, [])).toBe(shown);
  });
});
