import { describe, expect, it } from 'vitest';
import { csvRecords, detectSeparator, splitLine } from '../../../../src/cli/csv/records.ts';
import { collect } from '../capture.ts';

async function* linesOf(text: string): AsyncGenerator<string, void> {
  yield* text.split('\n');
}

const recordsOf = (text: string) => collect(csvRecords(linesOf(text), { separator: ';', firstLine: 1 }));

describe('detectSeparator', () => {
  it.each([
    ['a;b;c', ';'],
    ['a,b', ','],
    ['a\tb', '\t'],
    ['a', ','],
    ['a;b,c;d', ';'],
    ['"a;b;c",d', ','],
  ])('finds the separator of "%s"', (header, separator) => {
    expect(detectSeparator(header)).toBe(separator);
  });
});

describe('splitLine', () => {
  it('keeps quotes within a cell and undoubles them in a quoted one', () => {
    expect(splitLine('1;12" ekran;"a ""b"" c"', ';')).toEqual(['1', '12" ekran', 'a "b" c']);
  });

  it('tells an open quote from one that stands wrong', () => {
    expect(splitLine('1;"a', ';')).toBeUndefined();
    expect(splitLine('1;"a" b', ';')).toBeNull();
  });
});

describe('csvRecords', () => {
  it('loses only the line whose quote was forgotten, even where a later quote would close it', async () => {
    expect(await recordsOf('1;"a\n2;b\n3;"c\n4;d')).toEqual([
      { line: 1, cells: undefined },
      { line: 2, cells: ['2', 'b'] },
      { line: 3, cells: undefined },
      { line: 4, cells: ['4', 'd'] },
    ]);
  });

  it('reads many lines behind a forgotten quote without loss', async () => {
    const more = Array.from({ length: 500 }, (_, index) => `${index};x`);
    const records = await recordsOf(['1;"a', ...more].join('\n'));
    expect(records).toHaveLength(501);
    expect(records.filter((record) => record.cells === undefined)).toHaveLength(1);
  });
});
