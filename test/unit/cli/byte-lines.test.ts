import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteLines } from '../../../src/cli/byte-lines.ts';
import { bytes, collect } from './capture.ts';

async function linesOf(chunks: readonly string[]): Promise<string[]> {
  const lines = await collect(byteLines(bytes(chunks)));
  return lines.map((line) => new TextDecoder().decode(line));
}

describe('byteLines', () => {
  it.each<[readonly string[], readonly string[]]>([
    [[], []],
    [[''], []],
    [['a'], ['a']],
    [['a\n'], ['a']],
    [['a\n\nb'], ['a', '', 'b']],
    [['\n'], ['']],
    [
      ['a', 'b\nc', '\n'],
      ['ab', 'c'],
    ],
  ])('splits %j into %j', async (chunks, lines) => {
    expect(await linesOf(chunks)).toEqual(lines);
  });

  it('gives the same lines however the bytes are cut into chunks', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\n', 'ç'), maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 5 }), async (whole, size) => {
        const all = new TextEncoder().encode(whole);
        const chunks = Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
          all.subarray(index * size, (index + 1) * size),
        );
        const lines = await collect(byteLines(bytes(chunks)));
        const expected = whole.endsWith('\n') ? whole.slice(0, -1).split('\n') : whole.split('\n');
        expect(lines.map((line) => new TextDecoder().decode(line))).toEqual(whole === '' ? [] : expected);
      }),
    );
  });
});
