import {
  allowedEncodings,
  defaultEncoding,
  type Encoding,
  type GsmEncoding,
  type NationalTables,
} from './gsm-alphabet.ts';
import { defaultPartsModel, lengthsOf, type PartsModel, partsModels, turkishLetter } from './parts-models.ts';
import { codePointName, countCharacters, normalizeText } from './text.ts';

export interface PartOptions {
  /** An assumption about charging (`partsModels`), `list` by default; or `3gpp`: what goes over the air. */
  readonly model?: PartsModel | '3gpp';
  /** Only for `3gpp`: the national tables that may be used; none by default, as on most networks. */
  readonly nationalTables?: NationalTables;
}

export interface PartCount {
  readonly model: PartsModel | '3gpp';
  /** SMS that the text takes; 0 for an empty text. */
  readonly parts: number;
  /** As `countCharacters` counts. */
  readonly characters: number;
  /** How JetSMS encodes a text is not known. */
  readonly encoding: GsmEncoding | 'unknown';
  readonly unit: 'character' | 'septet' | 'ucs-2';
  /** What the text takes, in `unit`, with what is appended to it. */
  readonly units: number;
  /** What one part can hold, in `unit`; less where the text takes several. */
  readonly unitsPerPart: number;
  /** The characters that cost more, each once, in the order of the text. */
  readonly costly: readonly CostlyCharacter[];
}

export interface CostlyCharacter {
  readonly character: string;
  /** As `U+20AC`. */
  readonly codePoint: string;
  /** What each costs, in the unit of the count. */
  readonly cost: number;
  /**
   * `extension`: is written with an escape, so costs two.
   * `national-table`: is only in a national table, which takes room in the header of every part.
   * `forces-ucs-2`: is missing in the allowed tables; for its sake every character takes 16 bits.
   * `surrogate-pair`: counts as two.
   */
  readonly why: 'extension' | 'national-table' | 'forces-ucs-2' | 'surrogate-pair';
  /** How often the text has it. */
  readonly count: number;
}

/**
 * How many SMS a text takes, and which characters make it dearer. Counts the text as it goes out
 * (`normalizeText`). Never throws.
 * By 3GPP TS 23.038 and 23.040 the encoding with the fewest parts is taken; of equals the one that most
 * phones can read.
 */
export function countParts(text: string, options: PartOptions = {}): PartCount {
  const normal = normalizeText(text);
  return options.model === '3gpp'
    ? countGsmParts(normal, allowedEncodings[options.nationalTables ?? 'none'])
    : countModelParts(normal, options.model ?? defaultPartsModel);
}

/** SMS that a text takes by a model, the text as it goes out (`normalizeText`). 0 for an empty one. */
export function partsByModel(text: string, model: PartsModel = defaultPartsModel): number {
  if (text === '') return 0;
  const { single, concatenated } = lengthsOf(text, model);
  const units = unitsByModel(text, model);
  return units <= single ? 1 : Math.ceil(units / concatenated);
}

const unitsByModel = (text: string, model: PartsModel): number =>
  text === '' ? 0 : countCharacters(text) + partsModels[model].appended;

function countModelParts(text: string, model: PartsModel): PartCount {
  const parts = partsByModel(text, model);
  const { single, concatenated } = lengthsOf(text, model);
  return {
    model,
    parts,
    characters: countCharacters(text),
    encoding: 'unknown',
    unit: 'character',
    units: unitsByModel(text, model),
    unitsPerPart: parts > 1 ? concatenated : single,
    costly: costlyCharacters(text, modelCost(model)),
  };
}

const modelCost =
  (model: PartsModel): CostOf =>
  (character) => {
    if (character.length > 1) return { cost: character.length, why: 'surrogate-pair' };
    if (!partsModels[model].shortensTurkish || !turkishLetter.test(character)) return undefined;
    return { cost: 1, why: 'national-table' };
  };

function countGsmParts(text: string, encodings: readonly Encoding[]): PartCount {
  const costs = encodings.map((encoding) => ({ encoding, ...measure(text, encoding) }));
  const cheapest = costs.reduce((best, next) => (next.parts < best.parts ? next : best));
  const { encoding, parts, units } = cheapest;
  return {
    model: '3gpp',
    parts,
    characters: countCharacters(text),
    encoding: encoding.name,
    unit: encoding.unit,
    units,
    unitsPerPart: parts > 1 ? encoding.concatenated : encoding.single,
    costly: costlyCharacters(text, gsmCosts(text, encoding, encodings)),
  };
}

/** Parts and units in an encoding; infinite where it lacks a character. */
function measure(text: string, encoding: Encoding): { parts: number; units: number } {
  let units = 0;
  let parts = 1;
  let inPart = 0;
  for (const character of text) {
    const cost = encoding.cost(character);
    if (cost === undefined) return { parts: Infinity, units: Infinity };
    units += cost;
    inPart += cost;
    if (inPart > encoding.concatenated) {
      // An escape or a surrogate pair is never split: the character moves to the next part whole.
      parts += 1;
      inPart = cost;
    }
  }
  if (units <= encoding.single) parts = units === 0 ? 0 : 1;
  return { parts, units };
}

type Cost = Pick<CostlyCharacter, 'cost' | 'why'>;

function gsmCosts(text: string, encoding: Encoding, encodings: readonly Encoding[]): CostOf {
  return encoding.unit === 'ucs-2' ? ucs2Cost(closestTo(text, encodings)) : septetCost(encoding);
}

type CostOf = (character: string) => Cost | undefined;

function septetCost(encoding: Encoding): CostOf {
  return (character) => {
    const cost = encoding.cost(character) ?? 1;
    if (defaultEncoding.cost(character) === undefined) return { cost, why: 'national-table' };
    return cost > 1 ? { cost, why: 'extension' } : undefined;
  };
}

function ucs2Cost(missed: Encoding): CostOf {
  return (character) =>
    missed.cost(character) === undefined ? { cost: character.length, why: 'forces-ucs-2' } : undefined;
}

/** The encoding in septets that lacks the fewest characters of the text: what it lacks is to blame. */
function closestTo(text: string, encodings: readonly Encoding[]): Encoding {
  const lacking = (encoding: Encoding): number =>
    [...text].filter((character) => encoding.cost(character) === undefined).length;
  return encodings
    .filter((encoding) => encoding.unit === 'septet')
    .reduce((best, next) => (lacking(next) < lacking(best) ? next : best));
}

function costlyCharacters(text: string, costOf: CostOf): readonly CostlyCharacter[] {
  const found = new Map<string, CostlyCharacter>();
  for (const character of text) {
    const before = found.get(character);
    const cost = before ?? costOf(character);
    if (cost === undefined) continue;
    const codePoint = codePointName(character.codePointAt(0) ?? 0);
    const count = (before?.count ?? 0) + 1;
    found.set(character, { character, codePoint, cost: cost.cost, why: cost.why, count });
  }
  return [...found.values()];
}
