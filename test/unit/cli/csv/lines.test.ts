import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { textLines } from '../../../../src/cli/csv/lines.ts';
import { bytes, collect } from '../capture.ts';

const read = async (...chunks: readonly (string | Uint8Array)[]) => {
  const lines = await collect(textLines(() => bytes(chunks)));
  return lines.map((line) => ('text' in line ? line.text : `(${line.fault})`));
};
const windows = (text: string): Buffer => iconv.encode(text, 'windows-1254');
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

  it.each(['utf-16le', 'utf-16be', 'utf-32le'])('refuses a file in %s', async (encoding) => {
    await expect(read(iconv.encode('telefon;ad\n', encoding, { addBOM: true }))).rejects.toMatchObject({
      code: 'CSV_ENCODING',
    });
  });
});
