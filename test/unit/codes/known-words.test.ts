import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeTable, knownWords, parseReply, unofficialCodes } from '../../../src/codes/index.ts';

describe('the words of a reply that are shown', () => {
  it.each([
    ['10', 'wrong user', 'wrong user'],
    ['10', 'WRONG  USER', 'wrong user'],
    ['10', 'wrong user 905321234567', 'wrong user …'],
    ['10', 'wrong username', '…'],
    ['10', 'Ali wrong user', '…'],
    ['10', '', ''],
    ['12', 'wrong user', '…'],
    ['03', 'Password must be fill', 'Password must be fill'],
    ['81', 'mesaj sayisi ile receipt sayisi uyumsuz', 'mesaj sayisi ile receipt sayisi uyumsuz'],
    [
      '89',
      'messagetype 0,1,2,3 ve 4 den baska bir deger geldi: x',
      'messagetype 0,1,2,3 ve 4 den baska bir deger geldi …',
    ],
    [
      '85',
      'Mesaj 306 den uzun. Max 459 olabilir.Musteri Hizmetlerini arayiniz.',
      'Mesaj 306 den uzun. Max 459 olabilir.Musteri Hizmetlerini arayiniz.',
    ],
    ['85', 'Mesaj 5321234567 den uzun. Max 612 olabilir.Musteri Hizmetlerini arayiniz.', '…'],
    ['90', 'XML null', 'XML null'],
    ['90', 'XML Parser Hatası : near "Sayın Ayşe"', 'XML Parser Hatasi …'],
    ['90', 'Sayın Ayşe', '…'],
    ['201', 'Sayın Ayşe', '…'],
    ['20', 'x', '…'],
    ['55', 'Sayın Ayşe', '…'],
    ['constructor', 'Sayın Ayşe', '…'],
  ])('of %s "%s" are %j', (code, text, shown) => {
    expect(knownWords(code, text)).toBe(shown);
  });

  const literals = [...codeTable, ...unofficialCodes].flatMap(({ code, literal }) =>
    literal === null || code === '00' || literal === code ? [] : [{ code, literal }],
  );

  it.each(literals)('are all of them where JetSMS answers $literal', ({ code, literal }) => {
    const reply = parseReply(literal.replace('{mesajUzunlugu}', '160'));
    const words = reply.kind === 'reply' ? reply.text : '';
    expect(knownWords(code, words)).toBe(words.replace(/ : \.{3}$/, ' …'));
  });

  it('are never words of somebody else, wherever these stand', () => {
    const secret = 'Ayşe905321234567';
    fc.assert(
      fc.property(fc.constantFrom(...literals), fc.nat(100), ({ code, literal }, at) => {
        const words = literal.replace(/^\d+ /, '');
        const quoting = words.slice(0, at) + secret + words.slice(at);
        expect(knownWords(code, quoting)).not.toMatch(/Ay|905/);
      }),
    );
  });
});
