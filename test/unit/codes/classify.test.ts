import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  classify,
  codeTable,
  findRow,
  parseReply,
  unofficialCodes,
  unofficialRows,
} from '../../../src/codes/index.ts';
import { encode } from '../../support/encode.ts';

const listedCodes: ReadonlySet<string> = new Set([...codeTable, ...unofficialRows].map(({ code }) => code));

describe('classify', () => {
  it.each(codeTable.filter((row) => row.literal !== null))('finds row $id by its literal reply', (row) => {
    expect(classify(parseReply(row.literal ?? ''))).toMatchObject({ kind: 'listed', row: { id: row.id } });
  });

  it.each(codeTable.filter((row) => row.literal === null))('finds row $id by its bare code', (row) => {
    expect(classify(parseReply(row.code))).toMatchObject({ kind: 'listed', row: { id: row.id } });
  });

  it('keeps the group id of an accepted request as it came', () => {
    expect(classify(parseReply('00 2605201745161787848\r\n'))).toMatchObject({
      kind: 'listed',
      code: '00',
      groupId: '2605201745161787848',
    });
  });

  const id = '130228114512';

  it.each([
    [`00 ${id}`, id],
    [`00 ${id} extra`, id],
    [`00 ${id}\r\n<!-- node2 -->`, id],
    [`00 ${id}\r\nOK`, id],
    [`\ufeff 00\t${id}\u0000`, id],
    ['00 123456789', '123456789'],
    [`00 ${'1'.repeat(25)}`, '1'.repeat(25)],
    ['00', undefined],
    ['00\r\n', undefined],
    ['00 OK', undefined],
    ['00 null', undefined],
    ['00 0', undefined],
    ['00 12345678', undefined],
    ['00 5321234567', undefined],
    ['00 05321234567', undefined],
    ['00 905321234567', undefined],
    ['00 00905321234567', undefined],
    [`00 ${'1'.repeat(26)}`, undefined],
    [`00 -${id}`, undefined],
    [`00 ${id}abc`, undefined],
    [`00 id=${id}`, undefined],
    [`00 OK ${id}`, undefined],
    ['00 <html>', undefined],
    ['00 two words', undefined],
  ])('takes %j for an acceptance, with the id %s', (line, groupId) => {
    const accepted = classify(parseReply(line));
    expect(accepted).toMatchObject({ kind: 'listed', code: '00', row: { class: 'accepted' } });
    expect('groupId' in accepted ? accepted.groupId : undefined).toBe(groupId);
  });

  it.each(['0 130228114512', '000 130228114512', '01 x', '20', '99 x', '502 Bad Gateway'])(
    'never takes "%s" for success',
    (line) => {
      expect(['unknown-code', 'not-a-reply']).toContain(classify(parseReply(line)).kind);
    },
  );

  it.each(['03 Password must be fill', '28 unauthorized ip', '28'])(
    'takes "%s" for the fault of the account that it is, although the list lacks it',
    (line) => {
      expect(classify(parseReply(line))).toMatchObject({
        kind: 'listed',
        row: { official: false, class: 'terminal', scope: 'account', description: null },
      });
    },
  );

  it.each(unofficialCodes.filter(({ code }) => !listedCodes.has(code)))(
    'treats $code as a code that nobody knows, and only tells what public clients take it for',
    (hint) => {
      expect(classify(parseReply(`${hint.code} x`))).toEqual({
        kind: 'unknown-code',
        code: hint.code,
        text: 'x',
        hint,
      });
    },
  );

  it('hands on what is not a reply', () => {
    expect(classify({ kind: 'not-a-reply', cause: 'html' })).toEqual({ kind: 'not-a-reply', cause: 'html' });
  });

  it('is total, and a code outside the table is never accepted', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (code, text) => {
        const { kind } = classify({ kind: 'reply', code, text });
        if (!listedCodes.has(code)) expect(kind).toBe('unknown-code');
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 }), fc.string(), (number, text) => {
        const code = String(number).padStart(number % 2 === 0 ? 2 : 3, '0');
        const { kind } = classify(parseReply(`${code} ${text}`));
        expect(kind).toSatisfy((found) => listedCodes.has(code) || found === 'unknown-code');
      }),
    );
  });
});

