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

  it.each(['00', '00 ', '00 <html>', '00 two words', '00 -1', `00 ${'1'.repeat(65)}`])(
    'does not take "%s" for an accepted request',
    (line) => {
      expect(classify(parseReply(line))).toMatchObject({ kind: 'accepted-without-id', code: '00' });
    },
  );

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
