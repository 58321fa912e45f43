import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxReplyTextLength, parseReply, type Reply } from '../../../src/codes/index.ts';
import { encode } from '../../support/encode.ts';

const reply = (code: string, text: string): Reply => ({ kind: 'reply', code, text });
const notAReply = (cause: 'empty' | 'html' | 'malformed'): Reply => ({ kind: 'not-a-reply', cause });
const bom = '\uFEFF';

describe('parseReply', () => {
  it.each<[string, string, Reply]>([
    ['a success', '00 130228114512', reply('00', '130228114512')],
    ['a refusal', '10 wrong user', reply('10', 'wrong user')],
    ['a three-digit code', '204 Açıklama', reply('204', 'Açıklama')],
    ['a bare code', '20', reply('20', '')],
    ['a code and a line break', '10 wrong user\r\n', reply('10', 'wrong user')],
    ['line breaks and spaces in front', '\r\n  10 wrong user', reply('10', 'wrong user')],
    ['many spaces', '11   not  enough   limit  ', reply('11', 'not enough limit')],
    ['a tab', '11\tnot enough limit', reply('11', 'not enough limit')],
    ['a byte-order mark', `${bom}12 wrong title`, reply('12', 'wrong title')],
    [
      'several lines',
      '90 XML Parser Hatasi : a\r\n at line 3\r\n',
      reply('90', 'XML Parser Hatasi : a at line 3'),
    ],
    ['two lines', '00\n130228114512', reply('00', '130228114512')],
    ['leading zeros', '003 x', reply('003', 'x')],
    ['a terminal escape', '10 \u001b[31mwrong\u0000 user', reply('10', '[31mwrong user')],
  ])('reads %s', (_, input, expected) => {
    expect(parseReply(input)).toEqual(expected);
    expect(parseReply(new TextEncoder().encode(input))).toEqual(expected);
  });

  it.each<[string, string, Reply]>([
    ['nothing', '', notAReply('empty')],
    ['white space', ' \r\n\t ', notAReply('empty')],
    ['a byte-order mark alone', bom, notAReply('empty')],
    ['an HTML page', '<!DOCTYPE html><html><body>00 130228114512</body></html>', notAReply('html')],
    ['an XML document', '<?xml version="1.0"?><r>00</r>', notAReply('html')],
    ['HTML behind a byte-order mark', `${bom}\n <html>`, notAReply('html')],
    ['a single digit', '0', notAReply('malformed')],
    ['a single digit with text', '1 wrong user', notAReply('malformed')],
    ['four digits', '1000 x', notAReply('malformed')],
    ['a long number', '130228114512', notAReply('malformed')],
    ['letters', 'OK', notAReply('malformed')],
    ['a code glued to its text', '10wrong user', notAReply('malformed')],
    ['a code and a colon', '10: wrong user', notAReply('malformed')],
    ['a negative code', '-5 x', notAReply('malformed')],
    ['a code in second place', 'x 00 130228114512', notAReply('malformed')],
    ['digits of another script', '٠٠ 130228114512', notAReply('malformed')],
    ['JSON', '{"code":"00"}', notAReply('malformed')],
  ])('never takes %s for a code', (_, input, expected) => {
    expect(parseReply(input)).toEqual(expected);
    expect(parseReply(new TextEncoder().encode(input))).toEqual(expected);
  });

  it('reads ISO-8859-9 bytes', () => {
    expect(parseReply(encode('90 XML Parser Hatası : ığüşöçİĞÜŞÖÇ\r\n', 'iso-8859-9'))).toEqual(
      reply('90', 'XML Parser Hatası : ığüşöçİĞÜŞÖÇ'),
    );
  });

  it('drops a UTF-8 byte-order mark in front of ISO-8859-9 bytes', () => {
    const bytes = Buffer.concat([
      Buffer.from([0xef, 0xbb, 0xbf]),
      encode('90 Hatanın açıklaması', 'iso-8859-9'),
    ]);
    expect(parseReply(bytes)).toEqual(reply('90', 'Hatanın açıklaması'));
  });

  it.each([
    ['header sayisi 0 olamaz', '87'],
    ['  HEADER SAYISI 0 OLAMAZ\r\n', '87'],
    ['Header sayısı 0 olamaz', '87'],
    ['mesaj sayisi ile receipt sayisi uyumsuz', '81'],
    ['mesaj sayisi ya da receipt sayisi sifir geldi', '84'],
    ['header 40 karakterden dan uzun olamaz', '86'],
    ['header sayisi ile receipt sayisi uyumsuz', '88'],
    ['messagetype 0,1,2,3 ve 4 den baska bir deger geldi', '89'],
  ])('knows the web service reply "%s" by its words', (words, code) => {
    expect(parseReply(words)).toEqual(reply(code, words.trim()));
  });

  it('knows web service replies only in full', () => {
    expect(parseReply('header sayisi 0 olamaz.')).toEqual(notAReply('malformed'));
    expect(parseReply('not enough limit')).toEqual(notAReply('malformed'));
  });

  it('bounds the text it keeps and never cuts a character in two', () => {
    const parsed = parseReply(`90 ${'x'.repeat(maxReplyTextLength - 1)}😀${'y'.repeat(10_000)}`);
    expect(parsed.kind === 'reply' && parsed.text.length).toBe(maxReplyTextLength);
    expect(parsed.kind === 'reply' && parsed.text.isWellFormed()).toBe(true);
  });

  it('takes any bytes and any text without throwing, and a code is always two or three digits', () => {
    const anyReply = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.tuple(fc.stringMatching(/^[0-9]{1,4}$/), fc.string()).map(([code, text]) => `${code} ${text}`),
    );
    fc.assert(
      fc.property(anyReply, (input) => {
        const parsed = parseReply(input);
        if (parsed.kind === 'not-a-reply') return;
        expect(parsed.code).toMatch(/^[0-9]{2,3}$/);
        expect(parsed.text).toBe(parsed.text.trim());
        expect(parsed.text.length).toBeLessThanOrEqual(maxReplyTextLength);
        expect(parsed.text).not.toMatch(/\p{Cc}/u);
      }),
    );
  });

  it('reads the same reply from text, UTF-8 bytes and ISO-8859-9 bytes', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'abcığüşöçİĞÜŞÖÇ 0123.:'), maxLength: 60 });
    fc.assert(
      fc.property(letters, (text) => {
        const line = `90 ${text}`;
        expect(parseReply(new TextEncoder().encode(line))).toEqual(parseReply(line));
        expect(parseReply(encode(line, 'iso-8859-9'))).toEqual(parseReply(line));
      }),
    );
  });
});
