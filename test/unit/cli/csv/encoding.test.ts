import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLine, type EncodingEvidence, traceOf } from '../../../../src/cli/csv/encoding.ts';
import { encode } from '../../../support/encode.ts';

const nothing: EncodingEvidence = { hasByteOrderMark: false, hasUtf8: false, hasWindows1254: false };
const windows = (text: string): Buffer => encode(text, 'windows-1254');
const utf8 = (text: string): Buffer => Buffer.from(text);
const withByte = (text: string, byte: number): Buffer =>
  Buffer.concat(
    text.split('*').flatMap((piece, index) => [...(index ? [Buffer.of(byte)] : []), utf8(piece)]),
  );

describe('what a line says of its encoding', () => {
  it.each<[string, Buffer, string]>([
    ['ASCII', utf8('Ada'), 'ascii'],
    ['Turkish letters in UTF-8', utf8('Ayşe'), 'utf-8'],
    ['a quotation mark in UTF-8', utf8('Ali’nin'), 'utf-8'],
    ['an emoji', utf8('Ali 🌸'), 'utf-8'],
    ['Cyrillic in UTF-8', utf8('Иван'), 'utf-8'],
    ['two signs of Windows-1254 that look like UTF-8', windows('ODTÜ’ye'), 'perhaps-utf-8'],
    ['one Turkish letter in Windows-1254', windows('Ayşe'), 'perhaps-windows-1254'],
    ['several Turkish letters in Windows-1254', windows('Işıl Ğ'), 'windows-1254'],
    ['a letter of another language in Windows-1254', windows('José Işıl'), 'perhaps-windows-1254'],
    ['UTF-8 with a byte that is none', withByte('Ayşe*', 0xff), 'broken'],
    ['UTF-8 that is cut in mid-character', utf8('Ayş').subarray(0, -1), 'broken'],
    ['UTF-8 that is cut in the mid of a quotation mark', utf8('Ali’').subarray(0, -1), 'broken'],
  ])('%s', (_, line, trace) => {
    expect(traceOf(line)).toBe(trace);
  });
});

describe('decodeLine', () => {
  it.each<[string, Buffer, Partial<EncodingEvidence>, string]>([
    ['UTF-8 where there is Windows-1254 too', utf8('Ayşe'), { hasWindows1254: true }, 'Ayşe'],
    ['one Turkish letter in Windows-1254', windows('Ayşe'), { hasWindows1254: true }, 'Ayşe'],
    ['several, also where other lines are UTF-8', windows('Işıl Ğ'), { hasUtf8: true }, 'Işıl Ğ'],
    [
      'letters of other languages and signs',
      windows('José’nin “Kâğıt”ı – %5 €'),
      {},
      'José’nin “Kâğıt”ı – %5 €',
    ],
    ['ODTÜ’ye among Windows-1254', windows('ODTÜ’ye'), { hasWindows1254: true }, 'ODTÜ’ye'],
    ['other alphabets in UTF-8', utf8('Иван عمر'), {}, 'Иван عمر'],
    ['names with Ä, Å and Ã in UTF-8', utf8('Äkäslompolo Åsa São'), {}, 'Äkäslompolo Åsa São'],
  ])('reads %s', (_, line, evidence, text) => {
    expect(decodeLine(line, { ...nothing, ...evidence })).toBe(text);
  });

  it.each<[string, Buffer, Partial<EncodingEvidence>]>([
    ['a bad byte in a line that has UTF-8', withByte('Ayşe*', 0xfe), {}],
    [
      'a bad byte that could be a letter, where other lines are UTF-8',
      withByte('Veli*', 0xfe),
      { hasUtf8: true },
    ],
    ['the first half of a letter', withByte('Ay*e', 0xc5), {}],
    ['the second half of ş', withByte('Ay*e', 0x9f), {}],
    ['the second half of ı', withByte('Y*lmaz', 0xb1), {}],
    ['a line cut in mid-character', utf8('Ayş').subarray(0, -1), {}],
    ['Windows-1254 behind a byte-order mark', windows('Işıl Ğ'), { hasByteOrderMark: true }],
    ['a zero byte', utf8('Al\0i'), {}],
    ['what another program could not read', utf8('Ay\ufffde'), {}],
    ...[...'çÇğĞıİöÖşŞüÜ'].flatMap((letter): [string, Buffer, Partial<EncodingEvidence>][] =>
      ['windows-1252', 'windows-1254'].map((encoding) => [
        `${letter} that was read as ${encoding} and encoded once more`,
        utf8(new TextDecoder(encoding).decode(utf8(letter))),
        { hasByteOrderMark: true, hasUtf8: true },
      ]),
    ),
    ['a place that Windows-1254 leaves empty', withByte('Ali*', 0x81), {}],
  ])('refuses %s', (_, line, evidence) => {
    expect(decodeLine(line, { ...nothing, ...evidence })).toBeUndefined();
  });

  it('reads any Turkish line that is wholly in one of the two, by itself', () => {
    const text = fc.string({
      unit: fc.constantFrom(...'abcçdefgğhıijklmnoöprsştuüvyzÇĞİÖŞÜ 059;'),
      maxLength: 30,
    });
    fc.assert(
      fc.property(text, fc.constantFrom(utf8, windows), (line, encode) => {
        expect(decodeLine(encode(line), nothing)).toBe(line);
      }),
    );
  });

  it('never makes another text of a Turkish line in UTF-8 of which one byte was changed beyond ASCII', () => {
    const letters = 'abcçdefgğhıijklmnoöprsştuüvyzÇĞİÖŞÜ 059;';
    const text = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(text, fc.nat(), fc.integer({ min: 0x80, max: 0xff }), (line, place, byte) => {
        const damaged = utf8(line);
        damaged[place % damaged.length] = byte;
        const read = decodeLine(damaged, { ...nothing, hasUtf8: true });
        // A changed byte can be another letter of UTF-8; it never becomes one of Windows-1254.
        if (read !== undefined) expect(utf8(read)).toEqual(damaged);
      }),
    );
  });
});
