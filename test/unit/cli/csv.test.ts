import { describe, expect, it } from 'vitest';
import { type ColumnWishes, readRecipients } from '../../../src/cli/csv.ts';
import { encode } from '../../support/encode.ts';
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
    const content = encode(`telefon;ad\n${filler}5322;Işıl Ğ\n`, 'windows-1254');
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

  it.each<[string, string]>([
    ['sep=;', 'sep=;\ntelefon;ad\n5321;Ada\n5322;Işıl Ğ\n'],
    ['sep=, where the header has more semicolons', 'SEP=,\r\ntelefon,ad;;;\r\n5321,Ada\r\n5322,Işıl Ğ\r\n'],
    ['a tab as separator', 'sep=\t\ntelefon\tad\n5321\tAda\n5322\tIşıl Ğ\n'],
    [
      'sep=; behind a byte-order mark, and a blank line',
      '\uFEFFsep=;\n\ntelefon;ad\n5321;Ada\n5322;Işıl Ğ\n',
    ],
  ])('takes the separator that a line above the header names: %s', async (_, content) => {
    const lines = await read(content);
    expect(lines.map(([, to]) => to)).toEqual(['5321', '5322']);
  });

  it('counts the lines above the header too', async () => {
    expect(await read('sep=;\n\ntelefon;ad\n5321;Ada\n')).toEqual([[4, '5321', ada]]);
  });

  it('takes off what Excel writes around a number or a name', async () => {
    expect(await read('="Telefon No";Ad\n="05321234567";="Ada"\n"=""05321234568""";Ece\n')).toEqual([
      [2, '05321234567', { 'telefon no': '05321234567', ad: 'Ada' }],
      [3, '05321234568', { 'telefon no': '05321234568', ad: 'Ece' }],
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
    ['UTF-16', Buffer.from('\ufefftelefon;ad\n1;a\n', 'utf16le'), {}, 'CSV_ENCODING', 'CSV UTF-8'],
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
    ['no header, rounded', '5,32E+09;Ada\n', {}, 'CSV_HEADER_MISSING', 'telefon;ad'],
    ['an open quote in the header', 'telefon;"ad\n', {}, 'CSV_HEADER_UNREADABLE', ''],
    ['no line breaks at all', 'x'.repeat(200_000), {}, 'CSV_LINE_TOO_LONG', ''],
  ])('refuses a file with %s', async (_, content, wishes, code, words) => {
    expect(await failure(content, wishes)).toMatchObject({ code, message: expect.stringContaining(words) });
  });

  it('never repeats a number in an error', async () => {
    expect(String(await failure('0532 123 45 67;Ada\n'))).not.toContain('123');
  });
});

const windows = (text: string): Buffer => encode(text, 'windows-1254');

