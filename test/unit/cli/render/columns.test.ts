import { describe, expect, it } from 'vitest';
import { layOutColumns, wrap } from '../../../../src/cli/render/columns.ts';

describe('layOutColumns', () => {
  it('aligns columns and leaves no space at the ends of lines', () => {
    expect(
      layOutColumns(
        [
          ['a', 'bb', 'c'],
          ['aaa', '', ''],
        ],
        Number.POSITIVE_INFINITY,
      ),
    ).toEqual(['a    bb  c', 'aaa']);
  });

  it('wraps the last column to the width', () => {
    expect(layOutColumns([['a', 'one two three four five six']], 24)).toEqual([
      'a  one two three four',
      '   five six',
    ]);
  });

  it('lays out more rows than a function takes arguments', () => {
    const lines = layOutColumns([['wide', 'x'], ...Array.from({ length: 200_000 }, () => ['a', 'b'])], 80);
    expect(lines).toHaveLength(200_001);
    expect(lines.at(-1)).toBe('a     b');
  });

  it('lays out nothing as nothing', () => {
    expect(layOutColumns([], 80)).toEqual([]);
  });
});

describe('wrap', () => {
  it('leaves a word longer than the width whole', () => {
    expect(wrap('a abcdefgh b', 4)).toEqual(['a', 'abcdefgh', 'b']);
  });
});
