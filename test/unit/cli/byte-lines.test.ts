import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ByteLinesOptions, byteLines } from '../../../src/cli/byte-lines.ts';
import { bytes, collect } from './capture.ts';

const lf: ByteLinesOptions = { maxBytes: 1_000, breaks: 'lf' };
const any: ByteLinesOptions = { maxBytes: 1_000, breaks: 'any' };

async function linesOf(
  chunks: readonly (string | Uint8Array)[],
  options: ByteLinesOptions,
): Promise<string[]> {
  const lines = await collect(byteLines(bytes(chunks), options));
  return lines.map((line) => new TextDecoder().decode(line));
}

function inChunksOf(text: string, size: number): Uint8Array[] {
  const all = new TextEncoder().encode(text);
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.subarray(index * size, (index + 1) * size),
  );
}

describe('byteLines', () => {
  it.each<[readonly string[], readonly string[]]>([
    [[], []],
    [[''], []],
    [['a'], ['a']],
    [['a\n'], ['a']],
    [['a\n\nb'], ['a', '', 'b']],
    [['\n'], ['']],
    [['a\r\nb\rc'], ['a\r', 'b\rc']],
    [
      ['a', 'b\nc', '\n'],
      ['ab', 'c'],
    ],
  ])('splits %j at LF into %j', async (chunks, lines) => {
    expect(await linesOf(chunks, lf)).toEqual(lines);
  });

  it.each<[readonly string[], readonly string[]]>([
    [['a\r\nb\rc\nd'], ['a', 'b', 'c', 'd']],
    [
      ['a\r', '\nb'],
      ['a', 'b'],
    ],
    [
      ['a\r', 'b'],
      ['a', 'b'],
    ],
    [['a\r\r\n\n'], ['a', '', '']],
  ])('splits %j at any break into %j', async (chunks, lines) => {
    expect(await linesOf(chunks, any)).toEqual(lines);
  });

  it('gives the same lines however the bytes are cut into chunks', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\r\n', 'ç'), maxLength: 30 });
    const cases = [
      [lf, /\n/],
      [any, /\r\n|\n|\r/],
    ] as const;
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom(...cases),
        async (whole, size, [options, breaks]) => {
          const expected = whole.split(breaks);
          if (expected.at(-1) === '') expected.pop();
          expect(await linesOf(inChunksOf(whole, size), options)).toEqual(expected);
        },
      ),
    );
  });

  it('cuts a line that is too long, once, and gives the others whole', async () => {
    const text = 'abcd\nabcde\nabcdefghij\nab\n';
    for (const size of [1, 3, 100]) {
      expect(await linesOf(inChunksOf(text, size), { maxBytes: 4, breaks: 'any' })).toEqual([
        'abcd',
        'abcde',
        'abcde',
        'ab',
      ]);
    }
  });

  it('gives the first line of a stream that never ends nor breaks, after reading little of it', async () => {
    let chunks = 0;
    async function* zeros(): AsyncGenerator<Uint8Array, void> {
      for (;;) {
        chunks += 1;
        yield new Uint8Array(65_536);
      }
    }
    const lines = byteLines(zeros(), { maxBytes: 100_000, breaks: 'any' });
    expect((await lines.next()).value).toHaveLength(100_001);
    expect(chunks).toBe(2);
    await lines.return();
  });
});
