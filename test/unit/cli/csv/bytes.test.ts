import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countRecipients, detectEncoding, fileBytes, textLines } from '../../../../src/cli/csv/bytes.ts';
import { bytes, collect } from '../capture.ts';

describe('fileBytes', () => {
  it('reads the same file twice', async () => {
    const open = fileBytes(fileURLToPath(import.meta.url));
    expect(Buffer.concat(await collect(open()))).toEqual(Buffer.concat(await collect(open())));
  });

  it('says clearly that there is no such file', async () => {
    await expect(collect(fileBytes('/nowhere/x.csv')())).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringContaining('ENOENT'),
    });
  });
});

describe('detectEncoding', () => {
  it.each<[string, readonly (string | Uint8Array)[], string]>([
    ['ASCII', ['abc'], 'utf-8'],
    ['a letter cut in two', [Uint8Array.of(0xc5), Uint8Array.of(0x9f)], 'utf-8'],
    ['a letter cut off at the end', [Uint8Array.of(0x61, 0xc5)], 'windows-1254'],
    ['a Windows-1254 letter', [Uint8Array.of(0xfe, 0x61)], 'windows-1254'],
  ])('takes %s for %s', async (_, chunks, encoding) => {
    expect(await detectEncoding(() => bytes(chunks))).toBe(encoding);
  });
});

describe('textLines', () => {
  it('gives the same lines however the bytes are cut into chunks', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\r\n', 'ş'), maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 4 }), async (whole, size) => {
        const all = new TextEncoder().encode(whole);
        const chunks = Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
          all.subarray(index * size, (index + 1) * size),
        );
        const lines = await collect(textLines(() => bytes(chunks), 'utf-8'));
        const expected = whole.split(/\r\n|\n|\r/);
        expect(lines).toEqual(expected.at(-1) === '' ? expected.slice(0, -1) : expected);
      }),
    );
  });
});

describe('countRecipients', () => {
  it.each([
    ['', 0],
    ['telefon;ad\n', 0],
    ['telefon;ad\n1;a\n2;b\n', 2],
    ['telefon;ad\n1;a\n2;b', 2],
  ])('counts the lines below the header of %j', async (content, count) => {
    expect(await countRecipients(() => bytes([...content]))).toBe(count);
  });
});