describe('the encoding of a line', () => {
  const names = async (...content: readonly (string | Uint8Array)[]) => {
    const parts = content.map((part) => (typeof part === 'string' ? Buffer.from(part) : part));
    const lines = await read(Buffer.concat(parts));
    return lines.map(([, what, values]) => (typeof values === 'object' ? values['ad'] : what));
  };
  const top = 'telefon;ad\n5321;Ayşe\n5322;Gökçe\n';

  it.each([0xff, 0xfe, 0xe9, 0x9f, 0x80])(
    'costs one line where a byte is bad (%i): the names of all others are right',
    async (byte) => {
      expect(await names(top, '5323;Vel', Buffer.of(byte), 'i\n5324;Iğdır\n')).toEqual([
        'Ayşe',
        'Gökçe',
        'LINE_UNREADABLE',
        'Iğdır',
      ]);
    },
  );

  it('costs the last line of a file that was cut in mid-character', async () => {
    expect(await names(top, Buffer.from('5323;Iş').subarray(0, -1))).toEqual([
      'Ayşe',
      'Gökçe',
      'LINE_UNREADABLE',
    ]);
  });

  it('is that of the line, where a file was put together from two', async () => {
    expect(await names(top, windows('5323;Işıl Şahin\n'), '5324;Şule\n')).toEqual([
      'Ayşe',
      'Gökçe',
      'Işıl Şahin',
      'Şule',
    ]);
  });

  it('is Windows-1254 throughout where no line is UTF-8, with one letter in a line or many', async () => {
    expect(await names(windows('telefon;ad\n5321;Ayşe\n5322;ODTÜ’lü\n5323;José\n5324;Genç'))).toEqual([
      'Ayşe',
      'ODTÜ’lü',
      'José',
      'Genç',
    ]);
  });

  it('is UTF-8 behind a byte-order mark, so a line in Windows-1254 is refused', async () => {
    expect(await names('\uFEFFtelefon;ad\n5321;Ada\n', windows('5322;Işıl\n'))).toEqual([
      'Ada',
      'LINE_UNREADABLE',
    ]);
  });

  it('is none for a line with zero bytes, and for what another program could not read', async () => {
    expect(await names(top, '5323;A\0li\n5324;Ay\ufffde\n5325;Ece\n')).toEqual([
      'Ayşe',
      'Gökçe',
      'LINE_UNREADABLE',
      'LINE_UNREADABLE',
      'Ece',
    ]);
  });
});

