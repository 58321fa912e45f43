import { describe, expect, it } from 'vitest';
import type { CsvLine } from '../../../../src/cli/csv/lines.ts';
import { csvRecords, detectSeparator, namedSeparator, splitLine } from '../../../../src/cli/csv/records.ts';
import { collect } from '../capture.ts';

async function* linesOf(text: string): AsyncGenerator<CsvLine, void> {
  for (const line of text.split('\n')) yield line === '!' ? { fault: 'unreadable' } : { text: line };
}

/** Text with a semicolon counts as a record. */
const looksLikeRecord = (text: string): boolean => text.includes(';');
const recordsOf = (text: string) =>
  collect(csvRecords(linesOf(text), { separator: ';', firstLine: 1, looksLikeRecord }));

describe('detectSeparator', () => {
  it.each([
    ['a;b;c', ';'],
    ['a,b', ','],
    ['a\tb', '\t'],
    ['a|b', '|'],
    ['a', ','],
    ['a;b,c;d', ';'],
    ['"a;b;c",d', ','],
  ])('finds the separator of "%s"', (header, separator) => {
    expect(detectSeparator(header)).toBe(separator);
  });
});

describe('namedSeparator', () => {
  it.each([
    ['sep=;', ';'],
    ['SEP=,', ','],
    ['sep=\t', '\t'],
    ['sep=\\t', '\t'],
    ['sep=|', '|'],
    ['"sep=;"', ';'],
    ['sep=;;;', ';'],
    ['sep=;\t', ';'],
    ['sep', undefined],
    ['sep=', undefined],
    ['sep=x', undefined],
    ['telefon;ad', undefined],
  ])('reads %j as %j', (line, separator) => {
    expect(namedSeparator(line)).toBe(separator);
  });
});

describe('splitLine', () => {
  it('keeps quotes within a cell and undoubles them in a quoted one', () => {
    expect(splitLine('1;12" ekran;"a ""b"" c";"12""";Ali "Deli"', ';')).toEqual([
      '1',
      '12" ekran',
      'a "b" c',
      '12"',
      'Ali "Deli"',
    ]);
  });

  it('tells an open quote from one that stands wrong, or that none opens', () => {
    expect(splitLine('1;"a', ';')).toBeUndefined();
    expect(splitLine('1;"a" b', ';')).toBeNull();
    expect(splitLine('1;a"', ';')).toBeNull();
    expect(splitLine('1;a" b"" c"', ';')).toEqual(['1', 'a" b"" c"']);
  });

  it('takes off what Excel writes to keep a cell a text', () => {
    expect(splitLine('="0532";="Ayşe";"=""0533""";="a', ';')).toEqual(['0532', 'Ayşe', '0533', '="a']);
  });
});

describe('csvRecords', () => {
  it('loses only the line whose quote was forgotten where a later quote stands wrong for it', async () => {
    expect(await recordsOf('1;"a\n2;b\n3;"c\n4;d')).toEqual([
      { line: 1, fault: 'quotes' },
      { line: 2, cells: ['2', 'b'] },
      { line: 3, fault: 'quotes' },
      { line: 4, cells: ['4', 'd'] },
    ]);
  });

  it('refuses every line between a forgotten quote and the one that closes it', async () => {
    expect(await recordsOf('1;"a\n2;b\n3;c"\n4;d')).toEqual([
      { line: 1, fault: 'swallows' },
      { line: 2, fault: 'swallowed' },
      { line: 3, fault: 'swallowed' },
      { line: 4, cells: ['4', 'd'] },
    ]);
  });

  it('keeps a cell with line breaks that holds no records', async () => {
    expect(await recordsOf('1;"a\n\nb";c\n2;d')).toEqual([
      { line: 1, cells: ['1', 'a\n\nb', 'c'] },
      { line: 4, cells: ['2', 'd'] },
    ]);
  });

  it('refuses an unreadable line by itself, also within a cell', async () => {
    expect(await recordsOf('1;a\n!\n2;"b\n!\nc"\n3;d')).toEqual([
      { line: 1, cells: ['1', 'a'] },
      { line: 2, fault: 'unreadable' },
      { line: 3, fault: 'quotes' },
      { line: 4, fault: 'unreadable' },
      { line: 5, fault: 'quotes' },
      { line: 6, cells: ['3', 'd'] },
    ]);
  });

  it('reads many lines behind a forgotten quote without loss', async () => {
    const more = Array.from({ length: 500 }, (_, index) => `${index};x`);
    const records = await recordsOf(['1;"a', ...more].join('\n'));
    expect(records).toHaveLength(501);
    expect(records.filter((record) => 'fault' in record)).toHaveLength(1);
  });
});
