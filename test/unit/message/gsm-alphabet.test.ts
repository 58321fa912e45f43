import { describe, expect, it } from 'vitest';
import { allowedEncodings, type Encoding, nationalTables } from '../../../src/message/gsm-alphabet.ts';

const [gsm7, single, locking, ucs2] = allowedEncodings['turkish-both'] as readonly [
  Encoding,
  Encoding,
  Encoding,
  Encoding,
];

/** What an encoding has among the characters of the basic plane, by what they cost. */
function repertoire(encoding: Encoding, cost: number): string[] {
  const found: string[] = [];
  for (let code = 0; code < 0x3000; code += 1) {
    const character = String.fromCharCode(code);
    if (encoding.cost(character) === cost) found.push(character);
  }
  return found;
}

describe('the alphabets of 3GPP TS 23.038', () => {
  it('hold 127 characters each beside the escape', () => {
    expect(repertoire(gsm7, 1)).toHaveLength(127);
    expect(repertoire(locking, 1)).toHaveLength(127);
  });

  it('have the extensions of 6.2.1.1 and A.2.1', () => {
    expect(repertoire(gsm7, 2).join('')).toBe('\f[\\]^{|}~€');
    expect(repertoire(single, 2).join('')).toBe('\f[\\]^{|}~çĞğİıŞş€');
  });

  it('hold every Turkish letter with a national table, and only some without', () => {
    const cost = (encoding: Encoding): (number | undefined)[] =>
      [...'çğıöşüÇĞİÖŞÜ'].map((c) => encoding.cost(c));
    const no = undefined;
    expect(cost(gsm7)).toEqual([no, no, no, 1, no, 1, 1, no, no, 1, no, 1]);
    expect(cost(single)).toEqual([2, 2, 2, 1, 2, 1, 1, 2, 2, 1, 2, 1]);
    expect(cost(locking)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  });

  it('replace eight characters of the default alphabet by the locking table (A.3.1)', () => {
    const missing = repertoire(gsm7, 1).filter((character) => locking.cost(character) !== 1);
    expect(missing.join('')).toBe('¡¿ÆØæèìø');
    const added = repertoire(locking, 1).filter((character) => gsm7.cost(character) !== 1);
    expect(added.join('')).toBe('çĞğİıŞş€');
  });

  it('never need both Turkish tables in one SMS', () => {
    const dearer = [...repertoire(single, 2)].filter((character) => (locking.cost(character) ?? 3) > 2);
    expect(dearer).toEqual([]);
  });

  it('lose room to the header of each national table (23.038 annex C, 23.040 9.2.3.24)', () => {
    const room = [gsm7, single, locking, ucs2].map((e) => [e.name, e.single, e.concatenated]);
    expect(room).toEqual([
      ['gsm-7', 160, 153],
      ['gsm-7-turkish-single', 155, 149],
      ['gsm-7-turkish-locking', 155, 149],
      ['ucs-2', 70, 67],
    ]);
  });

  it.each(nationalTables)('can always fall back on UCS-2 with tables %s', (tables) => {
    expect(allowedEncodings[tables].at(0)).toBe(gsm7);
    expect(allowedEncodings[tables].at(-1)).toBe(ucs2);
  });
});
