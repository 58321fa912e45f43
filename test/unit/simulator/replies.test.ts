import { describe, expect, it } from 'vitest';
import { codeTable } from '../../../src/codes/index.ts';
import { refusal, refusalOf } from '../../../src/simulator/replies.ts';

describe('refusal', () => {
  it.each([
    ['10', { code: '10', text: 'wrong user' }],
    ['30', { code: '30', text: 'Originator must be fill' }],
    ['81', { code: '81', text: 'mesaj sayisi ile receipt sayisi uyumsuz' }],
    ['90-xml-null', { code: '90', text: 'XML null' }],
  ] as const)('answers %s in the literal words', (row, expected) => {
    expect(refusal(row)).toEqual(expected);
  });

  it('fills in the limit of the account', () => {
    const text = 'Mesaj 306 den uzun. Max 612 olabilir.Musteri Hizmetlerini arayiniz.';
    expect(refusal('85', { limit: 306 })).toEqual({ code: '85', text });
  });

  it('fills in the explanation', () => {
    expect(refusal('90-parser', { detail: 'bad' }).text).toBe('XML Parser Hatasi : bad');
    expect(refusal('90-other', { detail: 'bad' }).text).toBe('bad');
    expect(refusal('203', { detail: 'bad' }).text).toBe('bad');
  });

  it('has words for every row', () => {
    for (const { id } of codeTable) expect(refusal(id).text).not.toBe('');
  });
});

describe('refusalOf', () => {
  it('finds a row by its code', () => {
    expect(refusalOf('90')?.text).toBe('XML Parser Hatasi : ...');
  });

  it('finds nothing for a code outside the table', () => {
    expect(refusalOf('99')).toBeUndefined();
  });
});
