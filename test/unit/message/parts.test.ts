import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nationalTables } from '../../../src/message/gsm-alphabet.ts';
import { countParts, type PartOptions, partsByModel } from '../../../src/message/parts.ts';
import { partsModelNames } from '../../../src/message/parts-models.ts';

const plain: PartOptions = { model: '3gpp' };
const single: PartOptions = { model: '3gpp', nationalTables: 'turkish-single' };
const locking: PartOptions = { model: '3gpp', nationalTables: 'turkish-locking' };
const both: PartOptions = { model: '3gpp', nationalTables: 'turkish-both' };

describe('by the lengths of the list of codes', () => {
  it.each([
    [0, 0],
    [1, 1],
    [160, 1],
    [161, 2],
    [306, 2],
    [307, 3],
    [459, 3],
    [460, 4],
    [612, 4],
    [613, 5],
    [765, 5],
  ])('%i characters are %i SMS, Turkish letters or not', (characters, parts) => {
    expect(partsByModel('ş'.repeat(characters))).toBe(parts);
    expect(countParts('ş'.repeat(characters))).toMatchObject({
      model: 'list',
      parts,
      characters,
      costly: [],
    });
  });

  it('names the characters that count as two', () => {
    expect(countParts('a😀b😀')).toEqual({
      model: 'list',
      parts: 1,
      characters: 6,
      encoding: 'unknown',
      unit: 'character',
      units: 6,
      unitsPerPart: 160,
      costly: [{ character: '😀', codePoint: 'U+1F600', cost: 2, why: 'surrogate-pair', count: 2 }],
    });
  });

  it('counts the text as it goes out: composed', () => {
    expect(countParts('ş'.normalize('NFD').repeat(160))).toMatchObject({ parts: 1, characters: 160 });
    expect(countParts('a'.repeat(161)).unitsPerPart).toBe(153);
  });
});

/** The text of the tests of Android's SmsMessage (SmsMessageTest, testFragmentText and testFragmentTurkishText). */
const six = 'ĞŞİğşı';
const turkish = (characters: number): string => six.repeat(30).slice(0, characters);

