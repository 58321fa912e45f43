import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textLines } from '../../../../src/cli/csv/lines.ts';
import { encode } from '../../../support/encode.ts';
import { bytes, collect } from '../capture.ts';

const read = async (...chunks: readonly (string | Uint8Array)[]) => {
  const lines = await collect(textLines(() => bytes(chunks)));
  return lines.map((line) => ('text' in line ? line.text : `(${line.fault})`));
};
const windows = (text: string): Buffer => encode(text, 'windows-1254');
const mark = Buffer.of(0xef, 0xbb, 0xbf);

describe('textLines', () => {
  it('gives the same lines however the bytes are cut into chunks', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\r\n', 'ş'), maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 4 }), async (whole, size) => {
        const all = new TextEncoder().encode(whole);
        const chunks = Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
          all.subarray(index * size, (index + 1) * size),
        );
        const expected = whole.split(/\r\n|\n|\r/);
        expect(await read(...chunks)).toEqual(expected.at(-1) === '' ? expected.slice(0, -1) : expected);
      }),
    );
  });

  it('refuses only the line with a bad byte, whether the others come before or behind it', async () => {
    const bad = Buffer.of(0x56, 0xfe);
    expect(await read(bad, '\nAyşe\n', bad, '\nGökçe\n')).toEqual([
      '(unreadable)',
      'Ayşe',
      '(unreadable)',
      'Gökçe',
    ]);
  });

  it('refuses only the last line of a file that is cut in mid-character', async () => {
    expect(await read('Ayşe\nGökçe\n', Buffer.from('Iş').subarray(0, -1))).toEqual([
      'Ayşe',
      'Gökçe',
      '(unreadable)',
    ]);
  });

  it('reads a file whose lines are in either encoding', async () => {
    expect(await read('Ayşe\n', windows('Işıl Ğ\nGökçe\n'), 'Şule\n')).toEqual([
      'Ayşe',
      'Işıl Ğ',
      'Gökçe',
      'Şule',
    ]);
  });

  it('reads Windows-1254 in which a line looks like UTF-8', async () => {
    expect(await read(windows('Ayşe\nODTÜ’ye\nVeli\n'))).toEqual(['Ayşe', 'ODTÜ’ye', 'Veli']);
  });

  it('takes a byte-order mark off, and then for UTF-8 only', async () => {
    expect(await read(mark, 'ad\nAyşe\n', windows('Işıl Ğ\n'))).toEqual(['ad', 'Ayşe', '(unreadable)']);
  });

  it('refuses a line with zero bytes, and one that is too long, by themselves', async () => {
    expect(await read('a\n\0\0\nb\n', 'x'.repeat(100_001), '\nc\n')).toEqual([
      'a',
      '(unreadable)',
      'b',
      '(too-long)',
      'c',
    ]);
  });

  const marked = '\ufefftelefon;ad\n';
  it.each([
    ['UTF-16, low byte first', Buffer.from(marked, 'utf16le')],
    ['UTF-16, high byte first', Buffer.from(marked, 'utf16le').swap16()],
    ['UTF-32', Buffer.from(Uint32Array.from(marked, (character) => character.charCodeAt(0)).buffer)],
  ])('refuses a file in %s', async (_, content) => {
    await expect(read(content)).rejects.toMatchObject({ code: 'CSV_ENCODING' });
  });
});
