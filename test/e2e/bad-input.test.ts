import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encode } from '../support/encode.ts';
import { runCli, runProcess } from '../support/process.ts';
import { freshPrefix, sharedRedisUrl } from '../support/redis.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jetsms-csv-'));
});
afterAll(() => rm(folder, { recursive: true }));

const good = '0533 765 43 21';
const numberOrText = /765 ?43|Merhaba|Ayşe/;

function environment(extra: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return {
    JETSMS_REDIS_URL: sharedRedisUrl(),
    JETSMS_PREFIX: freshPrefix(),
    JETSMS_TITLE: 'FIRMA',
    ...extra,
  };
}

/** Sends to one number and gives the error that came of it; nothing may have been enqueued. */
async function refusedSend(args: readonly string[], extra: Readonly<Record<string, string>> = {}) {
  const { code, stdout, stderr } = await runCli(['send', ...args, '--json'], { env: environment(extra) });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  const { error } = JSON.parse(stderr);
  expect(error.message).not.toMatch(numberOrText);
  return error;
}

async function csvFile(content: string | Uint8Array): Promise<string> {
  const file = join(folder, `${crypto.randomUUID()}.csv`);
  await writeFile(file, content);
  return file;
}

/** Sends a CSV file and gives the summary. */
async function sendCsv(content: string | Uint8Array, text = 'Merhaba {ad}') {
  const args = ['send', '--csv', await csvFile(content), '--text', text, '--json'];
  const { code, stdout, stderr } = await runCli(args, { env: environment() });
  return { code, ...(stdout === '' ? JSON.parse(stderr) : JSON.parse(stdout)) };
}

describe('one message that cannot be sent is refused with its reason, and nothing is enqueued', () => {
  it.each([
    [
      'an unknown account',
      ['--to', good, '--text', 'Merhaba', '--account', 'shop'],
      'ACCOUNT_UNKNOWN',
      /Known: default/,
    ],
    ['an empty title', ['--to', good, '--text', 'Merhaba', '--title', ''], 'TITLE_MISSING', /title/],
    ['no recipients', ['--text', 'Merhaba'], 'NO_RECIPIENTS', /--to/],
    ['an empty number', ['--to', '', '--text', 'Merhaba'], 'NUMBER_EMPTY', /number/],
    ['a landline', ['--to', '0212 765 43 21', '--text', 'Merhaba'], 'NUMBER_NOT_MOBILE', /landline/],
    [
      'a text of 1,000 characters',
      ['--to', good, '--text', 'x'.repeat(1_000)],
      'TEXT_TOO_LONG',
      /1000 .* 160/,
    ],
    ['an empty text', ['--to', good, '--text', ' '], 'TEXT_EMPTY', /text/],
    [
      'an expired deadline',
      ['--to', good, '--text', 'Merhaba', '--deadline', '2020-01-31T09:00:00+03:00'],
      'DEADLINE_PAST',
      /passed/,
    ],
    [
      'a schedule in the past',
      ['--to', good, '--text', 'Merhaba', '--at', '2020-01-31T09:00:00+03:00'],
      'SCHEDULE_PAST',
      /in the past/,
    ],
    [
      'a time without a zone',
      ['--to', good, '--text', 'Merhaba', '--at', '2030-01-31 09:00'],
      'TIME_INVALID',
      /zone/,
    ],
    ['a lane that there is not', ['--to', good, '--text', 'Merhaba', '--lane', 'fast'], 'USAGE', /otp/],
  ])('%s', async (_, args, code, says) => {
    expect(await refusedSend(args)).toMatchObject({ code, message: expect.stringMatching(says) });
  });

  it('an emoji where the character set has none', async () => {
    const error = await refusedSend(['--to', good, '--text', 'Tamam 🌸'], { JETSMS_CHARSET: 'iso-8859-9' });
    expect(error).toMatchObject({ code: 'TEXT_NOT_ENCODABLE', message: expect.stringContaining('U+1F338') });
  });
});

describe('a CSV file that is wrong as a whole is refused, and nothing is enqueued', () => {
  it.each([
    ['a missing column', 'telefon;isim\n0533 765 43 21;Ayşe\n', 'CSV_COLUMN_MISSING', /"ad".*telefon, isim/],
    [
      'a duplicate header',
      'telefon;ad;AD\n0533 765 43 21;Ayşe;Ali\n',
      'CSV_COLUMN_DUPLICATE',
      /column 2 and column 3/,
    ],
    ['no header', '0533 765 43 21;Ayşe\n', 'CSV_HEADER_MISSING', /first line/],
    ['no lines', '', 'CSV_EMPTY', /no lines/],
    ['a header and nothing else', 'telefon;ad\n', 'CSV_NO_RECIPIENTS', /recipient/],
  ])('%s', async (_, content, code, says) => {
    const { error, ...rest } = await sendCsv(content);
    expect(rest).toEqual({ code: 2 });
    expect(error).toMatchObject({ code, message: expect.stringMatching(says) });
  });

  it('a file that is not there', async () => {
    const error = await refusedSend(['--csv', join(folder, 'none.csv'), '--text', 'Merhaba']);
    expect(error).toMatchObject({ code: 'FILE_UNREADABLE', message: expect.stringContaining('none.csv') });
  });
});

describe('a CSV file as it is written in Turkey is read', () => {
  const lines = 'telefon;ad\n05337654367;Ayşe\n05337654368;Gökçe\n';

  it.each([
    ['with a byte-order mark', `\uFEFF${lines}`],
    ['with semicolons', lines],
    ['with commas and CRLF', lines.replaceAll(';', ',').replaceAll('\n', '\r\n')],
    ['in Windows-1254', encode(lines, 'windows-1254')],
  ])('%s', async (_, content) => {
    expect(await sendCsv(content)).toMatchObject({ code: 0, enqueued: 2, refused: 0, problems: [] });
  });
});