describe('3GPP TS 23.038', () => {
  it.each([
    ['digits', '1'.repeat(160), plain, 'gsm-7', 160, 1],
    ['one digit more', '1'.repeat(161), plain, 'gsm-7', 161, 2],
    ['Android: 77 letters, single shift', turkish(77), single, 'gsm-7-turkish-single', 154, 1],
    ['Android: 78 letters, single shift', turkish(78), single, 'gsm-7-turkish-single', 156, 2],
    ['Android: 160 letters, single shift', turkish(160), single, 'gsm-7-turkish-single', 320, 3],
    [
      'annex C.3: 155 septets, locking shift',
      `ğ${'a'.repeat(154)}`,
      locking,
      'gsm-7-turkish-locking',
      155,
      1,
    ],
    ['one septet more', `ğ${'a'.repeat(155)}`, locking, 'gsm-7-turkish-locking', 156, 2],
    ['149 septets in each part, locking', `ğ${'a'.repeat(297)}`, locking, 'gsm-7-turkish-locking', 298, 2],
    ['one septet more, locking', `ğ${'a'.repeat(298)}`, locking, 'gsm-7-turkish-locking', 299, 3],
    ['no tables: UCS-2', turkish(70), plain, 'ucs-2', 70, 1],
    ['no tables: UCS-2 in two', turkish(71), plain, 'ucs-2', 71, 2],
    ['no tables: UCS-2, two full parts', turkish(134), plain, 'ucs-2', 134, 2],
    ['no tables: UCS-2, one more', turkish(135), plain, 'ucs-2', 135, 3],
    ['an emoji with tables', 'Selam 😀', both, 'ucs-2', 8, 1],
    ['an extension in two septets', '€'.repeat(80), plain, 'gsm-7', 160, 1],
    ['nothing', '', both, 'gsm-7', 0, 0],
  ] as const)('%s', (_, text, options, encoding, units, parts) => {
    expect(countParts(text, options)).toMatchObject({ model: '3gpp', encoding, units, parts });
  });

  it('uses no national table where the default alphabet has every letter', () => {
    expect(countParts('Ödeme yapıldı'.replaceAll('ı', 'i'), both)).toMatchObject({
      encoding: 'gsm-7',
      costly: [],
    });
  });

  it('takes the locking table where its one septet a letter saves a part', () => {
    const text = 'Ğİ{'.repeat(36);
    expect(countParts(text, both)).toMatchObject({ encoding: 'gsm-7-turkish-locking', parts: 1, units: 144 });
    expect(countParts(text, single)).toMatchObject({ encoding: 'gsm-7-turkish-single', parts: 2 });
  });

  it('never splits an escape from its character', () => {
    const filled = `${'a'.repeat(152)}€${'a'.repeat(151)}`;
    expect(countParts(filled, plain)).toMatchObject({ units: 305, parts: 2 });
    expect(countParts(`${filled}a`, plain)).toMatchObject({ units: 306, parts: 3 });
  });

  it('never splits a surrogate pair', () => {
    const filled = `${'ğ'.repeat(66)}😀${'ğ'.repeat(65)}`;
    expect(countParts(filled, plain)).toMatchObject({ units: 133, parts: 2 });
    expect(countParts(`${filled}ğ`, plain)).toMatchObject({ units: 134, parts: 3 });
  });

  it('names what is written with an escape', () => {
    expect(countParts('[5 €] ve €', plain).costly).toEqual([
      { character: '[', codePoint: 'U+005B', cost: 2, why: 'extension', count: 1 },
      { character: '€', codePoint: 'U+20AC', cost: 2, why: 'extension', count: 2 },
      { character: ']', codePoint: 'U+005D', cost: 2, why: 'extension', count: 1 },
    ]);
  });

  it('names what needs a national table', () => {
    expect(countParts('şÇ', single).costly).toEqual([
      { character: 'ş', codePoint: 'U+015F', cost: 2, why: 'national-table', count: 1 },
    ]);
  });

  it('names only what forces UCS-2, not what a table would have held', () => {
    const why = (options: PartOptions): string[] =>
      countParts('ş😀ş', options).costly.map((c) => c.character);
    expect(why(single)).toEqual(['😀']);
    expect(why(plain)).toEqual(['ş', '😀']);
    expect(countParts('ş😀', plain).costly).toContainEqual(
      expect.objectContaining({ why: 'forces-ucs-2', cost: 2 }),
    );
  });

  it('names the rarer characters where two tables exclude each other', () => {
    expect(countParts('èş', locking)).toMatchObject({
      encoding: 'ucs-2',
      costly: [expect.objectContaining({ character: 'ş', why: 'forces-ucs-2' })],
    });
    expect(countParts('èşğı', locking).costly.map((c) => c.character)).toEqual(['è']);
  });
});

describe('countParts', () => {
  const options = fc.record(
    {
      model: fc.constantFrom(...partsModelNames, '3gpp' as const),
      nationalTables: fc.constantFrom(...nationalTables),
    },
    { requiredKeys: [] },
  );
  const letters = fc.string({
    unit: fc.constantFrom(...'abcğüşıöçĞÜŞİÖÇ€[]{}^~|\\èÅß\n😀ё'),
    maxLength: 400,
  });

  it('never throws, and needs a part exactly where there is text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), options, (text, chosen) => {
        const { parts, units, unitsPerPart } = countParts(text, chosen);
        expect(parts > 0).toBe(text !== '');
        expect(units).toBeLessThanOrEqual(parts * unitsPerPart);
      }),
    );
  });

  it('never needs fewer parts for a longer text', () => {
    fc.assert(
      fc.property(letters, letters, options, (text, more, chosen) => {
        expect(countParts(text + more, chosen).parts).toBeGreaterThanOrEqual(countParts(text, chosen).parts);
      }),
    );
  });

  it('never needs more parts where more tables are allowed', () => {
    fc.assert(
      fc.property(letters, (text) => {
        const parts = (chosen: PartOptions): number => countParts(text, chosen).parts;
        expect(parts(both)).toBeLessThanOrEqual(Math.min(parts(single), parts(locking)));
        expect(Math.max(parts(single), parts(locking))).toBeLessThanOrEqual(parts(plain));
      }),
    );
  });

  it('fills every part of a text in letters of one cost', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), (characters) => {
        expect(countParts('a'.repeat(characters), plain).parts).toBe(partsByModel('a'.repeat(characters)));
      }),
    );
  });
});