describe('a forgotten quote', () => {
  const a = '05331234567';
  const b = '05341234567';
  const c = '05351234567';
  const d = '05361234567';
  const dCan = [d, 'Can'];

  /** Number and name of each recipient, the code of each problem, in the order of the lines. */
  async function readNames(content: string, column = 'ad') {
    const lines = await collect(readRecipients(() => bytes([content])));
    return lines.map((line) =>
      line.kind === 'recipient' ? [line.to, line.values.get(column)] : line.problem.code,
    );
  }

  it('never makes one name of the lines behind it, whatever closes it', async () => {
    const content = `telefon;ad\n${a};"Deli Ali\n${b};Veli\n${c};Ece"\n${d};Can\n`;
    expect(await readNames(content)).toEqual(['LINE_QUOTES', 'LINE_QUOTES', 'LINE_QUOTES', dCan]);
  });

  it('is told with the number of each line that it costs, and with nothing of it', async () => {
    const content = `telefon;ad\n${d};Can\n${a};"Deli Ali\n${b};Ece"\n`;
    const lines = (await collect(readRecipients(() => bytes([content])))).slice(1);
    expect(lines).toEqual([
      { kind: 'problem', line: 3, problem: expect.objectContaining({ code: 'LINE_QUOTES' }) },
      { kind: 'problem', line: 4, problem: expect.objectContaining({ code: 'LINE_QUOTES' }) },
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/Ali|Ece|0533|0534/);
  });

  it.each([
    ['in the first of three columns', `ad;telefon;il\n"Ali;${a};Van\nEce";${b};Muş\nx;${d};Can\n`, 'il'],
    ['in the middle of three columns', `telefon;ad;il\n${a};"Ali;Van\n${b};Ece";Muş\n${d};x;Can\n`, 'il'],
    ['in the column of the numbers', `ad;telefon\nAli;"${a}\nEce;${b}"\nCan;${d}\n`, 'ad'],
    ['with commas', `telefon,ad\n${a},"Ali\n${b},Ece"\n${d},Can\n`, 'ad'],
    ['among ragged lines', `telefon;ad;il\n${a};"Ali\n${b};Ece";Muş\n${d};Can;x\n`, 'ad'],
    ['before a landline', `telefon;ad\n${a};"Ali\n0212 765 43 21;Ece"\n${d};Can\n`, 'ad'],
    ['before a number as Excel writes it', `telefon;ad\n${a};"Ali\n'${b};Ece"\n${d};Can\n`, 'ad'],
    ['before a quantity of Excel', `telefon;ad\n${a};"Ali\n5,341234567E+9;Ece"\n${d};Can\n`, 'ad'],
    ['before a rounded quantity', `telefon;ad\n${a};"Ali\n5,34E+09;Ece"\n${d};Can\n`, 'ad'],
    ['before a number with long dashes', `telefon;ad\n${a};"Ali\n0534–123–45–67;Ece"\n${d};Can\n`, 'ad'],
    [
      'before a number in wide digits',
      `telefon;ad\n${a};"Ali\n０５３４１２３４５６７;Ece"\n${d};Can\n`,
      'ad',
    ],
    ['before a number with a note', `telefon;ad\n${a};"Ali\n${b} (ev);Ece"\n${d};Can\n`, 'ad'],
    ['before two numbers in a cell', `telefon;ad\n${a};"Ali\n${b}, ${c};Ece"\n${d};Can\n`, 'ad'],
  ])('%s costs its lines and no other', async (_, content, column) => {
    expect(await readNames(content, column)).toEqual(['LINE_QUOTES', 'LINE_QUOTES', dCan]);
  });

  it('that is closed far below costs the lines with quotes, and the others are read by themselves', async () => {
    const between = Array.from({ length: 30 }, () => `${b};Veli`).join('\n');
    const lines = await readNames(`telefon;ad\n${a};"Deli Ali\n${between}\n${c};Ece"\n${d};Can\n`);
    expect(lines).toEqual(['LINE_QUOTES', ...Array(30).fill([b, 'Veli']), 'LINE_QUOTES', dCan]);
  });

  it('on the last line costs that line', async () => {
    expect(await readNames(`telefon;ad\n${d};Can\n${a};"Ali`)).toEqual([dCan, 'LINE_QUOTES']);
  });

  it('before another forgotten one costs each its own line', async () => {
    const content = `telefon;ad\n${a};"Ali\n${b};"Veli\n${d};Can\n`;
    expect(await readNames(content)).toEqual(['LINE_QUOTES', 'LINE_QUOTES', dCan]);
  });

  it('is not seen in quotes that are doubled, empty, or within a name', async () => {
    const content = `telefon;ad\n${a};"""Deli"" Ali"\n${b};""\n${c};Deli "Ece" Su\n${d};Can\n`;
    expect(await readNames(content)).toEqual([[a, '"Deli" Ali'], [b, ''], [c, 'Deli "Ece" Su'], dCan]);
  });

  it.each(['telefon;"ad', 'telefon;ad"', '"telefon;ad'])(
    'in the header refuses the file: %s',
    async (header) => {
      await expect(readNames(`${header}\n${a};Ali\n`)).rejects.toMatchObject({
        code: 'CSV_HEADER_UNREADABLE',
      });
    },
  );

  const address = 'Atatürk Cad. No: 5,\n34710 Kadıköy\nİstanbul';

  it.each([
    ['behind the number', `telefon;adres\n${a};"${address}"\n`],
    ['before the number', `adres;telefon\n"${address}";${a}\n`],
    ['with commas', `telefon,adres\n${a},"${address}"\n`],
    ['with commas, before the number', `adres,telefon\n"${address}",${a}\n`],
  ])('is not suspected in an address of several lines %s', async (_, content) => {
    expect(await readNames(content, 'adres')).toEqual([[a, address]]);
  });

  it('is not suspected for a number on a line of its own within a note', async () => {
    const content = `telefon;not\n${a};"Kardeşi:\n0212 765 43 21"\n`;
    expect(await readNames(content, 'not')).toEqual([[a, 'Kardeşi:\n0212 765 43 21']]);
  });

  it('is suspected where a cell holds what looks like recipients: they are not texted either', async () => {
    const content = `telefon;not\n${a};"Kardeşleri:\n${b};Veli\n${c};Ece"\n${d};Can\n`;
    expect(await readNames(content, 'not')).toEqual(['LINE_QUOTES', 'LINE_QUOTES', 'LINE_QUOTES', dCan]);
  });
});
