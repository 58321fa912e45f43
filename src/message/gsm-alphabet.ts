/**
 * The alphabets of 3GPP TS 23.038 that matter for Turkish; each table also compared with two independent
 * implementations of the standard. A character of an alphabet takes one septet, one of an extension two: the
 * escape and the character.
 */

/** 6.2.1, GSM 7 bit default alphabet, without the escape (0x1B). */
const defaultAlphabet =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';

/** A.3.1, Turkish national language locking shift table, without the escape. */
const turkishLocking =
  '@£$¥€éùıòÇ\nĞğ\rÅåΔ_ΦΓΛΩΠΨΣΘΞŞşßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  'İABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§çabcdefghijklmnopqrstuvwxyzäöñüà';

/** 6.2.1.1, extension of the default alphabet. */
const defaultExtension = '\f^{}\\[~]|€';

/** A.2.1, Turkish national language single shift table. */
const turkishSingle = '\f^{}\\[~]|€ĞİŞçğış';

/** How a text can be encoded by the standard. */
export type GsmEncoding = 'gsm-7' | 'gsm-7-turkish-single' | 'gsm-7-turkish-locking' | 'ucs-2';

/** One way of encoding: what a character costs, and what fits into a part. */
export interface Encoding {
  readonly name: GsmEncoding;
  readonly unit: 'septet' | 'ucs-2';
  /** Units that a character (one code point) takes; undefined where the encoding does not have it. */
  readonly cost: (character: string) => number | undefined;
  /** Units in the only part. */
  readonly single: number;
  /** Units in each of several parts. */
  readonly concatenated: number;
}

/** Octets of user data in one SMS (3GPP TS 23.040, 9.2.3.24). */
const partOctets = 140;
/** The length of the user data header itself; there whenever an element is. */
const headerLengthOctets = 1;
/** The element that numbers the parts, with an 8-bit reference (3GPP TS 23.040, 9.2.3.24.1). */
const concatenationOctets = 5;
/** Each element that names a national table (3GPP TS 23.040, 9.2.3.24.15 and 9.2.3.24.16). */
const nationalTableOctets = 3;

/** The one without national tables, which every phone can read. */
export const defaultEncoding: Encoding = gsm7Encoding('gsm-7', defaultAlphabet, defaultExtension, 0);
const single = gsm7Encoding('gsm-7-turkish-single', defaultAlphabet, turkishSingle, 1);
const locking = gsm7Encoding('gsm-7-turkish-locking', turkishLocking, defaultExtension, 1);

const ucs2: Encoding = {
  name: 'ucs-2',
  unit: 'ucs-2',
  cost: (character) => character.length,
  single: partOctets / 2,
  concatenated: (partOctets - headerLengthOctets - concatenationOctets) / 2,
};

/** Which national tables a network is trusted to carry. */
export const nationalTables = ['none', 'turkish-single', 'turkish-locking', 'turkish-both'] as const;
export type NationalTables = (typeof nationalTables)[number];

/**
 * The encodings that may be used, the one that the most phones can read first.
 * Both tables in one SMS are left out: the locking table and the default extension together have all that the
 * single shift table has, and its header would only take room.
 */
export const allowedEncodings: Readonly<Record<NationalTables, readonly Encoding[]>> = {
  none: [defaultEncoding, ucs2],
  'turkish-single': [defaultEncoding, single, ucs2],
  'turkish-locking': [defaultEncoding, locking, ucs2],
  'turkish-both': [defaultEncoding, single, locking, ucs2],
};

function gsm7Encoding(name: GsmEncoding, alphabet: string, extension: string, tables: 0 | 1): Encoding {
  const costs = new Map([
    ...[...extension].map((character) => [character, 2] as const),
    ...[...alphabet].map((character) => [character, 1] as const),
  ]);
  const tablesOctets = tables * nationalTableOctets;
  return {
    name,
    unit: 'septet',
    cost: (character) => costs.get(character),
    single: septetsBeside(tables === 0 ? 0 : headerLengthOctets + tablesOctets),
    concatenated: septetsBeside(headerLengthOctets + concatenationOctets + tablesOctets),
  };
}

/** Septets that fit beside a header; the text begins on a septet boundary. */
function septetsBeside(headerOctets: number): number {
  return Math.floor(((partOctets - headerOctets) * 8) / 7);
}
