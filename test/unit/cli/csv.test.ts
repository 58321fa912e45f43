import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { type ColumnWishes, readRecipients } from '../../../src/cli/csv.ts';
import { bytes, collect } from './capture.ts';

/** Each recipient as [line, to, values], each problem as [line, code]. */
async function read(content: string | Uint8Array, wishes: ColumnWishes = {}) {
  const lines = await collect(readRecipients(() => bytes([content]), wishes));
  return lines.map((line) =>
    line.kind === 'recipient'
      ? [line.line, line.to, Object.fromEntries(line.values)]
      : [line.line, line.problem.code],
  );
}

const failure = (content: string | Uint8Array, wishes: ColumnWishes = {}): Promise<unknown> =>
  read(content, wishes).then(
    () => 'no error',
    (error: unknown) => error,
  );

const ada = { telefon: '5321', ad: 'Ada' };
const isil = { telefon: '5322', ad: 'Işıl Ğ' };
const both = [
  [2, '5321', ada],
  [3, '5322', isil],
];

describe('readRecipients', () => {
  it.each<[string, string]>([
    ['commas', 'telefon,ad\n5321,Ada\n5322,Işıl Ğ\n'],
    ['semicolons', 'telefon;ad\n5321;Ada\n5322;Işıl Ğ\n'],
    ['tabs', 'telefon\tad\n5321\tAda\n5322\tIşıl Ğ\n'],
    ['CRLF and no last line break', 'telefon;ad\r\n5321;Ada\r\n5322;Işıl Ğ'],
    ['CR', 'telefon;ad\r5321;Ada\r5322;Işıl Ğ\r'],
    ['quotes and spaces', '"telefon" ; "ad"\n"5321"; Ada \n 5322 ;"Işıl Ğ"\n'],
    ['semicolons, with commas in quotes', '"telefon";ad\n5321;Ada\n5322;Işıl Ğ\n'],
    ['empty columns at the end', 'telefon;ad;;\n5321;Ada;;\n5322;Işıl Ğ\n'],
    ['a byte-order mark', '\uFEFFtelefon;ad\n5321;Ada\n5322;Işıl Ğ\n'],
  ])('reads a file with %s', async (_, content) => {
    expect(await read(content)).toEqual(both);
  });

  it('reads Windows-1254 bytes, with the first Turkish letter far behind', async () => {
    const filler = '5321;Ada\n'.repeat(20_000);
    const content = iconv.encode(`telefon;ad\n${filler}5322;Işıl Ğ\n`, 'windows-1254');
    expect((await read(content)).at(-1)).toEqual([20_002, '5322', isil]);
  });

  it('leaves out blank lines and keeps the numbers of the others', async () => {
    expect(await read('\n\ntelefon;ad\n\n5321;Ada\n;\n  \n5322;Işıl Ğ\n')).toEqual([
      [5, '5321', ada],
      [8, '5322', isil],
    ]);
  });

  it('keeps the good lines of a file with bad ones, and says which are bad', async () => {
    const content = 'telefon;ad\n5321;Ada\n1\n1;2;3\n;Ali\n1;"x" y\n1;"Ali\n5322;Işıl Ğ\n';
    expect(await read(content)).toEqual([
      [2, '5321', ada],
      [3, 'LINE_RAGGED'],
      [4, 'LINE_RAGGED'],
      [5, 'LINE_NUMBER_EMPTY'],
      [6, 'LINE_QUOTES'],
      [7, 'LINE_QUOTES'],
      [8, '5322', isil],
    ]);
  });

  it('says how many fields a ragged line has', async () => {
    const lines = await collect(readRecipients(() => bytes(['gsm;ad\n1\n1;2;3;;\n'])));
    expect(lines.map((line) => line.kind === 'problem' && line.problem.message)).toEqual([
      'It has 1 fields; the header has 2.',
      'It has 3 fields; the header has 2.',
    ]);
  });

  it('reads a cell with line breaks and counts its lines', async () => {
    expect(await read('gsm;adres\r\n1;"a\r\nb"\r\n2;c\r\n')).toEqual([
      [2, '1', { gsm: '1', adres: 'a\nb' }],
      [4, '2', { gsm: '2', adres: 'c' }],
    ]);
  });

  it('takes the column that it is told to, and checks the placeholders', async () => {
    expect(await read('no;ad\n1;a\n', { toColumn: 'NO', required: ['AD'] })).toEqual([
      [2, '1', { no: '1', ad: 'a' }],
    ]);
  });

  it.each<[string, string | Uint8Array, ColumnWishes, string, string]>([
    ['nothing', '', {}, 'CSV_EMPTY', ''],
    ['blank lines only', '\n \n', {}, 'CSV_EMPTY', ''],
    ['a header only', 'telefon;ad\n', {}, 'CSV_NO_RECIPIENTS', ''],
    ['UTF-16', iconv.encode('telefon;ad\n1;a\n', 'utf-16'), {}, 'CSV_ENCODING', 'CSV UTF-8'],
    ['a duplicate column', 'telefon;Ad;AD\n', {}, 'CSV_COLUMN_DUPLICATE', '"AD" is column 2 and column 3.'],
    [
      'a missing column',
      'telefon;ad\n',
      { required: ['soyad'] },
      'CSV_COLUMN_MISSING',
      'Missing: "soyad". Columns: telefon, ad.',
    ],
    [
      'no such --to-column',
      'telefon;ad\n',
      { toColumn: 'x' },
      'CSV_COLUMN_MISSING',
      'Missing: "x". Columns: telefon, ad.',
    ],
    ['no number column', 'no;ad\n', {}, 'CSV_NUMBER_COLUMN_MISSING', 'Columns: no, ad.'],
    ['two number columns', 'telefon;gsm\n', {}, 'CSV_NUMBER_COLUMN_AMBIGUOUS', 'Candidates: telefon, gsm.'],
    ['no header', '05321234567;Ada\n', {}, 'CSV_HEADER_MISSING', 'telefon;ad'],
    ['an open quote in the header', 'telefon;"ad\n', {}, 'CSV_HEADER_UNREADABLE', ''],
    ['no line breaks at all', 'x'.repeat(200_000), {}, 'CSV_LINE_TOO_LONG', ''],
  ])('refuses a file with %s', async (_, content, wishes, code, words) => {
    expect(await failure(content, wishes)).toMatchObject({ code, message: expect.stringContaining(words) });
  });

  it('never repeats a number in an error', async () => {
    expect(String(await failure('0532 123 45 67;Ada\n'))).not.toContain('123');
  });
});
