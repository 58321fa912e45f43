import { describe, expect, it } from 'vitest';
import { numberColumnNames, readHeader } from '../../../../src/cli/csv/header.ts';

describe('readHeader', () => {
  it.each([
    ...numberColumnNames,
    'gsmno',
    ...[
      'TELEFON',
      'Telefon No',
      'TELEFON NO',
      'telefon_no',
      'Telefon-No.',
      'Telefon Numarası',
      'TELEFON NUMARASI',
    ],
    ...[
      'Cep Telefonu',
      'CEP TELEFONU',
      'cep_telefonu',
      'Cep-Telefonu',
      'Cep Telefon No',
      'CEP TELEFON NUMARASI',
    ],
    ...['CEP TEL', 'Cep Tel.', 'cep.tel', 'Cep Tel No', 'Cep No', 'CEP'],
    ...['GSM No', 'GSM NO', 'gsm_no', 'Gsm-No', 'GSM NUMARASI', 'Gsm Numarasi', 'GSM Telefon', 'Cep (GSM)'],
    ...['Tel.', 'Tel No', 'TEL. NO:', 'Mobil Telefon', 'Mobile Phone', 'Phone Number', 'phone_number'],
    'CEP TELEFONU'.normalize('NFD'),
    'NUMARA',
  ])('knows "%s" as the number column', (name) => {
    expect(readHeader(['ad', name], {}).toIndex).toBe(1);
  });

  it.each(['No', 'Numarası', 'Ev Tel', 'Faks No', 'Telefon Türü', 'Gsm Operatörü', 'Toplam'])(
    'does not take "%s" for it',
    (name) => {
      expect(() => readHeader(['ad', name], {})).toThrow(
        expect.objectContaining({ code: 'CSV_NUMBER_COLUMN_MISSING' }),
      );
    },
  );

  it('asks which it is where two columns may hold the numbers', () => {
    expect(() => readHeader(['Telefon', 'Cep Telefonu'], {})).toThrow(
      expect.objectContaining({ code: 'CSV_NUMBER_COLUMN_AMBIGUOUS' }),
    );
  });

  it('ignores columns without a name and drops those at the end', () => {
    expect(readHeader(['', 'tel', '', 'Ad', '', ''], {}).keys).toEqual(['', 'tel', '', 'ad']);
  });
});
