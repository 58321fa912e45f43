import type { CostlyCharacter, PartCount } from '../../message/parts.ts';
import { type PartsModel, partsModels } from '../../message/parts-models.ts';
import { layOutColumns } from './columns.ts';

/** A count of parts for people. */
export function renderParts(count: PartCount, width: number): readonly string[] {
  const { model, parts, characters, units, unit, unitsPerPart, encoding, costly } = count;
  const rows = [
    ['SMS parts', String(parts)],
    ['characters', String(characters)],
    ['counted by', model === '3gpp' ? `3gpp, ${encoding}: what goes over the air` : assumptionOf(model)],
    ['takes', `${units} ${unitName(unit, units)}, of ${unitsPerPart} in a part`],
    ...(model === '3gpp' ? [] : [['certainty', partsModels[model].certainty]]),
  ];
  if (costly.length === 0) return layOutColumns(rows, width);
  const head = ['CHARACTER', 'CODE POINT', 'TIMES', 'COSTS', 'BECAUSE'];
  return [...layOutColumns(rows, width), '', ...layOutColumns([head, ...costly.map(costlyRow)], width)];
}

/** How a count of parts is called wherever it is shown. */
export const assumptionOf = (model: PartsModel): string =>
  `partsModel ${model}: an assumption about what JetSMS charges`;

const unitName = (unit: PartCount['unit'], count: number): string => {
  const name = unit === 'ucs-2' ? '16-bit unit' : unit;
  return count === 1 ? name : `${name}s`;
};

const costlyRow = ({ character, codePoint, count, cost, why }: CostlyCharacter): readonly string[] => [
  /[\p{C}\p{M}\p{Z}]/u.test(character) ? ' ' : character,
  codePoint,
  String(count),
  String(cost),
  because[why],
];

const because: Readonly<Record<CostlyCharacter['why'], string>> = {
  extension: 'it is written with an escape',
  'national-table': 'it is only in a national table, whose header takes room in every part',
  'forces-ucs-2': 'it is missing in the allowed tables, so every character takes 16 bits',
  'surrogate-pair': 'it counts as two',
};
