import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeXml, escapeXml } from '../../../src/jetsms/xml-text.ts';
import { encode, latin5 } from '../../support/encode.ts';

describe('escaping', () => {
  it('replaces the five characters of XML, and a carriage return that a parser would fold', () => {
    expect(escapeXml(`a&b<c>d"e'f\rg`)).toBe('a&amp;b&lt;c&gt;d&quot;e&apos;f&#13;g');
  });

  it('leaves every other text as it is', () => {
    expect(escapeXml('Merhaba Ayşe,\nkodunuz 4821 😀')).toBe('Merhaba Ayşe,\nkodunuz 4821 😀');
  });
});

describe('encoding in ISO-8859-9', () => {
  it('writes the byte that TextDecoder reads, for every character of the set', () => {
    expect(encodeXml(latin5, 'iso-8859-9')).toEqual(encode(latin5, 'iso-8859-9'));
  });

  it('writes the bytes that TextDecoder reads, for any text in the set', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...latin5)), (characters) => {
        const text = characters.join('');
        expect(encodeXml(text, 'iso-8859-9')).toEqual(encode(text, 'iso-8859-9'));
      }),
    );
  });

  it('writes a character that the set lacks as a character reference', () => {
    expect(encodeXml('ğÐ€😀\ud800', 'iso-8859-9').toString('latin1')).toBe('ð&#208;&#8364;&#128512;&#65533;');
  });
});

it('UTF-8 is the plain encoding', () => {
  expect(encodeXml('ğÐ€😀', 'utf-8')).toEqual(Buffer.from('ğÐ€😀'));
});