describe('a bad line', () => {
  it('is reported with its line and reason, and the good ones are enqueued', async () => {
    const content = [
      'telefon;ad',
      '05337654367;Ayşe',
      '0212 765 43 21;Banka',
      '05337654368;',
      '05337654369;Ali;Veli',
      '05337654360;"Can',
      ';Cem',
      `05337654361;${'x'.repeat(1_000)}`,
      '05337654362;Gökçe',
      '0533 765 43 67;Ayşe',
    ].join('\n');
    const summary = await sendCsv(content);
    expect(summary).toMatchObject({ code: 1, lines: 9, enqueued: 2, repeated: 1, refused: 6 });
    expect(
      summary.problems.map(({ line, code }: { line: number; code: string }) => [line, code]).toSorted(),
    ).toEqual([
      [3, 'NUMBER_NOT_MOBILE'],
      [4, 'LINE_VALUE_MISSING'],
      [5, 'LINE_RAGGED'],
      [6, 'LINE_QUOTES'],
      [7, 'LINE_NUMBER_EMPTY'],
      [8, 'TEXT_TOO_LONG'],
    ]);
    expect(JSON.stringify(summary)).not.toMatch(numberOrText);
  });
});

describe('what spreadsheets write is read', () => {
  it.each([
    ['Telefon No', 'sep=;\nTelefon No;Ad\n="05337654367";Ayşe\n\'05337654368;Gökçe\n'],
    ['Cep Telefonu', 'Ad;Cep Telefonu\nAyşe;5337654367.0\nGökçe;"5,337654368E+9"\n'],
    ['CEP TEL', 'sep=,\nCEP TEL,AD\n5337654367.0,Ayşe\n"=""05337654368""",Gökçe\n'],
    ['GSM No', 'GSM NO\tAD\n0533 765 43 67\tAyşe\n0533-765-43-68\tGökçe\n'],
  ])('with its numbers under %s', async (_, content) => {
    expect(await sendCsv(content)).toMatchObject({ code: 0, enqueued: 2, refused: 0 });
  });
});

describe('what cannot be read is told by its line, and never texted', () => {
  it.each<[string, string | Uint8Array, readonly (readonly [number, string])[]]>([
    [
      'a bad byte',
      Buffer.concat([
        Buffer.from('telefon;ad\n05337654367;Ayşe\n05337654368;Vel'),
        Buffer.of(0xfe),
        Buffer.from('\n05337654369;Gökçe\n'),
      ]),
      [[3, 'LINE_UNREADABLE']],
    ],
    [
      'a file cut in mid-character',
      Buffer.from('telefon;ad\n05337654367;Ayşe\n05337654369;Gökçe\n05337654368;Iş').subarray(0, -1),
      [[4, 'LINE_UNREADABLE']],
    ],
    [
      'a forgotten quote',
      'telefon;ad\n05337654360;"Deli Ali\n05337654361;Veli\n05337654362;Ece"\n05337654367;Ayşe\n05337654369;Gökçe\n',
      [
        [2, 'LINE_QUOTES'],
        [3, 'LINE_QUOTES'],
        [4, 'LINE_QUOTES'],
      ],
    ],
    [
      'numbers that are not what they seem',
      'telefon;ad\n05337654367;Ayşe\n+53 5 123 4567;Ana\n00535 123 45 67;Veli\n5,33E+09;Ece\n05337654369;Gökçe\n',
      [
        [3, 'NUMBER_READ_AS_TURKISH'],
        [4, 'NUMBER_DOUBLE_ZERO'],
        [5, 'NUMBER_DIGITS_LOST'],
      ],
    ],
  ])('%s', async (_, content, problems) => {
    const summary = await sendCsv(content);
    expect(summary).toMatchObject({ code: 1, enqueued: 2, refused: problems.length });
    expect(summary.problems.map(({ line, code }: { line: number; code: string }) => [line, code])).toEqual(
      problems,
    );
  });
});

describe('a file without an end, or far too large, is refused before it is read', () => {
  const text = ['--text', 'Merhaba'];

  it('a device', async () => {
    expect(await refusedSend(['--csv', '/dev/zero', ...text])).toMatchObject({ code: 'FILE_NOT_REGULAR' });
  });

  it('a pipe that nobody ever writes into', async () => {
    const pipe = join(folder, 'pipe.csv');
    expect(await runProcess(['mkfifo', pipe])).toMatchObject({ code: 0 });
    expect(await refusedSend(['--csv', pipe, ...text])).toMatchObject({ code: 'FILE_NOT_REGULAR' });
  });

  it('a file of a terabyte, as soon as its size is known', async () => {
    const file = await csvFile('telefon;ad\n05337654367;Ayşe\n');
    await truncate(file, 2 ** 40);
    expect(await refusedSend(['--csv', file, ...text])).toMatchObject({
      code: 'CSV_TOO_LARGE',
      message: expect.stringContaining('JETSMS_CSV_MAX_BYTES'),
    });
  });

  it('a file above the limit that is set', async () => {
    const file = await csvFile('telefon;ad\n05337654367;Ayşe\n');
    const error = await refusedSend(['--csv', file, ...text], { JETSMS_CSV_MAX_BYTES: '20' });
    expect(error).toMatchObject({
      code: 'CSV_TOO_LARGE',
      message: expect.stringContaining('csvMaxBytes allows 20'),
    });
  });

  it('a file of nothing but zero bytes within the limit', async () => {
    const file = await csvFile(new Uint8Array(1_000_000));
    expect(await refusedSend(['--csv', file, ...text])).toMatchObject({ code: 'CSV_LINE_TOO_LONG' });
  });
});
