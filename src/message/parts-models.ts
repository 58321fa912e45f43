/** The models by name, the default first. */
export const partsModelNames = [
  'list',
  'operator-code',
  'turkish-letters',
  'turkish-letters-and-operator-code',
] as const;
/** How SMS parts are counted: [parts.md](parts.md). */
export type PartsModel = (typeof partsModelNames)[number];

export const defaultPartsModel: PartsModel = 'list';

/** A way of counting the SMS parts of a text. What JetSMS charges is not public: each of them is an assumption. */
export interface PartsModelRow {
  /** How it counts. */
  readonly meaning: string;
  /** Who is known to count so. */
  readonly source: string;
  /** What is certain of it, and what is not. */
  readonly certainty: string;
  /** Characters that are put behind every text, and count. */
  readonly appended: number;
  /** Whether a text with a letter that only Turkish has fits less into a part. */
  readonly shortensTurkish: boolean;
}

const operatorCode =
  'A decision of the Turkish regulator (BTK, 2016/DK-YED/211, article 5): operators append their code to bulk texts, a space and four characters';

export const partsModels: Readonly<Record<PartsModel, PartsModelRow>> = {
  list: {
    meaning: '160 characters in one part, 153 in each of several; Turkish letters count as one.',
    source: "JetSMS's list of codes, row 85: an account's longest text is 160, 306, 459 or 612 characters.",
    certainty: 'The lengths are certain. That JetSMS charges by them is an assumption.',
    appended: 0,
    shortensTurkish: false,
  },
  'operator-code': {
    meaning: 'As `list`, with five characters appended to every text: 155, 301, 454, 607 in 1 to 4 parts.',
    source: `${operatorCode}. Verimor's notice of it counts 155, 301, 453 and 607.`,
    certainty:
      'One text sent through JetSMS is on record that arrived with such a code. Whether JetSMS charges for it is not known. For three parts Verimor says 453, where the arithmetic gives 454.',
    appended: 5,
    shortensTurkish: false,
  },
  'turkish-letters': {
    meaning:
      'As `list`; a text with ç, ğ, Ğ, ı, İ, ş or Ş has 155 characters in one part, 149 in each of several.',
    source:
      'Verimor (API) and Infobip: 155 characters with Turkish letters, since the national table is named in the message.',
    certainty:
      '155 is published by Verimor and Infobip. 149 is our arithmetic with the same header (3GPP TS 23.040). That JetSMS counts so is not known.',
    appended: 0,
    shortensTurkish: true,
  },
  'turkish-letters-and-operator-code': {
    meaning:
      'As `turkish-letters`, with five characters appended to every text: 150 with Turkish letters, else 155.',
    source: `İleti Merkezi: 150 characters in Turkish mode. ${operatorCode}.`,
    certainty:
      '150 in one part is published by İleti Merkezi; that it is 155 less the code, and the lengths of several parts, are our arithmetic. That JetSMS counts so is not known.',
    appended: 5,
    shortensTurkish: true,
  },
};

export function isPartsModel(name: unknown): name is PartsModel {
  return typeof name === 'string' && Object.hasOwn(partsModels, name);
}

/** Characters in the only part, and in each of several. */
export interface PartLengths {
  readonly single: number;
  readonly concatenated: number;
}

/** By JetSMS's maxima 160, 306, 459, 612. */
const plainLengths: PartLengths = { single: 160, concatenated: 153 };
/** Beside the header that names a national table; 3GPP TS 23.040, 9.2.3.24. */
const turkishLengths: PartLengths = { single: 155, concatenated: 149 };

/** The letters of Turkish that are missing in the GSM default alphabet; it has ö, ü and Ç. */
export const turkishLetter: RegExp = /[çĞğİıŞş]/;

export function lengthsOf(text: string, model: PartsModel): PartLengths {
  return partsModels[model].shortensTurkish && turkishLetter.test(text) ? turkishLengths : plainLengths;
}
