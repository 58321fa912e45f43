import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnKey, fillTemplate, parseTemplate } from '../../../src/cli/template.ts';

const valuesOf = (values: Readonly<Record<string, string>>) =>
  new Map(Object.entries(values).map(([name, value]) => [columnKey(name), value]));

const fill = (source: string, values: Readonly<Record<string, string>> = {}) =>
  fillTemplate(parseTemplate(source), valuesOf(values));

describe('a text template', () => {
  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['Merhaba {ad}, hoş geldin.', { ad: 'Işıl' }, 'Merhaba Işıl, hoş geldin.'],
    ['{ad} {soyad} {ad}', { ad: 'A', soyad: 'B' }, 'A B A'],
    ['{ AD }', { ad: 'A' }, 'A'],
    ['{isim}', { İSİM: 'A' }, 'A'],
    ['{Kod No}', { 'kod no': '7' }, '7'],
    ['{{ad}} = {ad}', { ad: 'A' }, '{ad} = A'],
    ['{{{ad}}}', { ad: 'A' }, '{A}'],
    ['{ad}', { ad: '{soyad}', soyad: 'B' }, '{soyad}'],
    ['{ad}', { ad: ' A ' }, 'A'],
    ['{constructor} {toString}', { constructor: 'A', tostring: 'B' }, 'A B'],
    ['no places', {}, 'no places'],
    ['', {}, ''],
  ])('fills "%s" with %j', (source, values, text) => {
    expect(fill(source, values)).toEqual({ kind: 'text', text });
  });

  it('names its places once, in order', () => {
    expect(parseTemplate('{b} {a} {B}').placeholders).toEqual(['b', 'a']);
  });

  it('names the places whose value is missing or blank', () => {
    expect(fill('{ad} {soyad} {kod}', { ad: 'A', soyad: '  ' })).toEqual({
      kind: 'values-missing',
      placeholders: ['soyad', 'kod'],
    });
  });

  it.each(['constructor', 'toString', 'hasOwnProperty'])(
    'has no value for {%s} but one of a column',
    (name) => {
      expect(fill(`{${name}}`, { ad: 'A' })).toEqual({ kind: 'values-missing', placeholders: [name] });
    },
  );

  it.each([
    ['Merhaba {ad', 9],
    ['Merhaba ad}', 11],
    ['{}', 1],
    ['{ }', 1],
    ['{a{b}', 1],
    ['x {$1}', 3],
    [`{${'x'.repeat(41)}}`, 1],
  ])('refuses "%s" and says where', (source, position) => {
    expect(() => parseTemplate(source)).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_INVALID',
        message: expect.stringContaining(`position ${position} `),
      }),
    );
  });

  it('keeps any text whose braces are doubled', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const source = text.replaceAll('{', '{{').replaceAll('}', '}}');
        expect(fill(source)).toEqual({ kind: 'text', text });
      }),
    );
  });
});
