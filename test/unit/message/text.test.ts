import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkText,
  codePointName,
  countCharacters,
  encodingProblem,
  maxTextLengths,
  normalizeText,
  type TextRules,
} from '../../../src/message/text.ts';
import { decode, encode } from '../../support/encode.ts';

const utf8: TextRules = { charset: 'utf-8', maxTextLength: 160 };
const latin5: TextRules = { charset: 'iso-8859-9', maxTextLength: 160 };
const turkish = 'Değerli müşterimiz, İSTANBUL şubemize ığüşöç ĞÜŞİÖÇ bekleriz.';

describe('checkText', () => {
  it.each([utf8, latin5])('takes Turkish text, line breaks and tabs in $charset', (rules) => {
    expect(checkText(`${turkish}\n\tSon`, rules)).toBe(`${turkish}\n\tSon`);
  });

  it.each(['', ' ', '\n\t ', '\u00a0', '\u200b\ufeff', undefined, null])('refuses %j as empty', (text) => {
    expect(() => checkText(text, utf8)).toThrow(
      expect.objectContaining({ code: 'TEXT_EMPTY', field: 'text' }),
    );
  });

  it.each([5, {}, ['a'], true])('refuses %j as no text', (text) => {
    expect(() => checkText(text, utf8)).toThrow(expect.objectContaining({ code: 'TEXT_INVALID' }));
  });

  it('composes letters that come in pieces, so that text from macOS goes through and counts right', () => {
    expect(checkText(turkish.normalize('NFD'), latin5)).toBe(turkish);
  });

  it('makes every line break one LF, as an XML parser does', () => {
    expect(checkText('a\r\nb\rc\n', utf8)).toBe('a\nb\nc\n');
  });

  it.each(maxTextLengths)(
    'takes %i characters where that is the maximum, and not one more',
    (maxTextLength) => {
      const rules: TextRules = { ...utf8, maxTextLength };
      const longest = 'ş'.repeat(maxTextLength);
      expect(checkText(longest, rules)).toBe(longest);
      expect(() => checkText(`${longest}.`, rules)).toThrow(
        expect.objectContaining({
          code: 'TEXT_TOO_LONG',
          details: { characters: maxTextLength + 1, maximum: maxTextLength },
        }),
      );
    },
  );

  it('counts an emoji as two characters', () => {
    expect(countCharacters('a😀')).toBe(3);
    expect(() => checkText('😀'.repeat(81), utf8)).toThrow(
      expect.objectContaining({ code: 'TEXT_TOO_LONG' }),
    );
  });

  it('takes an emoji in UTF-8 and names it in ISO-8859-9', () => {
    expect(checkText('Selam 😀', utf8)).toBe('Selam 😀');
    expect(() => checkText('Selam 😀, €5 😀', latin5)).toThrow(
      expect.objectContaining({
        code: 'TEXT_NOT_ENCODABLE',
        details: { count: 3, position: 7, codePoint: 'U+1F600', character: '😀', charset: 'iso-8859-9' },
        message: expect.stringContaining('3 character(s)'),
      }),
    );
  });

  it.each(['€', '“', '”', '’', '–', '…', 'Š', 'Ð', 'ý', 'ə', '₺'])(
    'refuses %s in ISO-8859-9: only windows-1254 or nothing has it',
    (character) => {
      expect(() => checkText(`a${character}`, latin5)).toThrow(
        expect.objectContaining({ code: 'TEXT_NOT_ENCODABLE' }),
      );
      expect(checkText(`a${character}`, utf8)).toBe(`a${character}`);
    },
  );

  it.each([
    '\0',
    '\u0007',
    '\u000b',
    '\u001b',
    '\u007f',
    '\u0085',
    '\u009f',
    '\ud83d',
    '\ude00',
    '\ufffe',
    '\uffff',
  ])('refuses the control character or half pair %j in every character set', (character) => {
    for (const rules of [utf8, latin5]) {
      expect(() => checkText(`ab${character}`, rules)).toThrow(
        expect.objectContaining({
          code: 'TEXT_HAS_CONTROL_CHARACTER',
          details: { count: 1, position: 3, codePoint: codePointName(character.charCodeAt(0)) },
        }),
      );
    }
  });

  it('does not put a character into an error that would change how the error looks', () => {
    expect(encodingProblem('a\u202eb', 'iso-8859-9')).toMatchObject({
      character: '\ufffd',
      codePoint: 'U+202E',
    });
  });

  it('never tells the text', () => {
    for (const text of ['Sifreniz 123456 😀', 'Sifreniz 123456'.padEnd(200, '!'), 'Sifreniz 123456\0']) {
      expect(() => checkText(text, latin5)).toThrow(
        expect.objectContaining({ message: expect.not.stringMatching(/Sifreniz|123456/) }),
      );
    }
  });
});

describe('encodingProblem', () => {
  it('agrees with TextDecoder on every character of the basic plane that is no control character', () => {
    for (let code = 0xa0; code < 0xfffe; code += 1) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const character = String.fromCharCode(code);
      const survives = decode(encode(character, 'iso-8859-9'), 'iso-8859-9') === character;
      expect(encodingProblem(character, 'iso-8859-9') === undefined, codePointName(code)).toBe(survives);
    }
  });

  it('lets through exactly what UTF-8 and an XML document carry unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        if (encodingProblem(text, 'utf-8') !== undefined) return;
        expect(Buffer.from(text, 'utf8').toString('utf8')).toBe(text);
      }),
    );
  });
});

describe('normalizeText', () => {
  it('is done after once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const once = normalizeText(text);
        expect(normalizeText(once)).toBe(once);
        expect(once).toBe(text.normalize('NFC').replace(/\r\n?/g, '\n'));
      }),
    );
  });
});
