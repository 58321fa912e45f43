import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultEncoding } from '../../../src/message/gsm-alphabet.ts';
import { countParts, partsByModel } from '../../../src/message/parts.ts';
import {
  isPartsModel,
  type PartsModel,
  partsModelNames,
  partsModels,
  turkishLetter,
} from '../../../src/message/parts-models.ts';

/** The longest text of each number of parts, from one on. */
function longest(model: PartsModel, letter: string, most: number): readonly number[] {
  const lengths = Array<number>(most).fill(0);
  for (let length = 1; ; length += 1) {
    const parts = partsByModel(letter.repeat(length), model);
    if (parts > most) return lengths;
    lengths[parts - 1] = length;
  }
}

describe('a model of parts', () => {
  it.each<[PartsModel, string, readonly number[]]>([
    ['list', 'a', [160, 306, 459, 612]],
    ['list', 'ş', [160, 306, 459, 612]],
    ['operator-code', 'a', [155, 301, 454, 607]],
    ['operator-code', 'ş', [155, 301, 454, 607]],
    ['turkish-letters', 'a', [160, 306, 459, 612]],
    ['turkish-letters', 'ş', [155, 298, 447, 596]],
    ['turkish-letters-and-operator-code', 'a', [155, 301, 454, 607]],
    ['turkish-letters-and-operator-code', 'ş', [150, 293, 442, 591]],
  ])('%s takes texts of "%s" up to %j characters for 1 to 4 SMS', (model, letter, lengths) => {
    expect(longest(model, letter, 4)).toEqual(lengths);
  });

  it('shortens a text for the letters of Turkish that the GSM alphabet lacks, and for no other of Turkish', () => {
    const letters = [...'abcçdefgğhıijklmnoöprsştuüvyzABCÇDEFGĞHIİJKLMNOÖPRSŞTUÜVYZ'];
    const lacking = letters.filter((letter) => defaultEncoding.cost(letter) === undefined);
    expect(letters.filter((letter) => turkishLetter.test(letter))).toEqual(lacking);
  });

  it('says who counts so, and how certain that is', () => {
    for (const { source, certainty } of Object.values(partsModels)) {
      expect(source).not.toBe('');
      expect(certainty).toMatch(/not known|assumption/);
    }
  });

  it.each(['constructor', 'toString', '__proto__', 'provider', '3gpp', '', undefined, null, 1])(
    'is not called %j',
    (name) => {
      expect(isPartsModel(name)).toBe(false);
    },
  );

  it('counts the same as countParts, and names the letters that shorten the parts', () => {
    const text = fc.string({ unit: fc.constantFrom(...'abğşıİçÇöü😀'), maxLength: 700 });
    fc.assert(
      fc.property(text, fc.constantFrom(...partsModelNames), (some, model) => {
        const count = countParts(some, { model });
        expect(count.parts).toBe(partsByModel(some, model));
        const named = count.costly.some(({ why }) => why === 'national-table');
        expect(named).toBe(model.startsWith('turkish') && turkishLetter.test(some));
      }),
    );
  });
});
