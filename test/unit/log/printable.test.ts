import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, printableJson } from '../../../src/log/printable.ts';

const hostile: readonly (readonly [what: string, character: string, shown: string])[] = [
  ['ESC', '\u001b', '\\u001b'],
  ['BEL', '\u0007', '\\u0007'],
  ['a carriage return', '\r', '\\u000d'],
  ['a line break', '\n', '\\u000a'],
  ['a backspace', '\b', '\\u0008'],
  ['DEL', '\u007f', '\\u007f'],
  ['the one-byte CSI', '\u009b', '\\u009b'],
  ['the one-byte OSC', '\u009d', '\\u009d'],
  ['a right-to-left override', '\u202e', '\\u202e'],
  ['a bidi isolate', '\u2067', '\\u2067'],
  ['a zero-width space', '\u200b', '\\u200b'],
  ['a byte-order mark', '\ufeff', '\\ufeff'],
  ['a line separator', '\u2028', '\\u2028'],
  ['an invisible tag', '\u{e0041}', '\\udb40\\udc41'],
];

describe('printable', () => {
  it.each(hostile)('shows %s instead of handing it to the terminal', (_, character, shown) => {
    expect(printable(`a${character}b`)).toBe(`a${shown}b`);
  });

  it('leaves words, signs and tabs as they are', () => {
    const line = 'Ünlü İstanbul ılık\t€ 漢字 😀 …';
    expect(printable(line)).toBe(line);
  });

  it('leaves JSON the same JSON, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
        const whole = { value, text, [text]: 1 };
        expect(JSON.parse(printable(JSON.stringify(whole)))).toEqual(JSON.parse(JSON.stringify(whole)));
      }),
    );
  });
});

describe('printableJson', () => {
  it.each(hostile.filter(([, character]) => character !== '\n'))(
    'leaves no %s in what is read from the line',
    (_, character, shown) => {
      const line = printableJson(JSON.stringify({ note: `\\${character}x`, [character]: 1 }));
      expect(JSON.parse(line)).toEqual({ note: `\\${shown}x`, [shown]: 1 });
    },
  );

  it('leaves the rest as it was', () => {
    const value = { stack: 'at a\n\tat b', path: 'C:\\users\\new', quote: '"', half: '\ud800', word: 'İ' };
    expect(JSON.parse(printableJson(JSON.stringify(value)))).toEqual(value);
  });
});