describe('classify, of a cut reply', () => {
  const cut = (line: string) => classify(parseReply(line, { isCut: true }));
  const ofRow = (id: string) => ({ kind: 'listed', row: { id } });
  const uncertain = { kind: 'not-a-reply' };

  it.each([
    ['00', undefined],
    ['00 ', undefined],
    ['00 1302', undefined],
    ['00 130228114512', undefined],
    ['00 130228114512 ', '130228114512'],
    ['00 130228114512\r', '130228114512'],
    ['00 130228114512 ext', '130228114512'],
    ['00 OK 130228114512', undefined],
  ])('takes %j for an acceptance, with the id %s, for only then it is certainly whole', (line, groupId) => {
    const accepted = cut(line);
    expect(accepted).toMatchObject(ofRow('00'));
    expect('groupId' in accepted ? accepted.groupId : undefined).toBe(groupId);
  });

  it.each([
    ['10 ', ofRow('10')],
    ['10 wro', ofRow('10')],
    ['11\n', ofRow('11')],
    ['204 A', ofRow('204')],
    ['28 unau', ofRow('28')],
    ['55 ne', { kind: 'unknown-code', code: '55' }],
    ['90 XML Parser Hatasi', ofRow('90-parser')],
    ['90 XML Parser Hatası : li', ofRow('90-parser')],
    ['90 XML null p', ofRow('90-other')],
    ['90 Hat', ofRow('90-other')],
  ])('judges %j, since nothing that is missing could change it', (line, meaning) => {
    expect(cut(line)).toMatchObject(meaning);
  });

  it.each([
    '',
    '0',
    '1',
    '10',
    '20',
    '90',
    '90 ',
    '90 X',
    '90 XML',
    '90 XML ',
    '90 XML n',
    '90 XML null',
    '90 XML null ',
    '90 XML Parser H',
    'header sayisi 0 olamaz',
  ])('judges nothing by %j, which may go on to mean something else', (line) => {
    expect(cut(line)).toMatchObject(uncertain);
  });

  it('never says anything else than the whole reply says, wherever it is cut', () => {
    const words = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'XMLnul PasrHti.:130ıİığ\r\n'), maxLength: 30 }),
      fc.constantFrom(
        'XML null',
        'XML nullo',
        'XML Parser Hatası : x',
        'XML PARSER HATASI',
        '130228114512 x',
      ),
    );
    const codes = fc.constantFrom(...listedCodes, '20', '55', '900', '2', 'x');
    const encodings = fc.constantFrom('utf-8', 'iso-8859-9');
    fc.assert(
      fc.property(codes, words, encodings, fc.nat(60), (code, text, encoding, length) => {
        const whole = encode(`${code} ${text}`, encoding);
        const said = classify(parseReply(whole.subarray(0, length), { isCut: true }));
        if (said.kind === 'not-a-reply') return;
        const meant = classify(parseReply(whole));
        expect(said).toMatchObject({ kind: meant.kind, ...('code' in meant && { code: meant.code }) });
        if (said.kind !== 'listed' || meant.kind !== 'listed') return;
        expect(said.row.id).toBe(meant.row.id);
        if (said.groupId !== undefined) expect(said.groupId).toBe(meant.groupId);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('findRow', () => {
  it.each([
    ['XML null', '90-xml-null'],
    [' xml NULL ', '90-xml-null'],
    ['XML null.', '90-other'],
    ['XML null pointer', '90-other'],
    ['XML Parser Hatasi : x', '90-parser'],
    ['XML PARSER HATASI', '90-parser'],
    ['XML Parser Hatası : x', '90-parser'],
    ['Bir XML Parser Hatasi', '90-other'],
    ['', '90-other'],
  ])('reads 90 with "%s" as %s', (text, id) => {
    expect(findRow('90', text)?.id).toBe(id);
  });

  it('knows no row for an unlisted code, or for a code written otherwise', () => {
    for (const code of ['', '0', '000', '9', '090', '20', 'constructor'])
      expect(findRow(code, '')).toBeUndefined();
  });
});
